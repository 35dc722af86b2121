/*
 * What becomes a part: leaves, files that stand in text as uuencoded data, and
 * text beside the parts. Where those begin and end is mime_tree.c's question.
 */
#include "config.h"

#include "rules/mime/mime_inside.h"

#include <string.h>

size_t
mime_line_end(struct span in, size_t at)
{
	const char *nl = memchr(in.p + at, '\n', in.n - at);

	return nl == NULL ? in.n : (size_t)(nl - in.p) + 1;
}

void
mime_add_part(struct tree *t, struct mime_part part, unsigned depth)
{
	struct mime_message *m = t->out;

	part.depth = depth;
	if (depth > m->depth)
		m->depth = depth;
	m->part = arena_grow(
	    m->arena, m->part, &m->cap, m->count + 1, sizeof(*m->part));
	m->part[m->count++] = part;
}

/* A view of text that no part shows. */
void
mime_add_raw(
    struct tree *t, struct span raw, enum mime_place place, unsigned depth)
{
	struct span head = span_slice(raw, 0, 65536);
	struct mime_part part = { .place = place,
		.type = SPAN("text/plain"),
		.disposition = SPAN(""),
		.charset = SPAN(""),
		.raw = raw,
		.text = true };

	if (span_trim(raw).n == 0 || t->out->count > 2 * t->limits->parts)
		return;
	part.html = span_case_search(head, SPAN("<html")) != SIZE_MAX ||
		    span_case_search(head, SPAN("<body")) != SIZE_MAX ||
		    span_case_search(head, SPAN("<a ")) != SIZE_MAX;
	if (part.html)
		part.type = SPAN("text/html");
	mime_add_part(t, part, depth);
}

/* Text beside the parts is noted only when it could be meant for a reader. */
static bool
beside_is_text(struct span s)
{
	s = span_trim(s);
	return s.n > 512 || span_find(s, '<') != SIZE_MAX ||
	       span_search(s, SPAN("://")) != SIZE_MAX;
}

void
mime_add_beside(
    struct tree *t, struct span raw, enum mime_place place, unsigned depth)
{
	if (!beside_is_text(raw))
		return;
	t->out->flags |=
	    place == MIME_PREAMBLE ? MIME_FLAG_PREAMBLE : MIME_FLAG_EPILOGUE;
	mime_add_raw(t, raw, place, depth);
}

bool
mime_count_entity(struct tree *t)
{
	if (t->entities >= t->limits->parts) {
		t->out->flags |= MIME_FLAG_PARTS;
		return false;
	}
	if (arena_over(t->out->arena)) {
		t->out->flags |= MIME_FLAG_MEMORY;
		return false;
	}
	t->entities++;
	return true;
}

/* The line that begins with "begin " from offset at on, which is where one
 * begins; or SIZE_MAX. Lines are fewer than octets that "begin " could begin at. */
static size_t
uuencode_line(struct span text, size_t at)
{
	for (; at < text.n; at = mime_line_end(text, at))
		if (text.p[at] == 'b' &&
		    span_starts(span_slice(text, at, text.n), SPAN("begin ")))
			return at;
	return SIZE_MAX;
}

/* "begin 644 name" at offset at, in a line that uuencoded data follow. */
static bool
uuencode_begins(struct span text, size_t at, struct span *name)
{
	size_t end = mime_line_end(text, at), i = at + 6;
	char first;

	while (i < end && text.p[i] >= '0' && text.p[i] <= '7')
		i++;
	if (i - at < 9 || i - at > 10 || i >= end || text.p[i] != ' ' ||
	    end >= text.n)
		return false;
	first = text.p[end];
	*name = span_trim(span_slice(text, i, end));
	return name->n > 0 && first > ' ' && first <= 'M';
}

/* Files that old clients show where text holds uuencoded data. */
static void
tree_find_uuencode(struct tree *t, struct span text, unsigned depth)
{
	struct span *name = arena_alloc(t->out->arena, sizeof(*name));
	size_t at = 0;

	while ((at = uuencode_line(text, at)) != SIZE_MAX) {
		struct mime_part part = { .type =
					      SPAN("application/octet-stream"),
			.disposition = SPAN("attachment"),
			.charset = SPAN(""),
			.transfer = MIME_UUENCODE };
		size_t end;

		if (!uuencode_begins(text, at, name)) {
			at = mime_line_end(text, at);
			continue;
		}
		part.raw = span_slice(text, at, text.n);
		end = span_search(part.raw, SPAN("\nend"));
		if (end != SIZE_MAX)
			part.raw.n = end + 1;
		if (!mime_count_entity(t))
			return;
		part.name = name;
		part.name_count = 1;
		t->out->flags |= MIME_FLAG_UUENCODE;
		*name = mime_decode_text(*name, t->out->arena);
		mime_add_part(t, part, depth);
		name = arena_alloc(t->out->arena, sizeof(*name));
		at += part.raw.n;
	}
}

void
mime_add_leaf(struct tree *t, const struct mime_fields *f, struct span raw,
    unsigned depth)
{
	struct mime_part part = mime_fields_part(f, t->out->arena);

	part.raw = raw;
	if (span_search(span_slice(raw, 0, 4096),
		SPAN("-----BEGIN PGP MESSAGE-----")) != SIZE_MAX)
		part.encrypted = true;
	for (size_t i = 0; i < f->transfer_count; i++) {
		part.transfer = f->transfer[i];
		mime_add_part(t, part, depth);
		if (part.transfer != MIME_UUENCODE || !part.text)
			continue;
		/* Who does not know it shows what stands there. */
		t->out->flags |= MIME_FLAG_UNKNOWN_TRANSFER;
		part.transfer = MIME_IDENTITY;
		mime_add_part(t, part, depth);
	}
	if (part.text && !part.html)
		tree_find_uuencode(t, raw, depth);
}
