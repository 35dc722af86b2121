/*
 * Lines of encoded bodies, put right for the decoder. Decoding is mime.c's.
 */
#include "config.h"

#include "rules/text/decode_lines.h"

bool
mime_lines_blank(struct span in)
{
	size_t at;

	while ((at = span_find(in, '=')) != SIZE_MAX && at + 1 < in.n) {
		if (in.p[at + 1] == ' ' || in.p[at + 1] == '\t')
			return true;
		in = span_slice(in, at + 1, in.n);
	}
	return false;
}

void
mime_lines_quoted(struct buf *out, struct span in)
{
	while (in.n > 0) {
		size_t end = span_find(in, '\n'), n;

		end = end == SIZE_MAX ? in.n : end + 1;
		for (n = end; n > 0 && ascii_space(in.p[n - 1]); n--)
			;
		(void)buf_add(out, span_slice(in, 0, n));
		if (end > 1 && in.p[end - 1] == '\n' && in.p[end - 2] == '\r')
			(void)buf_addz(out, "\r\n");
		else if (in.p[end - 1] == '\n')
			(void)buf_addc(out, '\n');
		in = span_slice(in, end, in.n);
	}
}

struct span
mime_lines_uuencode(struct span in)
{
	struct span rest = in, line;

	while (span_cut(&rest, '\n', &line))
		if (span_starts(line, SPAN("begin ")))
			return rest;
	return in;
}
