#ifndef TOOL_WEB_WEB_PAGE_H
#define TOOL_WEB_WEB_PAGE_H

/* The pages, each a file of its own. */

#include "tool/web/web.h"

#define PAGE(name, id, title, label) web_page page_##name;
#include "tool/web/web_pages.def"
#undef PAGE

#endif
