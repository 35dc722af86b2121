/*
 * The structure of a body without its contents. Which delimiters a message
 * has is not known here: each line that begins with "--" could be one, and
 * what follows it is kept as a header up to an empty line.
 */
#include "config.h"

#include "rules/mime/mime_skeleton.h"

#define HEAD_OCTETS 1024 /* of each part: what kind of file it is */

/* A line ends; the next one may be a delimiter. */
static void
skeleton_line_end(struct mime_skeleton *s)
{
	if (s->state == SKELETON_HEADER && s->blank) {
		s->state = SKELETON_HEAD;
		s->head_left = HEAD_OCTETS;
	}
	s->column = 0;
	s->blank = true;
	s->dash = false;
}

/* Whether the octet that comes is kept; it is no line end. */
static bool
skeleton_keeps(struct mime_skeleton *s)
{
	if (s->state == SKELETON_HEADER)
		return true;
	if (s->state == SKELETON_HEAD && s->head_left > 0) {
		s->head_left--;
		return true;
	}
	s->state = SKELETON_TEXT;
	return false;
}

void
mime_skeleton_add(struct mime_skeleton *s, struct span chunk, struct buf *out)
{
	for (size_t i = 0; i < chunk.n; i++) {
		char c = chunk.p[i];

		if (c == '\n') {
			if (s->state != SKELETON_TEXT)
				(void)buf_addc(out, c);
			skeleton_line_end(s);
			continue;
		}
		if (s->column == 1 && s->dash && c == '-') {
			if (s->state == SKELETON_TEXT)
				(void)buf_add(out, SPAN("\n-"));
			s->state = SKELETON_HEADER;
		}
		if (skeleton_keeps(s))
			(void)buf_addc(out, c);
		s->dash = s->column == 0 && c == '-';
		s->column += s->column < 2;
		s->blank = s->blank && c == '\r';
	}
}
