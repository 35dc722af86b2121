/*
 * Reports come and go as one file in gzip or zip. Of zip only the reader that
 * uses the table of contents is asked, as in archive.c.
 */
#include "config.h"

#include "rules/content/archive_one.h"

#include <archive.h>
#include <archive_entry.h>

#define MEMBERS_MAX 16 /* that are passed over as empty */

/* ---- packing ------------------------------------------------------------------ */

static la_ssize_t
one_written(struct archive *ar, void *ctx, const void *p, size_t n)
{
	(void)ar;
	return buf_add(ctx, span_make(p, n)) ? (la_ssize_t)n : -1;
}

static bool
one_pack(struct archive *ar, struct archive_entry *entry, struct span octets,
    struct buf *out)
{
	archive_entry_set_pathname(entry, "report");
	archive_entry_set_filetype(entry, AE_IFREG);
	return archive_write_add_filter_gzip(ar) == ARCHIVE_OK &&
	       archive_write_set_format_raw(ar) == ARCHIVE_OK &&
	       archive_write_set_filter_option(ar, "gzip", "timestamp", NULL) ==
		   ARCHIVE_OK &&
	       /* No padding behind the end. */
	       archive_write_set_bytes_in_last_block(ar, 1) == ARCHIVE_OK &&
	       archive_write_open2(ar, out, NULL, one_written, NULL, NULL) ==
		   ARCHIVE_OK &&
	       archive_write_header(ar, entry) == ARCHIVE_OK &&
	       archive_write_data(ar, octets.p, octets.n) ==
		   (la_ssize_t)octets.n &&
	       archive_write_close(ar) == ARCHIVE_OK;
}

bool
archive_one_pack(struct span octets, struct buf *out)
{
	struct archive *ar = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	bool ok = ar != NULL && entry != NULL &&
		  one_pack(ar, entry, octets, out) && !out->over;

	archive_entry_free(entry);
	(void)archive_write_free(ar);
	return ok;
}

/* ---- unpacking ------------------------------------------------------------------- */

static bool
one_read(struct archive *ar, size_t max, struct arena *a, struct span *out,
    const char **why)
{
	char piece[16384];
	struct buf data;
	la_ssize_t n;

	buf_init(&data, max);
	while ((n = archive_read_data(ar, piece, sizeof(piece))) > 0)
		if (!buf_add(&data, span_make(piece, (size_t)n)))
			break;
	*out = arena_dup(a, buf_span(&data));
	if (data.over)
		*why = "it unpacks to more than is read";
	else if (n < 0)
		*why = "it is damaged";
	n = data.over || n < 0;
	buf_free(&data);
	return n == 0;
}

static bool
one_members(struct archive *ar, size_t max, struct arena *a, struct span *out,
    const char **why)
{
	struct archive_entry *entry;

	*why = "there is no file in it";
	for (int i = 0; i < MEMBERS_MAX; i++) {
		if (archive_read_next_header(ar, &entry) != ARCHIVE_OK)
			return false;
		if (archive_entry_is_encrypted(entry)) {
			*why = "it is encrypted";
			return false;
		}
		if (archive_entry_filetype(entry) == AE_IFDIR)
			continue;
		if (!one_read(ar, max, a, out, why))
			return false;
		if (out->n > 0)
			return true;
	}
	return false;
}

bool
archive_one_unpack(struct span octets, size_t max, struct arena *a,
    struct span *out, const char **why)
{
	bool zip = span_starts(octets, SPAN("PK\x03\x04"));
	struct archive *ar = archive_read_new();
	bool ok;

	*out = SPAN("");
	*why = "it is neither gzip nor zip";
	if (ar == NULL || (!zip && !span_starts(octets, SPAN("\x1f\x8b")))) {
		(void)archive_read_free(ar);
		return false;
	}
	if (zip) {
		ok = archive_read_support_format_zip_seekable(ar) == ARCHIVE_OK;
	} else {
		ok = archive_read_support_filter_gzip(ar) == ARCHIVE_OK;
		(void)archive_read_support_format_raw(ar);
	}
	*why = "it is damaged";
	ok = ok &&
	     archive_read_open_memory(ar, octets.p, octets.n) == ARCHIVE_OK &&
	     one_members(ar, max, a, out, why);
	(void)archive_read_free(ar);
	return ok;
}
