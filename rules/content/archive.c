/*
 * The seam to libarchive: names of members, and the octets of those that
 * somebody reads. What a sender controls here is the whole archive, so
 * everything is bounded by entries, by octets of names and by what has to be
 * unpacked on the way.
 */
#include "config.h"

#include "rules/content/archive_inside.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdio.h>

#include "rules/content/archive_own.h"
#include "rules/content/filename.h"
#include "rules/content/filetype.h"
#include "rules/content/tnef.h"
#include "rules/document/document_kind.h"
#include "rules/text/windows1252.h"

const struct archive_limits archive_limits_standard = {
	.entries = 5000,
	.names = (size_t)512 << 10,
	.unpacked = (uint64_t)32 << 20,
	.inside = (size_t)8 << 20,
	.read = (size_t)8 << 20,
};

const char *const archive_flag_names[ARCHIVE_FLAG_COUNT] = {
	"archive-encrypted",
	"archive-nested",
	"archive-nameless",
	"archive-limit",
	"archive-broken",
	"archive-mismatch",
	"archive-outside",
};

#define MEMBER_NAME_MAX 1024 /* octets of one name that are kept */
static void lister_octets(struct lister *l, struct span octets);

struct span
archive_line(struct lister *l, struct span name)
{
	size_t keep = name.n > MEMBER_NAME_MAX ? MEMBER_NAME_MAX / 2 : name.n;
	struct buf line;
	struct span copy;
	char *p;

	buf_init(&line, 3 * MEMBER_NAME_MAX);
	(void)western_repair(&line, span_slice(name, 0, keep));
	if (keep < name.n)
		(void)western_repair(
		    &line, span_slice(name, name.n - keep, name.n));
	p = arena_strdup(l->arena, buf_span(&line));
	copy = span_make(p, line.n);
	for (size_t i = 0; i < copy.n; i++)
		if ((unsigned char)p[i] < ' ')
			p[i] = ' ';
	buf_free(&line);
	return copy;
}

static bool
lister_full(const struct lister *l)
{
	return l->out->count >= l->limits->entries || l->names.over;
}

/* A path from the root, of a drive or a share, or up and out. */
static bool
member_leads_out(struct span name)
{
	size_t from = 0;

	if (name.n > 1 && name.p[1] == ':' && ascii_alpha(name.p[0]) &&
	    (name.n == 2 || name.p[2] == '\\' || name.p[2] == '/'))
		return true;
	for (size_t i = 0; i <= name.n; i++) {
		if (i < name.n && name.p[i] != '/' && name.p[i] != '\\')
			continue;
		if (i == 0 || span_is(span_slice(name, from, i), ".."))
			return name.n > 0;
		from = i + 1;
	}
	return false;
}

/* Every package of Debian has these two (deb(5)); they are looked into as others
 * are, and no oddity. */
static bool
archive_is_package_part(struct span name)
{
	return span_starts(name, SPAN("control.tar")) ||
	       span_starts(name, SPAN("data.tar"));
}

void
archive_add(struct lister *l, struct span line)
{
	struct filename file;

	if (lister_full(l)) {
		l->out->flags |= ARCHIVE_LIMIT;
		return;
	}
	if (l->names.n > 0)
		(void)buf_addc(&l->names, '\n');
	if (!buf_add(&l->names, line))
		l->out->flags |= ARCHIVE_LIMIT;
	l->out->count++;
	filename_read(line, l->arena, &file);
	l->out->name_flags |= file.flags & FILENAME_MEMBER_FLAGS;
	if (filename_archive(file.extension) && !archive_is_package_part(line))
		l->out->flags |= ARCHIVE_NESTED;
	if (member_leads_out(line))
		l->out->flags |= ARCHIVE_OUTSIDE;
}

/* ---- libarchive ------------------------------------------------------------ */

/*
 * No format that runs a program or is not found in mail; of zip only the
 * reader that uses the table of contents, because the other one unpacks what
 * it skips.
 */
static int
lister_filters(struct archive *ar)
{
	int bad = 0;

	bad |= archive_read_support_filter_gzip(ar);
	bad |= archive_read_support_filter_bzip2(ar);
	bad |= archive_read_support_filter_xz(ar);
	bad |= archive_read_support_filter_lzma(ar);
	bad |= archive_read_support_filter_zstd(ar);
	bad |= archive_read_support_filter_compress(ar);
	return bad;
}

static bool
lister_open(struct archive *ar, struct span octets)
{
	int bad = lister_filters(ar);

	bad |= archive_read_support_format_zip_seekable(ar);
	bad |= archive_read_support_format_rar(ar);
	bad |= archive_read_support_format_rar5(ar);
	bad |= archive_read_support_format_7zip(ar);
	bad |= archive_read_support_format_tar(ar);
	bad |= archive_read_support_format_gnutar(ar);
	bad |= archive_read_support_format_ar(ar);
	bad |= archive_read_support_format_cpio(ar);
	bad |= archive_read_support_format_cab(ar);
	bad |= archive_read_support_format_lha(ar);
	bad |= archive_read_support_format_iso9660(ar);
	(void)bad; /* a missing filter shows when the archive is opened */
	return archive_read_open_memory(ar, octets.p, octets.n) == ARCHIVE_OK;
}

/* True where passing over a member means unpacking it. */
static bool
lister_unpacks(struct archive *ar)
{
	int format = archive_format(ar) & ARCHIVE_FORMAT_BASE_MASK;

	return archive_filter_code(ar, 0) != ARCHIVE_FILTER_NONE ||
	       format == ARCHIVE_FORMAT_RAR_V5 ||
	       format == ARCHIVE_FORMAT_RAR || format == ARCHIVE_FORMAT_CAB ||
	       format == ARCHIVE_FORMAT_LHA;
}

/* Lists an archive inside of this one, as far as the budget goes. */
void
archive_inside(struct lister *l, struct span octets, bool cut)
{
	if (cut || l->depth >= ARCHIVE_DEPTH) {
		l->out->flags |= ARCHIVE_LIMIT;
		return;
	}
	l->inside -= octets.n;
	l->depth++;
	lister_octets(l, octets);
	l->depth--;
}

static void
lister_entry(struct lister *l, struct archive *ar, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);
	bool encrypted = archive_entry_is_encrypted(entry);
	struct member m = { .ar = ar, .entry = entry };
	struct span line;

	if (name == NULL || name[0] == '\0')
		l->out->flags |= ARCHIVE_NAMELESS;
	if (encrypted)
		l->out->flags |= ARCHIVE_ENCRYPTED;
	/* A directory is not a member that anybody opens. */
	if (name == NULL || archive_entry_filetype(entry) == AE_IFDIR)
		return;
	line = archive_line(l, span_of(name));
	archive_add(l, line);
	m.line = line;
	if (!lister_full(l))
		archive_look(l, &m, encrypted);
}

static void
lister_read(struct lister *l, struct archive *ar)
{
	uint64_t passed = 0;
	struct archive_entry *entry;
	int got;

	/* Directories are no members, but cost as much. */
	for (size_t steps = 0;; steps++) {
		got = archive_read_next_header(ar, &entry);
		if (got == ARCHIVE_EOF)
			break;
		if (got != ARCHIVE_OK && got != ARCHIVE_WARN) {
			l->out->flags |= ARCHIVE_BROKEN;
			break;
		}
		lister_entry(l, ar, entry);
		if (steps >= 2 * l->limits->entries)
			l->out->flags |= ARCHIVE_LIMIT;
		if (archive_entry_size(entry) > 0)
			passed += (uint64_t)archive_entry_size(entry);
		if (passed > l->limits->unpacked && lister_unpacks(ar))
			l->out->flags |= ARCHIVE_LIMIT;
		if ((l->out->flags & ARCHIVE_LIMIT) != 0)
			break;
	}
	if (archive_read_has_encrypted_entries(ar) > 0)
		l->out->flags |= ARCHIVE_ENCRYPTED;
}

/* What one compressed file holds, as far as the budget goes; p NULL when the
 * octets are none. */
static struct span
lister_unpack_alone(struct lister *l, struct span octets, bool *cut)
{
	struct archive *ar = archive_read_new();
	struct archive_entry *entry;
	struct span inside = { NULL, 0 };
	char start[1];

	if (ar == NULL)
		return inside;
	(void)lister_filters(ar);
	(void)archive_read_support_format_raw(ar);
	if (archive_read_open_memory(ar, octets.p, octets.n) == ARCHIVE_OK &&
	    archive_read_next_header(ar, &entry) == ARCHIVE_OK &&
	    archive_filter_code(ar, 0) != ARCHIVE_FILTER_NONE &&
	    archive_read_data(ar, start, 0) >= 0)
		inside = archive_data(l, ar, SPAN(""), l->inside, cut);
	(void)archive_read_free(ar);
	return inside;
}

/* The name that gzip keeps of the file, without a path: RFC 1952, 2.3. */
static struct span
gzip_name(struct span s)
{
	size_t at = 10, end;
	unsigned flags;

	if (s.n < 12 || !span_starts(s, SPAN("\x1f\x8b")))
		return SPAN("");
	flags = (unsigned char)s.p[3];
	if ((flags & 4) != 0)
		at += 2 + ((unsigned)(unsigned char)s.p[10] |
			      (unsigned)(unsigned char)s.p[11] << 8);
	s = span_slice(s, at, s.n);
	end = span_find(s, '\0');
	return (flags & 8) != 0 && end != SIZE_MAX ? span_slice(s, 0, end)
						   : SPAN("");
}

static void
lister_single(
    struct lister *l, struct span octets, struct span inside, bool cut)
{
	struct span name = gzip_name(octets);
	struct filetype type = filetype_of(inside);

	l->out->flags &= ~(unsigned)ARCHIVE_BROKEN;
	if (l->depth == 0)
		l->out->single = true;
	if (name.n > 0)
		archive_add(l, archive_line(l, name));
	if (type.kind == FILETYPE_ARCHIVE) {
		l->out->flags |= ARCHIVE_NESTED;
		archive_inside(l, inside, cut);
		/* Packages of Office are both. */
		if (document_kind_of_type(span_of(type.type)) == DOCUMENT_KINDS)
			return;
	} else if (l->depth == 0) {
		l->out->harmless_alone = archive_is_harmless(inside);
	}
	if (l->reader != NULL)
		l->reader->member(
		    l->reader->ctx, name, cut ? SPAN("") : inside, cut);
}

static void
lister_libarchive(struct lister *l, struct span octets)
{
	/* In the C locale libarchive gives no name that is not ASCII. */
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale_t before = utf8 == (locale_t)0 ? utf8 : uselocale(utf8);
	struct archive *ar = archive_read_new();

	if (ar != NULL && lister_open(ar, octets))
		lister_read(l, ar);
	else
		l->out->flags |= ARCHIVE_BROKEN;
	if (ar != NULL)
		(void)archive_read_free(ar);
	if (utf8 != (locale_t)0) {
		(void)uselocale(before);
		freelocale(utf8);
	}
}

/* ---- all ------------------------------------------------------------------- */

static void
lister_arj_name(void *ctx, struct span name)
{
	struct lister *l = ctx;

	archive_add(l, archive_line(l, name));
}

static void
lister_arj(struct lister *l, struct span octets)
{
	bool encrypted;

	if (!arj_names(octets, lister_arj_name, l, &encrypted))
		l->out->flags |= ARCHIVE_BROKEN;
	if (encrypted)
		l->out->flags |= ARCHIVE_ENCRYPTED;
}

static void
lister_octets(struct lister *l, struct span octets)
{
	struct archive_list *out = l->out;
	size_t before = out->count, names = l->names.n;
	struct span listed, inside;
	bool cut = false;

	if (tnef_is(octets))
		archive_tnef(l, octets);
	else if (arj_is(octets))
		lister_arj(l, octets);
	else
		lister_libarchive(l, octets);
	if (rar5_encrypted(octets))
		out->flags |= ARCHIVE_ENCRYPTED;
	if (out->count == before && (out->flags & ARCHIVE_BROKEN) != 0) {
		inside = lister_unpack_alone(l, octets, &cut);
		if (inside.p != NULL)
			lister_single(l, octets, inside, cut);
	}
	/* Of a list that was cut short nobody knows what it lacks. */
	if (span_starts(octets, SPAN("PK")) &&
	    (out->flags & ARCHIVE_LIMIT) == 0) {
		listed = arena_dup(l->arena,
		    span_slice(buf_span(&l->names), names, l->names.n));
		archive_zip(l, listed, octets,
		    (out->flags & ARCHIVE_BROKEN) == 0 && out->count > before);
	}
}

void
archive_list_members(struct span octets, const struct archive_limits *limits,
    const struct archive_reader *reader, struct arena *a,
    struct archive_list *out)
{
	struct lister l = { .limits = limits,
		.reader = reader,
		.out = out,
		.arena = a,
		.inside = limits->inside };

	*out = (struct archive_list){ .count = 0 };
	buf_init(&l.names, limits->names);
	buf_init(&l.harmless, limits->names);
	lister_octets(&l, octets);
	out->names = arena_dup(a, buf_span(&l.names));
	out->harmless = arena_dup(a, buf_span(&l.harmless));
	buf_free(&l.names);
	buf_free(&l.harmless);
}

void
archive_library(char *out, size_t size)
{
	(void)snprintf(out, size, "%s", archive_version_string());
}
