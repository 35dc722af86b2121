/*
 * Reduces the white space of message bodies.
 *
 * libopendkim could do it, but takes three times as long as all else that is
 * done to a body, and loses a CR that stands alone and the space before it.
 */
#include "config.h"

#include "policy/dkim_relax.h"

#include <string.h>

/* What has been held back, now that no line end follows it. */
static size_t
dkim_relax_flush(struct dkim_relax *r, char *out)
{
	size_t n = 0;

	if (r->space)
		out[n++] = ' ';
	if (r->cr)
		out[n++] = '\r';
	r->space = r->cr = false;
	r->text = true;
	return n;
}

#define BLOCK 32

/*
 * The octets from i on, in whole blocks, that reducing would not change: no
 * tab, and no space before white space. Two octets at a time in a loop of
 * fixed length without a branch, which compilers turn into vectors. The octet
 * behind the last block is looked at, too.
 */
static size_t
dkim_relax_clean(struct span in, size_t i)
{
	size_t from = i;

	for (; in.n - i > BLOCK; i += BLOCK) {
		const char *p = in.p + i;
		unsigned char found = 0;

		for (size_t k = 0; k < BLOCK; k++) {
			unsigned char space = p[k] == ' ';
			unsigned char before = (p[k + 1] == ' ') |
					       (p[k + 1] == '\t') |
					       (p[k + 1] == '\r');

			found |= (p[k] == '\t') |
				 (unsigned char)(space & before) |
				 ((p[k] == '\r') & (p[k + 1] != '\n'));
		}
		if (found != 0)
			break;
	}
	return i - from;
}

/* The same octet by octet: those that are neither white space nor CR. */
static size_t
dkim_relax_run(struct span in, size_t i)
{
	size_t from = i;

	while (i < in.n && in.p[i] != ' ' && in.p[i] != '\r' && in.p[i] != '\t')
		i++;
	return i - from;
}

/*
 * What is copied as it is from i on: nothing where white space begins, for
 * some may be held back before it already.
 */
static size_t
dkim_relax_copied(struct span in, size_t i)
{
	size_t clean;

	if (in.p[i] == ' ' || in.p[i] == '\t' || in.p[i] == '\r')
		return 0;
	clean = dkim_relax_clean(in, i);
	return clean > 0 ? clean : dkim_relax_run(in, i);
}

size_t
dkim_relax(struct dkim_relax *r, struct span in, char *out)
{
	size_t i = 0, n = 0;

	while (i < in.n) {
		size_t run;

		if (r->cr && in.p[i] == '\n') {
			out[n++] = '\r';
			out[n++] = '\n';
			r->space = r->cr = false;
			i++;
			continue;
		}
		if (r->cr)
			n += dkim_relax_flush(r, out + n);
		run = dkim_relax_copied(in, i);
		if (run > 0) {
			n += dkim_relax_flush(r, out + n);
			memcpy(out + n, in.p + i, run);
			n += run;
			i += run;
		} else if (in.p[i++] == '\r') {
			r->cr = true;
		} else {
			r->space = true;
		}
	}
	return n;
}
