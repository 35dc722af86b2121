/*
 * Zip by its headers: the table of contents and the members themselves may tell
 * different names, and programs go by one or the other.
 */
#include "config.h"

#include "rules/content/archive_inside.h"

#define ZIP_LOCAL      30 /* octets of a local file header before the name */
#define ZIP_CENTRAL    46 /* of an entry of the table of contents */
#define ZIP_END        22 /* of the record that tells where the table is */
#define ZIP_DESCRIPTOR 16
/* Members that are compared, each with all: what is behind is not known. */
#define ZIP_COMPARED 2000

static unsigned
little16(struct span s, size_t at)
{
	return (unsigned)(unsigned char)s.p[at] |
	       (unsigned)(unsigned char)s.p[at + 1] << 8;
}

/* The same path, whichever slashes it is written with: libarchive turns those
 * of old Windows programs. */
static bool
zip_same_path(struct span x, struct span y)
{
	if (x.n != y.n)
		return false;
	for (size_t i = 0; i < x.n; i++)
		if (x.p[i] != y.p[i] && !(x.p[i] == '/' && y.p[i] == '\\'))
			return false;
	return true;
}

/* True when names has the line. */
static bool
lines_have(struct span names, struct span line)
{
	struct span one;

	while (span_cut(&names, '\n', &one))
		if (zip_same_path(one, line))
			return true;
	return false;
}

static size_t
little32(struct span s, size_t at)
{
	return little16(s, at) | (size_t)little16(s, at + 2) << 16;
}

/*
 * The length of the member that s starts with, or SIZE_MAX. A member of
 * unknown size is followed by a data descriptor, whose signature is looked
 * for.
 */
static size_t
zip_member_length(struct span s)
{
	size_t head = ZIP_LOCAL + little16(s, 26) + little16(s, 28), n;

	if ((little16(s, 6) & 8) == 0)
		return head + little32(s, 18);
	n = span_search(span_slice(s, head, s.n), SPAN("PK\x07\x08"));
	return n == SIZE_MAX ? n : head + n + ZIP_DESCRIPTOR;
}

/* A name that libarchive did not list. */
static void
zip_name(struct lister *l, struct span listed, struct span name)
{
	struct span line = archive_line(l, name);

	if (line.n == 0 || span_ends(line, SPAN("/")) ||
	    lines_have(listed, line))
		return;
	l->out->flags |= ARCHIVE_MISMATCH;
	archive_add(l, line);
}

/* The members from the start on: all there is when the table is missing. */
static void
zip_local_names(struct lister *l, struct span listed, struct span s)
{
	for (size_t i = 0;; i++) {
		size_t length;

		if (i == ZIP_COMPARED)
			l->out->flags |= ARCHIVE_LIMIT;
		if (i == ZIP_COMPARED || s.n < ZIP_LOCAL ||
		    !span_starts(s, SPAN("PK\x03\x04")) ||
		    s.n - ZIP_LOCAL < little16(s, 26))
			return;
		if ((little16(s, 6) & 1) != 0)
			l->out->flags |= ARCHIVE_ENCRYPTED;
		zip_name(l, listed,
		    span_slice(s, ZIP_LOCAL, ZIP_LOCAL + little16(s, 26)));
		length = zip_member_length(s);
		if (length == SIZE_MAX)
			return;
		s = span_slice(s, length, s.n);
	}
}

/* The table of contents, which stands just before the record of its end. */
static struct span
zip_central(struct span s)
{
	size_t lowest = s.n > 65536 + ZIP_END ? s.n - 65536 - ZIP_END : 0;

	for (size_t at = s.n; at-- > lowest;) {
		struct span end = span_slice(s, at, s.n);
		size_t size;

		if (end.n < ZIP_END || !span_starts(end, SPAN("PK\x05\x06")))
			continue;
		size = little32(end, 12);
		return size <= at ? span_slice(s, at - size, at) : SPAN("");
	}
	return SPAN("");
}

/*
 * libarchive tells the names of the members themselves; most clients show
 * those of the table of contents.
 */
static void
zip_central_names(struct lister *l, struct span listed, struct span s)
{
	for (size_t i = 0;; i++) {
		size_t length;

		if (i == ZIP_COMPARED)
			l->out->flags |= ARCHIVE_LIMIT;
		if (i == ZIP_COMPARED || s.n < ZIP_CENTRAL ||
		    !span_starts(s, SPAN("PK\x01\x02")))
			return;
		length = ZIP_CENTRAL + little16(s, 28);
		zip_name(l, listed, span_slice(s, ZIP_CENTRAL, length));
		length += little16(s, 30) + little16(s, 32);
		s = span_slice(s, length, s.n);
	}
}

void
archive_zip(
    struct lister *l, struct span listed, struct span octets, bool whole)
{
	zip_central_names(l, listed, zip_central(octets));
	/* A table that nobody can read hides what stands before it. */
	if (!whole)
		zip_local_names(l, listed, octets);
}
