/*
 * Which pages there are.
 */
#include "config.h"

#include "tool/web/web_page.h"

#define PAGE(name, id, title, label) { id, title, label, page_##name },
const struct web_page_row web_page_rows[] = {
#include "tool/web/web_pages.def"
};
#undef PAGE
const size_t web_page_count = ARRAY_COUNT(web_page_rows);
