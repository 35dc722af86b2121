/*
 * The second seam to libarchive, beside archive.c, which lists names: here
 * data is read that the caller has a budget for.
 */
#include "config.h"

#include "rules/document/unpack.h"

#include <archive.h>
#include <archive_entry.h>

#include "rules/base/buf.h"

#define ENTRIES_MAX 2000 /* members that are looked at */
#define ZLIB_HEADER 2

/* False: an error ended it. */
static bool
unpack_data(struct archive *ar, size_t max, struct arena *a, struct span *out,
    bool *cut)
{
	struct buf data;
	char piece[16384];
	la_ssize_t n = 0;

	buf_init(&data, max);
	while (
	    !data.over && (n = archive_read_data(ar, piece, sizeof(piece))) > 0)
		(void)buf_add_some(&data, span_make(piece, (size_t)n));
	*cut = data.over;
	*out = arena_dup(a, buf_span(&data));
	buf_free(&data);
	return n >= 0;
}

static bool
unpack_entry(struct archive *ar, struct archive_entry *entry, size_t *budget,
    struct arena *a, unpack_wants *wants, unpack_member *member, void *ctx)
{
	struct span name = span_of(archive_entry_pathname(entry)), octets;
	bool cut, good;

	if (name.n == 0 || !wants(ctx, name))
		return true;
	if (archive_entry_is_encrypted(entry))
		return false;
	name = span_make(arena_strdup(a, name), name.n);
	good = unpack_data(ar, *budget, a, &octets, &cut);
	*budget -= octets.n;
	member(ctx, name, octets, cut || !good);
	return good;
}

bool
unpack_zip(struct span octets, size_t *budget, struct arena *a,
    unpack_wants *wants, unpack_member *member, void *ctx)
{
	struct archive *ar = archive_read_new();
	struct archive_entry *entry;
	bool good = false;
	size_t seen = 0;
	int got = ARCHIVE_FATAL;

	if (ar != NULL &&
	    archive_read_support_format_zip_seekable(ar) >= ARCHIVE_WARN &&
	    archive_read_open_memory(ar, octets.p, octets.n) == ARCHIVE_OK) {
		good = true;
		while (good && seen++ < ENTRIES_MAX &&
		       ((got = archive_read_next_header(ar, &entry)) ==
			       ARCHIVE_OK ||
			   got == ARCHIVE_WARN))
			good = unpack_entry(
			    ar, entry, budget, a, wants, member, ctx);
	}
	if (ar != NULL)
		(void)archive_read_free(ar);
	return good && got == ARCHIVE_EOF;
}

/*
 * libarchive reads the same data where gzip is around it (RFC 1952), and does
 * not look at the checksum behind.
 */
bool
unpack_zlib(struct span octets, size_t max, struct arena *a, struct span *out,
    bool *cut)
{
	static const char head[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03";
	struct archive *ar = archive_read_new();
	struct archive_entry *entry;
	bool good = false;
	struct buf gzip;

	if (ar == NULL)
		return false;
	buf_init(&gzip, octets.n + 32);
	(void)buf_add(&gzip, span_make(head, sizeof(head) - 1));
	(void)buf_add(&gzip, span_slice(octets, ZLIB_HEADER, octets.n));
	(void)buf_add(&gzip, SPAN("\0\0\0\0\0\0\0\0"));
	if (octets.n > ZLIB_HEADER &&
	    archive_read_support_filter_gzip(ar) >= ARCHIVE_WARN &&
	    archive_read_support_format_raw(ar) >= ARCHIVE_WARN &&
	    archive_read_open_memory(ar, gzip.p, gzip.n) == ARCHIVE_OK &&
	    archive_read_next_header(ar, &entry) == ARCHIVE_OK)
		good = true;
	if (good && !unpack_data(ar, max, a, out, cut))
		*cut = true; /* what was read up to the error stays */
	(void)archive_read_free(ar);
	buf_free(&gzip);
	return good;
}
