/*
 * What members of archives hold, as far as somebody reads them: each within a
 * budget, unpacked by libarchive or where it lies.
 */
#include "config.h"

#include "rules/content/archive_inside.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "rules/content/tnef.h"

#define HEAD_OCTETS 512 /* that tell what a member is, most of them */

/* ---- octets ------------------------------------------------------------------ */

/* The first octets of the member that ar stands at, of which head was read. */
static struct span
member_first(
    struct lister *l, struct archive *ar, struct span head, size_t max)
{
	char *p = arena_octets(l->arena, max);
	size_t got = head.n;
	la_ssize_t n = 1;

	memcpy(p, head.p, head.n);
	while (got < max && n > 0) {
		n = archive_read_data(ar, p + got, max - got);
		got += n > 0 ? (size_t)n : 0;
	}
	return span_make(p, got);
}

struct span
archive_data(struct lister *l, struct archive *ar, struct span head,
    size_t max, bool *cut)
{
	struct buf data;
	struct span copy;
	char piece[16384];
	la_ssize_t n;

	buf_init(&data, max);
	(void)buf_add_some(&data, head);
	while (
	    !data.over && (n = archive_read_data(ar, piece, sizeof(piece))) > 0)
		(void)buf_add_some(&data, span_make(piece, (size_t)n));
	*cut = data.over;
	copy = arena_dup(l->arena, buf_span(&data));
	buf_free(&data);
	return copy;
}

bool
archive_is_harmless(struct span head)
{
	struct filetype type = filetype_of(head);

	return head.n > 0 && type.kind != FILETYPE_PROGRAM &&
	       strcmp(type.type, "application/octet-stream") != 0;
}

static void
member_note_harmless(struct lister *l, struct span line, struct span head)
{
	if (!archive_is_harmless(head))
		return;
	if (l->harmless.n > 0)
		(void)buf_addc(&l->harmless, '\n');
	(void)buf_add(&l->harmless, line);
}

/* ---- one member -------------------------------------------------------------- */

static struct span
member_head(struct lister *l, struct member *m)
{
	if (m->ar == NULL)
		return span_slice(m->octets, 0, HEAD_OCTETS);
	if (m->head.n == 0)
		m->head = member_first(l, m->ar, SPAN(""), HEAD_OCTETS);
	return m->head;
}

/* All of it, or "" where there is more than max. */
static struct span
member_all(struct lister *l, struct member *m, size_t max, bool *cut)
{
	struct span octets;

	*cut = m->ar == NULL ? m->octets.n > max
			     : archive_entry_size_is_set(m->entry) &&
				   (uint64_t)archive_entry_size(m->entry) > max;
	if (*cut)
		return SPAN("");
	octets = m->ar == NULL ? m->octets
			       : archive_data(l, m->ar, m->head, max, cut);
	return *cut ? SPAN("") : octets;
}

/* Somebody reads it, if there is room for all of it. */
static void
member_hand(struct lister *l, struct member *m)
{
	const struct archive_reader *reader = l->reader;
	bool cut;
	struct span octets = member_all(l, m, *reader->left, &cut);

	*reader->left -= octets.n;
	reader->member(reader->ctx, m->line, octets, cut);
}

static void
member_list(struct lister *l, struct member *m)
{
	bool cut;
	struct span octets = member_all(l, m, l->inside, &cut);

	if (octets.n > 0 || cut)
		archive_inside(l, octets, cut);
}

/*
 * An archive that is not called one: no double click opens it, so one that
 * cannot be read is one more file that was not.
 */
static void
member_list_unnamed(struct lister *l, struct member *m)
{
	bool cut = l->depth >= ARCHIVE_DEPTH;
	struct span octets = SPAN("");

	if (!cut)
		octets = member_all(l, m, l->inside, &cut);
	if (!cut)
		archive_inside(l, octets, false);
	else if (l->reader != NULL)
		l->reader->member(l->reader->ctx, m->line, SPAN(""), true);
}

/* A disk image begins with nothing, and tells what it is far behind. */
static struct filetype
member_type(struct lister *l, struct member *m)
{
	struct span head = member_head(l, m);
	size_t zeros = 0;

	if (m->ar == NULL)
		return filetype_of(m->octets);
	while (zeros < head.n && head.p[zeros] == 0)
		zeros++;
	if (zeros == HEAD_OCTETS)
		m->head = member_first(l, m->ar, head, FILETYPE_HEAD);
	return filetype_of(m->head);
}

/*
 * What its name tells nobody to look into is looked at for what it is, as a
 * file of a message is.
 */
static void
member_by_content(struct lister *l, struct member *m)
{
	struct filetype type = member_type(l, m);

	if (filename_runs_by_content(m->name.extension))
		member_note_harmless(l, m->line, member_head(l, m));
	if (l->reader != NULL && l->reader->wants_type(l->reader->ctx, &type))
		member_hand(l, m);
	else if (type.kind == FILETYPE_ARCHIVE)
		member_list_unnamed(l, m);
}

void
archive_look(struct lister *l, struct member *m, bool encrypted)
{
	filename_read(m->line, l->arena, &m->name);
	if (l->reader != NULL &&
	    l->reader->wants(l->reader->ctx, &m->name, encrypted))
		member_hand(l, m);
	else if (encrypted)
		return;
	else if (filename_archive(m->name.extension))
		member_list(l, m);
	else
		member_by_content(l, m);
}

/* ---- TNEF ------------------------------------------------------------------ */

/* Texts of the message are read as files are, and have no name to list. */
static void
tnef_text(struct lister *l, const struct tnef_item *item)
{
	static const char *const name[] = {
		[TNEF_TEXT] = "message.txt",
		[TNEF_PAGE] = "message.html",
		[TNEF_RTF] = "message.rtf",
	};
	struct member m = { .line = span_of(name[item->what]),
		.octets = item->octets };

	if (l->reader != NULL)
		member_hand(l, &m);
}

/* Most files have a short and a long name, often the same. */
static void
tnef_listed(void *ctx, const struct tnef_item *item)
{
	struct lister *l = ctx;
	struct member m = { .line = SPAN(""), .octets = item->octets };
	const struct span name[] = { item->short_name, item->long_name };

	if (item->what != TNEF_FILE) {
		tnef_text(l, item);
		return;
	}
	for (size_t i = 0; i < ARRAY_COUNT(name); i++) {
		struct span line = archive_line(l, name[i]);

		if (line.n == 0 || span_case_eq(line, m.line))
			continue;
		archive_add(l, line);
		m.line = line;
	}
	if (m.octets.n > 0)
		archive_look(l, &m, false);
}

void
archive_tnef(struct lister *l, struct span octets)
{
	if (!tnef_items(octets, tnef_listed, l))
		l->out->flags |= ARCHIVE_BROKEN;
}
