#ifndef TOOL_WEB_WEB_STYLE_H
#define TOOL_WEB_WEB_STYLE_H

/* What is the same for everybody: the style sheet and the icon. */

#include "rules/base/buf.h"

void web_style_write(struct buf *out);
void web_icon_write(struct buf *out);

#endif
