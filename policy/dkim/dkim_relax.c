/*
 * Reduces the white space of message bodies.
 *
 * What becomes of an octet depends on no more than the two behind it: white
 * space goes when more of it or a line end follows, and what stays of it is a
 * space. So text is worked on in blocks, in loops of fixed length without a
 * branch, which compilers turn into vectors; only where those two octets have
 * not come yet it is gone through octet by octet.
 */
#include "config.h"

#include "policy/dkim/dkim_relax.h"

#include <string.h>

#define BLOCK  32
#define AHEAD  2   /* octets behind a block that are looked at */
#define DIRECT 512 /* as much that needs no change is not copied */

static unsigned char
dkim_relax_white(char c)
{
	return (c == ' ') | (c == '\t');
}

/* The octets at the front that need no change, in blocks and up to max. */
static size_t
dkim_relax_clean(struct span in, size_t max)
{
	size_t i = 0;

	for (; i < max && in.n - i >= BLOCK + AHEAD; i += BLOCK) {
		const char *p = in.p + i;
		unsigned char found = 0;

		for (size_t k = 0; k < BLOCK; k++) {
			unsigned char space = p[k] == ' ';
			unsigned char before =
			    dkim_relax_white(p[k + 1]) | (p[k + 1] == '\r');

			found |= (p[k] == '\t') | (space & before);
		}
		if (found != 0)
			break;
	}
	return i;
}

/* One block; what comes out is at most as long. */
static size_t
dkim_relax_block(const char *p, char *out)
{
	unsigned char keep[BLOCK];
	char text[BLOCK];
	size_t n = 0;

	for (size_t k = 0; k < BLOCK; k++) {
		unsigned char line_end =
		    (p[k + 1] == '\r') & (p[k + 2] == '\n');

		text[k] = p[k] == '\t' ? ' ' : p[k];
		keep[k] = !(dkim_relax_white(p[k]) &
			    (dkim_relax_white(p[k + 1]) | line_end));
	}
	for (size_t k = 0; k < BLOCK; k++) {
		out[n] = text[k];
		n += keep[k];
	}
	return n;
}

/* One octet; what comes out is at most AHEAD octets longer. */
static size_t
dkim_relax_octet(struct dkim_relax *r, char c, char *out)
{
	bool white = dkim_relax_white(c);
	size_t n = 0;

	if (r->space && !r->cr && (white || c == '\r')) {
		r->cr = !white;
		return 0;
	}
	if (r->space && !(r->cr && c == '\n'))
		out[n++] = ' ';
	if (r->cr)
		out[n++] = '\r';
	r->space = white;
	r->cr = false;
	if (!white)
		out[n++] = c;
	return n;
}

/* The next block or octet that needs work. */
static size_t
dkim_relax_some(struct dkim_relax *r, struct span *in, char *out)
{
	bool whole = !r->space && in->n >= BLOCK + AHEAD;
	size_t n = whole ? dkim_relax_block(in->p, out)
			 : dkim_relax_octet(r, in->p[0], out);

	*in = span_slice(*in, whole ? BLOCK : 1, in->n);
	return n;
}

struct span
dkim_relax(struct dkim_relax *r, struct span *in, char out[DKIM_RELAX_ROOM])
{
	size_t n = 0;

	while (in->n > 0 && n + DIRECT + BLOCK + AHEAD <= DKIM_RELAX_ROOM) {
		struct span piece = SPAN("");

		if (!r->space)
			piece = span_slice(*in, 0,
			    dkim_relax_clean(*in, n == 0 ? SIZE_MAX : DIRECT));
		if (piece.n >= DIRECT && n > 0)
			break; /* the next call takes it */
		*in = span_slice(*in, piece.n, in->n);
		if (piece.n >= DIRECT)
			return piece;
		memcpy(out + n, piece.p, piece.n);
		n += piece.n;
		if (in->n > 0)
			n += dkim_relax_some(r, in, out + n);
	}
	return span_make(out, n);
}
