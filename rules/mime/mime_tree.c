/*
 * The MIME structure of a message as the union of what clients would show.
 * One pass over the lines with a stack of the boundaries that are open; it
 * knows fields only through mime_fields.h and decodes only what it must look
 * into (messages in base64).
 */
#include "config.h"

#include "rules/mime/mime_tree.h"

#include <string.h>

#include "rules/mime/mime_inside.h"

#define BOUNDARY_MAX 1000 /* octets; RFC 2046, 5.1.1 allows 70 */

const struct mime_limits mime_limits_standard = {
	.depth = 32,
	.parts = 500,
	.octets = (size_t)16 << 20,
};

const char *const mime_flag_names[MIME_FLAG_COUNT] = {
	"mime-depth",
	"mime-parts",
	"mime-size",
	"mime-no-boundary",
	"mime-boundary-unused",
	"mime-boundary-open",
	"mime-duplicate-type",
	"mime-duplicate-parameter",
	"mime-duplicate-transfer",
	"mime-bad-header",
	"mime-preamble",
	"mime-epilogue",
	"mime-encoded-message",
	"mime-uuencode",
	"mime-unknown-transfer",
	"mime-bad-type",
	"mime-partial",
	"mime-bare-cr",
	"mime-parameters",
	"mime-memory",
};

/* What ended a piece of text. */
struct delimiter {
	size_t end;   /* of the text, before the line end of the delimiter */
	size_t next;  /* the line behind it */
	size_t level; /* of the open multipart; SIZE_MAX: end of the input */
	bool closing;
};

static void tree_entity(struct tree *t, const struct mime_fields *f,
    unsigned depth, struct delimiter *d);

static bool
delimiter_is(struct span line, const struct boundaries *b, bool *closing)
{
	for (size_t i = 0; i < b->count; i++) {
		size_t n = b->text[i].n;

		if (line.n < n || line.n > n + 2 ||
		    memcmp(line.p, b->text[i].p, n) != 0)
			continue;
		*closing =
		    line.n == n + 2 && line.p[n] == '-' && line.p[n + 1] == '-';
		if (line.n == n || *closing)
			return true;
	}
	return false;
}

static bool
tree_delimiter_at(const struct tree *t, size_t at, struct delimiter *d)
{
	struct span line;

	if (at + 2 >= t->in.n || t->in.p[at] != '-' || t->in.p[at + 1] != '-')
		return false;
	d->next = mime_line_end(t->in, at);
	if (d->next - at > BOUNDARY_MAX + 100)
		return false;
	line = span_slice(t->in, at + 2, d->next);
	while (line.n > 0 && ascii_space(line.p[line.n - 1]))
		line.n--;
	for (size_t level = t->open_count; level-- > 0;) {
		if (!delimiter_is(line, &t->open[level], &d->closing))
			continue;
		d->level = level;
		return true;
	}
	return false;
}

/* The next delimiter of any open multipart; t->at goes behind it. */
static void
tree_find_delimiter(struct tree *t, struct delimiter *d)
{
	size_t start = t->at, at = t->at;

	while (t->open_count > 0 && at < t->in.n) {
		if (tree_delimiter_at(t, at, d)) {
			d->end = at;
			if (d->end > start && t->in.p[d->end - 1] == '\n')
				d->end--;
			if (d->end > start && t->in.p[d->end - 1] == '\r')
				d->end--;
			t->at = d->next;
			return;
		}
		at = mime_line_end(t->in, at);
	}
	*d = (struct delimiter){
		.end = t->in.n, .next = t->in.n, .level = SIZE_MAX
	};
	t->at = t->in.n;
}

/* Reads the header of a part: up to an empty line or a delimiter. */
static struct span
tree_read_header(struct tree *t)
{
	size_t start = t->at, at = t->at;
	struct delimiter d;

	while (at < t->in.n && !tree_delimiter_at(t, at, &d)) {
		size_t next = mime_line_end(t->in, at);
		struct span line = span_slice(t->in, at, next);

		if (line.p[0] == '\n' || span_is(line, "\r\n")) {
			t->at = next;
			return span_slice(t->in, start, at);
		}
		at = next;
	}
	t->at = at;
	return span_slice(t->in, start, at);
}

/* ---- containers ----------------------------------------------------------- */

static void
boundaries_add(struct boundaries *b, struct span text)
{
	while (text.n > 0 && ascii_space(text.p[text.n - 1]))
		text.n--;
	if (text.n == 0 || text.n > BOUNDARY_MAX || b->count >= MIME_VIEWS)
		return;
	for (size_t i = 0; i < b->count; i++)
		if (span_eq(b->text[i], text))
			return;
	b->text[b->count++] = text;
}

static void
boundaries_of(struct boundaries *b, const struct mime_params *p)
{
	*b = (struct boundaries){ .count = 0 };
	for (size_t i = 0; i < p->count; i++)
		if (span_is(p->param[i].name, "boundary"))
			boundaries_add(b, p->param[i].value);
}

/*
 * Finds a boundary where none is declared: the first line that starts with
 * "--" and is followed by a Content- field.
 */
static bool
tree_guess_boundary(const struct tree *t, size_t end, struct boundaries *b)
{
	*b = (struct boundaries){ .count = 0 };
	for (size_t at = t->at; at < end;) {
		size_t next = mime_line_end(t->in, at);

		if (next - at > 2 && next - at < 200 &&
		    span_starts(span_slice(t->in, at, next), SPAN("--")) &&
		    span_case_starts(
			span_slice(t->in, next, t->in.n), SPAN("content-"))) {
			boundaries_add(
			    b, span_trim(span_slice(t->in, at + 2, next)));
			return b->count > 0;
		}
		at = next;
	}
	return false;
}

static void
tree_part(struct tree *t, unsigned depth, struct delimiter *d)
{
	struct mime_fields f;

	if (!mime_count_entity(t)) {
		t->at = t->in.n;
		*d = (struct delimiter){ .end = t->in.n, .level = SIZE_MAX };
		return;
	}
	mime_fields_of_block(&f, tree_read_header(t), t->out->arena);
	if (f.type_missing && t->open[t->open_count - 1].digest)
		f.type[0] = SPAN("message/rfc822");
	tree_entity(t, &f, depth, d);
}

/*
 * The parts between the delimiters of the multipart opened last; *d is the
 * first of them. A delimiter behind the closing one goes on with parts, as
 * some clients do.
 */
static void
tree_parts(struct tree *t, unsigned depth, struct delimiter *d)
{
	size_t level = t->open_count - 1, behind;
	bool closed = false;

	while (d->level == level) {
		if (!d->closing) {
			if (closed)
				t->out->flags |= MIME_FLAG_EPILOGUE;
			tree_part(t, depth + 1, d);
			continue;
		}
		closed = true;
		behind = t->at;
		tree_find_delimiter(t, d);
		mime_add_beside(t, span_slice(t->in, behind, d->end),
		    MIME_EPILOGUE, depth + 1);
	}
	if (!closed && (t->out->flags & MIME_FLAG_PARTS) == 0)
		t->out->flags |= MIME_FLAG_BOUNDARY_OPEN;
}

/* Opens b and reads the parts; false when its delimiter is never met. */
static bool
tree_try_boundaries(struct tree *t, const struct boundaries *b, unsigned depth,
    struct delimiter *d)
{
	size_t start = t->at, level = t->open_count;
	bool met;

	t->open[t->open_count++] = *b;
	tree_find_delimiter(t, d);
	met = d->level == level;
	if (met) {
		mime_add_beside(t, span_slice(t->in, start, d->end),
		    MIME_PREAMBLE, depth + 1);
		tree_parts(t, depth, d);
	}
	t->open_count = level;
	return met;
}

/* Reads decoded text as an entity of its own. */
static void
tree_nested(
    struct tree *t, struct span in, const struct mime_fields *f, unsigned depth)
{
	struct tree inner = *t;
	struct mime_fields fields;
	struct delimiter d;

	inner.in = in;
	inner.at = 0;
	inner.open_count = 0;
	inner.open = arena_array(
	    t->out->arena, t->limits->depth + 1, sizeof(*inner.open));
	t->out->flags |= MIME_FLAG_ENCODED_MESSAGE;
	if (f == NULL) {
		mime_fields_of_block(
		    &fields, tree_read_header(&inner), t->out->arena);
		f = &fields;
	}
	tree_entity(&inner, f, depth, &d);
	t->entities = inner.entities;
}

static void
tree_multipart(struct tree *t, const struct mime_fields *f, unsigned depth,
    struct delimiter *d)
{
	size_t start = t->at;
	struct boundaries b;
	bool met = false;

	boundaries_of(&b, &f->type_params);
	b.digest = mime_fields_is(f, "multipart/digest");
	if (b.count == 0)
		t->out->flags |= MIME_FLAG_NO_BOUNDARY;
	else
		met = tree_try_boundaries(t, &b, depth, d);
	if (met)
		return;
	if (b.count > 0)
		t->out->flags |= MIME_FLAG_BOUNDARY_UNUSED;
	t->at = start;
	tree_find_delimiter(t, d);
	if (f->transfer[0] == MIME_BASE64 && f->transfer_count == 1) {
		struct mime_part part = mime_fields_part(f, t->out->arena);
		struct mime_fields identity = *f;

		part.raw = span_slice(t->in, start, d->end);
		identity.transfer[0] = MIME_IDENTITY;
		tree_nested(t, mime_part_octets(t->out, &part, SIZE_MAX),
		    &identity, depth + 1);
		return;
	}
	t->at = start;
	if (tree_guess_boundary(t, d->end, &b) &&
	    tree_try_boundaries(t, &b, depth, d))
		return;
	t->at = start;
	tree_find_delimiter(t, d);
	mime_add_raw(t, span_slice(t->in, start, d->end), MIME_RAW, depth);
}

static void
tree_message(struct tree *t, const struct mime_fields *f, unsigned depth,
    struct delimiter *d)
{
	struct mime_part part = mime_fields_part(f, t->out->arena);
	size_t start = t->at, index = t->out->count;
	bool file =
	    part.name_count > 0 || span_is(part.disposition, "attachment");
	bool first = !t->out->encloses;
	struct mime_fields inner;
	struct span octets;

	t->out->encloses = true;
	if (file)
		mime_add_part(t, part, depth);
	if (part.transfer == MIME_BASE64 || part.transfer == MIME_QUOTED) {
		tree_find_delimiter(t, d);
		part.raw = span_slice(t->in, start, d->end);
		octets = mime_part_octets(t->out, &part, SIZE_MAX);
		tree_nested(t, octets, NULL, depth + 1);
	} else {
		mime_fields_of_block(
		    &inner, tree_read_header(t), t->out->arena);
		tree_entity(t, &inner, depth + 1, d);
		octets = span_slice(t->in, start, d->end);
	}
	if (first)
		t->out->enclosed = octets;
	if (file)
		t->out->part[index].raw = span_slice(t->in, start, d->end);
}

/*
 * Reads one entity, whose header is read, up to the delimiter that ends it.
 * Recursion is bounded by limits.depth.
 */
static void
tree_entity(struct tree *t, const struct mime_fields *f, unsigned depth,
    struct delimiter *d)
{
	bool multipart = mime_fields_starts(f, "multipart/");
	bool message = mime_fields_is(f, "message/rfc822") ||
		       mime_fields_is(f, "message/global");
	size_t start = t->at;

	t->out->flags |= f->flags;
	if (depth > t->out->depth)
		t->out->depth = depth;
	if (f->garbage.n > 0)
		mime_add_raw(t, f->garbage, MIME_RAW, depth);
	if (mime_fields_is(f, "message/partial") ||
	    mime_fields_is(f, "message/external-body"))
		t->out->flags |= MIME_FLAG_PARTIAL;
	if ((multipart || message) && depth >= t->limits->depth) {
		t->out->flags |= MIME_FLAG_DEPTH;
		tree_find_delimiter(t, d);
		mime_add_raw(
		    t, span_slice(t->in, start, d->end), MIME_RAW, depth);
	} else if (multipart) {
		tree_multipart(t, f, depth, d);
	} else if (message) {
		tree_message(t, f, depth, d);
	} else {
		tree_find_delimiter(t, d);
		mime_add_leaf(t, f, span_slice(t->in, start, d->end), depth);
		return;
	}
	/* The view of a client that believes the other Content-Type. */
	if (mime_fields_starts(f, "text/"))
		mime_add_leaf(t, f, span_slice(t->in, start, d->end), depth);
}

void
mime_read(const struct header_list *headers, struct span body,
    const struct mime_limits *limits, struct mime_message *out)
{
	struct tree t = { .in = body, .limits = limits, .out = out };
	struct mime_fields f;
	struct delimiter d;

	t.open = arena_array(out->arena, limits->depth + 1, sizeof(*t.open));
	mime_fields_of_list(&f, headers, out->arena);
	(void)mime_count_entity(&t);
	tree_entity(&t, &f, 0, &d);
}

/* ---- octets of a part ------------------------------------------------------ */

static struct mime_decoded
mime_decode_part(struct mime_message *m, const struct mime_part *p, size_t max)
{
	struct mime_decoded d = { .raw = p->raw, .transfer = p->transfer };
	struct buf out;

	if (p->transfer == MIME_IDENTITY ||
	    p->transfer == MIME_TRANSFER_UNKNOWN) {
		d.octets = span_slice(p->raw, 0, max);
		d.whole = d.octets.n == p->raw.n;
		return d;
	}
	buf_init(&out, max);
	mime_transfer_decode(&out, p->transfer, p->raw);
	d.octets = arena_dup(m->arena, buf_span(&out));
	d.whole = !out.over;
	buf_free(&out);
	return d;
}

/* What was read last, where it is of this part and all of it. */
static bool
mime_has_decoded(const struct mime_message *m, const struct mime_part *p)
{
	return m->last.whole && m->last.raw.p == p->raw.p &&
	       m->last.raw.n == p->raw.n && m->last.transfer == p->transfer;
}

struct span
mime_part_octets(struct mime_message *m, const struct mime_part *p, size_t max)
{
	bool again = mime_has_decoded(m, p);
	/* What a file is can be said of each, whatever others are large. */
	bool counts = max > MIME_HEAD_OCTETS && !(again && m->last.counted),
	     cut = counts && max > m->octets_left;
	struct span octets;

	if (cut)
		max = m->octets_left;
	if (!again)
		m->last = mime_decode_part(m, p, max);
	octets = span_slice(m->last.octets, 0, max);
	cut = cut && (!m->last.whole || octets.n < m->last.octets.n);
	if (counts) {
		m->octets_left -= octets.n;
		m->last.counted = !cut;
	}
	if (cut)
		m->flags |= MIME_FLAG_SIZE;
	return octets;
}

static unsigned char
base64_octet(char c)
{
	unsigned char u = (unsigned char)c;

	return (unsigned char)(((unsigned char)((u | 0x20) - 'a') < 26) |
			       ((unsigned char)(u - '0') < 10) | (u == '+') |
			       (u == '/'));
}

/* By blocks of fixed length, which compilers count as vectors. */
static size_t
base64_count(struct span s)
{
	size_t n = 0, i = 0;

	for (; s.n - i >= 32; i += 32) {
		unsigned char some = 0;

		for (size_t k = 0; k < 32; k++)
			some = (unsigned char)(some + base64_octet(s.p[i + k]));
		n += some;
	}
	for (; i < s.n; i++)
		n += base64_octet(s.p[i]);
	return n;
}

size_t
mime_part_size(const struct mime_part *p)
{
	size_t n = 0;

	switch (p->transfer) {
	case MIME_IDENTITY:
	case MIME_TRANSFER_UNKNOWN:
		break;
	case MIME_BASE64:
		n = base64_count(p->raw);
		return n / 4 * 3 + (n % 4 == 0 ? 0 : n % 4 - 1);
	case MIME_QUOTED:
		for (size_t i = 0; i < p->raw.n; i++)
			n += p->raw.p[i] == '=' ? 3 : 0;
		return p->raw.n > n ? p->raw.n - n + n / 3 : 0;
	case MIME_UUENCODE:
		return p->raw.n / 4 * 3;
	}
	return p->raw.n;
}
