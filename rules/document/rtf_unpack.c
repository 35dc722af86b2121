/*
 * RTF as Outlook packs it ([MS-OXRTFCP]): a window of 4096 octets that begins
 * with words of RTF, and references into it.
 */
#include "config.h"

#include "rules/document/document_inside.h"

#define HEAD   16
#define WINDOW 4096U

static const char unpack_words[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman "
    "\\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New "
    "RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0"
    "\\fs20\\b\\i\\u\\tab\\tx";
_Static_assert(sizeof(unpack_words) - 1 == 207, "as the standard has it");

struct unpack {
	char window[WINDOW];
	size_t at;
	struct buf *out;
};

static void
unpack_put(struct unpack *u, char c)
{
	(void)buf_addc(u->out, c);
	u->window[u->at] = c;
	u->at = (u->at + 1) % WINDOW;
}

/* False at the end, which is a reference to where the window is written. */
static bool
unpack_reference(struct unpack *u, size_t token)
{
	size_t from = token >> 4, n = (token & 15) + 2;

	if (from == u->at)
		return false;
	for (; n > 0; n--, from++)
		unpack_put(u, u->window[from % WINDOW]);
	return true;
}

/* Whether it has an end. */
static bool
unpack_all(struct unpack *u, struct span s)
{
	size_t at = 0;

	while (at < s.n && !u->out->over) {
		unsigned flags = (unsigned char)s.p[at++];

		for (unsigned bit = 0; bit < 8; bit++, flags >>= 1) {
			if (at >= s.n)
				return false;
			if ((flags & 1) == 0) {
				unpack_put(u, s.p[at++]);
				continue;
			}
			if (!unpack_reference(u,
				span_little(s, at, 1) << 8 |
				    span_little(s, at + 1, 1)))
				return true;
			at += 2;
		}
	}
	return false;
}

struct span
rtf_unpack(struct span octets, size_t max, struct arena *a, bool *cut)
{
	struct span kind = span_slice(octets, 8, 12), out;
	struct unpack u = { .at = sizeof(unpack_words) - 1 };
	struct buf b;

	*cut = false;
	if (span_is(kind, "MELA"))
		return span_slice(octets, HEAD, octets.n);
	if (!span_is(kind, "LZFu"))
		return octets;
	memcpy(u.window, unpack_words, sizeof(unpack_words) - 1);
	u.out = &b;
	buf_init(&b, max);
	*cut = !unpack_all(&u, span_slice(octets, HEAD, octets.n));
	out = arena_dup(a, buf_span(&b));
	buf_free(&b);
	return out;
}
