/*
 * A section of a notebook. Files that were put into it lie in objects of their
 * own, each behind a mark and its length ([MS-ONESTORE] 2.6.13); their names
 * and all that is written there are texts in two octets a character, whose
 * order is of no interest here.
 */
#include "config.h"

#include "rules/document/document_inside.h"

#include <string.h>

#define FILES_MAX   100
#define NAMES_MAX   200
#define OBJECT_HEAD 36 /* mark, length, and what is kept free */

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

/* Whether it ends like the name of a file. A host ends in ".com" as well. */
static bool
notebook_is_name(struct span text)
{
	size_t dot = span_find_last(text, '.');
	struct span end = span_slice(text, dot == SIZE_MAX ? text.n : dot + 1,
	    text.n);

	for (size_t i = 0; i < text.n; i++)
		if (strchr("<>\"|?*\r\n\t", text.p[i]) != NULL)
			return false;
	for (size_t i = 0; i < end.n; i++)
		if (!ascii_alnum(end.p[i]))
			return false;
	return dot > 0 && end.n >= 2 && end.n <= 12 &&
	       !span_case_is(end, "com");
}

/*
 * Names of the files: texts of their own that end like one. Of a word in a
 * note that ends so there is no telling, so there must be files.
 */
static void
notebook_names(struct document *d, struct span s)
{
	size_t at = 0, names = 0;

	while (at + 1 < s.n && names < NAMES_MAX && !arena_over(d->arena)) {
		size_t begin = at, unit, n;
		struct span name;

		while (at + 1 < s.n &&
		       (unit = span_little(s, at, 2)) >= ' ' && unit < 0x3000)
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

void
document_notebook(struct document *d, struct span octets)
{
	struct span rest = octets;
	size_t at, count = 0, files = 0;

	document_binary(d, octets, true);
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
		rest = span_slice(rest, file.n, rest.n);
	}
	if (files > 0)
		notebook_names(d, octets);
}
