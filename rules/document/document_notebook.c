/*
 * A section of a notebook. Files that were put into it lie in objects of their
 * own, each behind a mark and its length ([MS-ONESTORE] 2.6.13), and what they
 * are called is a property of others. All that is written there is text in two
 * octets a character, whose order is of no interest here.
 */
#include "config.h"

#include "rules/document/document_inside.h"

#include <string.h>

#define FILES_MAX      100
#define NAMES_MAX      200
#define PROPERTIES_MAX 64 /* of a set, that are looked through */
#define OBJECT_HEAD    36 /* mark, length, and what is kept free */
#define FORMAT_AT      48 /* in the head of the whole: how it is packed */
#define EXTENSION_MAX  20

static const struct span notebook_mark = SPAN_INIT(
    "\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac");

bool
document_is_notebook(struct span octets)
{
	return span_starts(octets,
	    SPAN("\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96"
		 "\xd3"));
}

static bool
notebook_is_picture(struct span octets)
{
	return span_starts(octets, SPAN("\x89PNG")) ||
	       span_starts(octets, SPAN("\xff\xd8\xff")) ||
	       span_starts(octets, SPAN("GIF8"));
}

/*
 * One that keeps its objects as revisions for a server has files nowhere in one
 * piece ([MS-ONESTORE] 2.8).
 */
static bool
notebook_is_plain(struct span octets)
{
	return span_starts(span_slice(octets, FORMAT_AT, octets.n),
	    SPAN("\x3f\xdd\x9a\x10\x1b\x91\xf5\x49\xa5\xd0\x17\x91\xed\xc8"
		 "\xae\xd8"));
}

/* Whether a file can be called so: something with a dot in it. */
static bool
notebook_can_be_name(struct span text)
{
	size_t dot = span_find_last(text, '.');

	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ' ||
		    strchr("<>\"|?*", text.p[i]) != NULL)
			return false;
	return dot != SIZE_MAX && dot > 0;
}

/* Whether it ends like the name of a file. A host ends in ".com" as well. */
static bool
notebook_is_name(struct span text)
{
	size_t dot = span_find_last(text, '.');
	struct span end =
	    span_slice(text, dot == SIZE_MAX ? text.n : dot + 1, text.n);

	for (size_t i = 0; i < end.n; i++)
		if (!ascii_alnum(end.p[i]) && end.p[i] != '-')
			return false;
	return notebook_can_be_name(text) && end.n >= 2 &&
	       end.n <= EXTENSION_MAX && !span_case_is(end, "com");
}

/* ---- names that are told ------------------------------------------------------ */

/*
 * Octets that a property of that kind takes behind the list of them
 * ([MS-ONESTORE] 2.6.6); at: where they begin. SIZE_MAX: it has properties of
 * its own, or there is no such kind.
 */
static size_t
property_size(struct span s, size_t at, uint64_t id)
{
	switch (id >> 26 & 0x1f) {
	case 0x1: /* nothing */
	case 0x2: /* yes or no, in the list itself */
	case 0x8: /* objects, which have a list of their own */
	case 0xa:
	case 0xc:
		return 0;
	case 0x3:
		return 1;
	case 0x4:
		return 2;
	case 0x5:
	case 0x9: /* how many objects */
	case 0xb:
	case 0xd:
		return 4;
	case 0x6:
		return 8;
	case 0x7:
		return 4 + span_little(s, at, 4);
	default:
		return SIZE_MAX;
	}
}

/* The value of that property of the set, in UTF-16. False: it is no set that
 * can be read so far. */
static bool
property_value(struct span s, size_t set, size_t number, struct span *out)
{
	size_t count = span_little(s, set, 2), at = set + 2 + 4 * count;

	if (count <= number || count > PROPERTIES_MAX)
		return false;
	for (size_t i = 0; i < number; i++) {
		size_t n =
		    property_size(s, at, span_little(s, set + 2 + 4 * i, 4));

		if (n > s.n)
			return false;
		at += n;
	}
	*out = span_slice(s, at + 4, at + 4 + span_little(s, at, 4));
	return out->n >= 2 && out->n <= 2 * 256 && out->n % 2 == 0 &&
	       out->n == span_little(s, at, 4);
}

/* The name that is told by the property at that offset, wherever its set
 * begins; "" when it cannot be read. */
static struct span
notebook_told(struct document *d, struct span s, size_t at)
{
	struct span wide, name;

	for (size_t i = 0; i < PROPERTIES_MAX && 4 * i + 2 <= at; i++) {
		if (!property_value(s, at - 4 * i - 2, i, &wide))
			continue;
		name = document_wide(d, wide);
		if (notebook_can_be_name(name))
			return name;
	}
	return SPAN("");
}

/* Reports names that are told to belong to files, by the property
 * EmbeddedFileName ([MS-ONE]). False: perhaps not each of so many files
 * has one. */
static bool
notebook_told_names(struct document *d, struct span s, size_t files)
{
	static const struct span property = SPAN_INIT("\x9c\x1d\0\x1c");
	size_t at = 0, found, seen = 0, names = 0;
	bool all = true;

	while ((found = span_search(span_slice(s, at, s.n), property)) !=
		   SIZE_MAX &&
	       !arena_over(d->arena)) {
		struct span name;

		if (seen++ == NAMES_MAX)
			return false;
		name = notebook_told(d, s, at + found);
		at += found + property.n;
		all = all && name.n > 0;
		names += name.n > 0;
		if (name.n > 0)
			d->file(d->ctx, name, SPAN(""), false);
	}
	return all && names >= files;
}

/* ---- names that are guessed ---------------------------------------------------- */

/*
 * Texts of their own that end like the name of a file. Of a word in a note that
 * ends so there is no telling, so there must be files whose names are not told.
 */
static void
notebook_names(struct document *d, struct span s)
{
	size_t at = 0, names = 0;

	while (at + 1 < s.n && names < NAMES_MAX && !arena_over(d->arena)) {
		size_t begin = at, unit, n;
		struct span name;

		while (at + 1 < s.n && (unit = span_little(s, at, 2)) >= ' ' &&
		       unit < 0x3000)
			at += 2;
		n = (at - begin) / 2;
		if (n < 4 || n > 255) {
			at = n < 4 ? begin + 1 : at;
			continue;
		}
		name = document_wide(d, span_slice(s, begin, at));
		if (notebook_is_name(name)) {
			d->file(d->ctx, name, SPAN(""), false);
			names++;
		}
	}
	d->unseen = d->unseen || names == NAMES_MAX;
}

/*
 * Lengths are claims: a file that reaches over another hides it from nobody, for
 * programs find each by a table. What begins like a picture may be called a
 * program, so names are looked for whatever there is.
 */
void
document_notebook(struct document *d, struct span octets)
{
	struct span rest = octets;
	size_t at, count = 0, files = 0;

	document_binary(d, octets, true);
	d->unseen = d->unseen || !notebook_is_plain(octets);
	while ((at = span_search(rest, notebook_mark)) != SIZE_MAX) {
		size_t n = span_little(rest, at + notebook_mark.n, 8);
		struct span file;

		rest = span_slice(rest, at + OBJECT_HEAD, rest.n);
		file = span_slice(rest, 0, n);
		if (count++ == FILES_MAX) {
			d->unseen = true;
			break;
		}
		d->unseen = d->unseen || file.n < n;
		if (notebook_is_picture(file)) {
			if (d->image != NULL)
				d->image(d->ctx, file);
		} else if (d->file != NULL) {
			files++;
			d->file(d->ctx, SPAN(""), file, file.n < n);
		}
	}
	if (count > 0 && d->file != NULL &&
	    !notebook_told_names(d, octets, files))
		notebook_names(d, octets);
}
