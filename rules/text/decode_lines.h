#ifndef RULES_TEXT_DECODE_LINES_H
#define RULES_TEXT_DECODE_LINES_H

/* Lines of encoded bodies. Between mime.c and mime_lines.c only. Pure. */

#include "rules/base/buf.h"

/* Whether a blank follows a "=" of quoted-printable text. */
bool mime_lines_blank(struct span in);
/*
 * Adds quoted-printable text without the blanks at the ends of lines, which
 * transports have added (RFC 2045, 6.7, rule 3): "= " ends a line softly.
 */
void mime_lines_quoted(struct buf *out, struct span in);
/* What follows the line "begin MODE NAME"; all of it where there is none. */
struct span mime_lines_uuencode(struct span in);

#endif
