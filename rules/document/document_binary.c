/*
 * Texts in octets whose format is not told: runs of characters that people
 * read, one octet each or two as UTF-16 has them at either alignment. The older
 * formats of Office keep addresses and words so, in records without end; to
 * know them all would find no more.
 */
#include "config.h"

#include "rules/document/document_inside.h"

#include "rules/base/utf8.h"
#include "rules/html/link.h"
#include "rules/text/windows1252.h"

#define RUN_MIN  6  /* characters of one that is looked at */
#define RUN_SAID 12 /* of one that is taken for text */
#define RUN_MAX  ((size_t)64 << 10)
/* Of a longer one, pieces of so many characters are looked at, of which each
 * begins with the end of the one before: an address stands whole in one. */
#define RUN_CHARACTERS (RUN_MAX / 4)
#define RUN_AGAIN      2048
#define LINKS_MAX      200 /* addresses in one run */
#define PICTURES_MAX   10  /* of one stream */

/* What names a vocabulary of XML leads nobody anywhere. */
static const char *const binary_vocabularies[] = { "http://schemas.",
	"https://schemas.", "http://www.w3.org/", "http://ns.adobe.com/",
	"http://purl.org/", "http://iptc.org/std/", "http://ns.useplus.org/",
	"http://www.aiim.org/", "http://cipa.jp/" };

static bool
binary_is_vocabulary(struct span url)
{
	for (size_t i = 0; i < ARRAY_COUNT(binary_vocabularies); i++)
		if (span_starts(url, span_of(binary_vocabularies[i])))
			return true;
	return false;
}

static void
binary_links(struct document *d, struct span text)
{
	struct link_set found;

	if (span_search(text, SPAN("://")) == SIZE_MAX &&
	    span_case_search(text, SPAN("mailto:")) == SIZE_MAX &&
	    span_case_search(text, SPAN("www.")) == SIZE_MAX)
		return;
	link_set_init(&found, LINKS_MAX, d->arena);
	link_set_find(&found, text);
	d->unseen = d->unseen || found.over;
	for (size_t i = 0; i < found.count; i++)
		if (found.link[i].kind == LINK_TEXT &&
		    !binary_is_vocabulary(found.link[i].url))
			d->link(d->ctx, DOCUMENT_OFFICE, found.link[i].url);
}

static void
binary_run(
    struct document *d, const struct buf *run, size_t characters, bool text)
{
	struct span copy;

	if (characters < RUN_MIN)
		return;
	copy = arena_dup(d->arena, buf_span(run));
	binary_links(d, copy);
	if (text && characters >= RUN_SAID)
		document_say(d, copy);
}

/* Letters, marks and blanks of the scripts whose letters are few; of the
 * others any two octets are one. */
static bool
binary_wide(size_t unit)
{
	return unit == '\t' || unit == '\r' || unit == '\n' ||
	       (unit >= 0x20 && unit < 0x7f) ||
	       (unit >= 0xa0 && unit < 0x600) ||
	       (unit >= 0x1e00 && unit < 0x2070);
}

static void
binary_wide_runs(struct document *d, struct span s, struct buf *run, bool text)
{
	size_t at = 0;

	while (at + 1 < s.n && !arena_over(d->arena)) {
		size_t begin = at, unit;
		char out[4];

		buf_clear(run);
		while (at + 1 < s.n && at - begin < 2 * RUN_CHARACTERS &&
		       binary_wide(unit = span_little(s, at, 2))) {
			(void)buf_add(
			    run, span_make(out, utf8_put((uint32_t)unit, out)));
			at += 2;
		}
		binary_run(d, run, (at - begin) / 2, text);
		if ((at - begin) / 2 < RUN_MIN)
			at = begin + 1;
		else if (at - begin == 2 * RUN_CHARACTERS)
			at -= 2 * RUN_AGAIN;
	}
}

static bool
binary_narrow(char c)
{
	unsigned char octet = (unsigned char)c;

	return c == '\t' || c == '\r' || c == '\n' ||
	       (octet >= 0x20 && octet < 0x7f) ||
	       (octet >= 0x91 && octet <= 0x97) || octet >= 0xc0;
}

static void
binary_narrow_runs(
    struct document *d, struct span s, struct buf *run, bool text)
{
	size_t at = 0;

	while (at < s.n && !arena_over(d->arena)) {
		size_t begin = at;

		while (at < s.n && at - begin < RUN_CHARACTERS &&
		       binary_narrow(s.p[at]))
			at++;
		if (at - begin >= RUN_MIN) {
			buf_clear(run);
			(void)western_to_utf8(run, span_slice(s, begin, at));
			binary_run(d, run, at - begin, text);
		}
		if (at - begin == RUN_CHARACTERS)
			at -= RUN_AGAIN;
		at += at == begin;
	}
}

void
document_binary(struct document *d, struct span octets, bool text)
{
	struct buf run;

	buf_init(&run, RUN_MAX);
	binary_narrow_runs(d, octets, &run, text);
	binary_wide_runs(d, octets, &run, text);
	buf_free(&run);
	d->unseen = d->unseen || arena_over(d->arena);
}

void
document_binary_pictures(struct document *d, struct span octets)
{
	static const struct span mark[] = { SPAN_INIT("\x89PNG\r\n\x1a\n"),
		SPAN_INIT("\xff\xd8\xff\xe0"), SPAN_INIT("\xff\xd8\xff\xe1") };

	for (size_t i = 0; i < ARRAY_COUNT(mark) && d->image != NULL; i++) {
		struct span rest = octets;
		size_t at, seen = 0;

		while ((at = span_search(rest, mark[i])) != SIZE_MAX) {
			if (seen++ == PICTURES_MAX) {
				d->unseen = true;
				break;
			}
			rest = span_slice(rest, at, rest.n);
			d->image(d->ctx, rest);
			rest = span_slice(rest, mark[i].n, rest.n);
		}
	}
}
