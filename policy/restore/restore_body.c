/*
 * Which bodies may have been the author's, by what Mailman, Sympa, Google
 * Groups, ezmlm and mail gateways are known to do. Knows neither the header
 * nor keys.
 *
 * Not undone, for each would let somebody stand in front of the author: text
 * before the text, parts before the parts, parts behind those of a
 * multipart/alternative (clients show the last one), files.
 */
#include "config.h"

#include "policy/restore/restore_body.h"

#include "policy/restore/restore_search.h"

const char *const restore_change_names[RESTORE_CHANGE_COUNT] = { "subject",
	"from", "reply-to", "fields", "type", "transfer", "footer", "part",
	"wrapped" };

/* Hashes that are ended, and how often all of a body may be hashed. */
#define RESTORE_ENDS_MAX   192
#define RESTORE_PASSES_MAX 5

struct restore_finder {
	enum dkim_canon canon;
	const uint8_t *wanted;
	struct arena *arena;
	struct restore_budget budget;
	size_t removed_max;
	struct restore_body *out;
	struct restore_piece piece[2];
	size_t piece_count;
};

/* ---- what was found --------------------------------------------------------- */

static void
restore_took(struct restore_finder *f, struct span text,
    const struct restore_form *form, enum mime_transfer encoding)
{
	f->piece[f->piece_count++] = (struct restore_piece){ .text = text,
		.html = span_is(form->type, "text/html"),
		.encoding = encoding,
		.charset = form->charset };
	f->out->added_octets += text.n;
}

/* Notes the changes; always true, for it has been found. */
static bool
restore_found(struct restore_finder *f, unsigned changes)
{
	f->out->changes = changes;
	if (!restore_added_read(
		f->piece, f->piece_count, f->arena, &f->out->added))
		f->out->refused =
		    "what was added could hide what the author wrote";
	return true;
}

static bool
restore_try(struct restore_finder *f, const struct restore_plan *plan,
    struct restore_hit *hit)
{
	return restore_search(plan, f->canon, f->wanted, &f->budget, hit);
}

/* ---- a message of one text --------------------------------------------------- */

static bool
restore_try_text(struct restore_finder *f, const struct restore_text *text,
    const struct restore_form *form, enum mime_transfer encoding,
    unsigned changes)
{
	struct restore_plan plan = { .first = *text };
	struct restore_hit hit;

	if (!restore_try(f, &plan, &hit))
		return false;
	if (hit.first != RESTORE_UNCUT) {
		restore_took(f, text->cut[hit.first].removed, form, encoding);
		changes |= RESTORE_FOOTER;
	}
	return restore_found(f, changes);
}

/* Octets that make authors encode: 8-bit ones, and lines over 78. */
static bool
restore_asks_for_encoding(struct span text)
{
	size_t line = 0;

	for (size_t i = 0; i < text.n; i++) {
		line = text.p[i] == '\n' ? 0 : line + 1;
		if ((unsigned char)text.p[i] >= 0x80 || line > 80)
			return true;
	}
	return false;
}

/* The same text as if the author had sent it in another encoding. */
static bool
restore_try_encoded(struct restore_finder *f, const struct restore_form *form,
    struct span plain, const struct restore_ends *ends)
{
	static const char *const words[] = { "8bit", "quoted-printable",
		"base64" };
	struct restore_text text, encoded;

	f->out->own_transfer = true;
	for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
		if (i == 0 && form->encoding == MIME_IDENTITY)
			continue;
		restore_cuts(f->arena, plain, ends, &text);
		encoded = text;
		if (i == 1)
			restore_quoted(f->arena, &text, &encoded);
		else if (i == 2)
			restore_base64(f->arena, &text, false, &encoded);
		f->out->transfer_raw =
		    span_of(arena_printf(f->arena, " %s", words[i]));
		if (restore_try_text(
			f, &encoded, form, MIME_IDENTITY, RESTORE_TRANSFER))
			return true;
	}
	f->out->own_transfer = false;
	return false;
}

static struct span
restore_decoded(
    struct restore_finder *f, enum mime_transfer encoding, struct span text)
{
	struct buf buf;
	struct span out;

	if (encoding == MIME_IDENTITY)
		return text;
	buf_init(&buf, text.n + 1);
	mime_transfer_decode(&buf, encoding, text);
	out = arena_dup(f->arena, buf_span(&buf));
	buf_free(&buf);
	return out;
}

static bool
restore_text(
    struct restore_finder *f, const struct restore_form *form, struct span body)
{
	const struct restore_ends ends = { .removed_max = f->removed_max,
		.max = RESTORE_CUTS_MAX,
		.html = span_is(form->type, "text/html") };
	struct restore_text text;
	struct span plain, lines;

	/* Nobody's footer is legible behind base64. */
	if (form->encoding != MIME_BASE64) {
		restore_cuts(f->arena, body, &ends, &text);
		if (restore_try_text(f, &text, form, form->encoding, 0))
			return true;
	}
	if (form->encoding == MIME_IDENTITY && !restore_asks_for_encoding(body))
		return false;
	if (body.n > RESTORE_ENCODED_MAX) {
		f->out->unseen = true;
		return false;
	}
	plain = restore_decoded(f, form->encoding, body);
	lines = restore_crlf(f->arena, plain);
	return restore_try_encoded(f, form, lines, &ends) ||
	       (lines.n != plain.n &&
		   restore_try_encoded(f, form, plain, &ends));
}

/* ---- a part behind the parts, and a message in a part ------------------------ */

static bool
restore_is_text(const struct restore_form *form)
{
	return !form->attached && (span_is(form->type, "text/plain") ||
				      span_is(form->type, "text/html"));
}

static bool
restore_appended(struct restore_finder *f, const struct restore_form *form,
    struct span body, const struct restore_parts *parts)
{
	const struct restore_part *last = &parts->part[parts->count - 1];
	struct restore_plan plan = {
		.before = span_slice(body, 0, last->line),
		.between = span_of(arena_printf(
		    f->arena, "--%.*s--", SPAN_FMT(form->boundary))),
	};
	struct restore_hit hit;

	if (parts->count < 2 || last->whole.n > f->removed_max ||
	    !restore_is_text(&last->form) || !restore_try(f, &plan, &hit))
		return false;
	restore_took(f, last->text, &last->form, last->form.encoding);
	return restore_found(f, RESTORE_PART);
}

static bool
restore_wrapped(struct restore_finder *f, const struct restore_parts *parts)
{
	const struct restore_part *first = &parts->part[0],
				  *last = &parts->part[1];
	struct restore_plan plan = { .before = first->text };
	struct restore_hit hit;

	if (parts->count != 2 || first->form.attached ||
	    last->whole.n > f->removed_max || !restore_is_text(&last->form) ||
	    !restore_try(f, &plan, &hit))
		return false;
	f->out->own_type = f->out->own_transfer = true;
	f->out->type_raw = first->type_raw;
	f->out->transfer_raw = first->transfer_raw;
	f->out->form = first->form;
	f->out->text = first->text;
	restore_took(f, last->text, &last->form, last->form.encoding);
	return restore_found(f, RESTORE_WRAPPED);
}

/* ---- texts inside of parts ----------------------------------------------------- */

#define RESTORE_DEPTH_MAX 3

struct restore_leaf {
	struct span text; /* in the body */
	struct restore_form form;
};

struct restore_leaves {
	struct restore_leaf leaf[2];
	size_t count;
};

/* The first two texts that people are shown. */
static void
restore_leaves_find(const struct restore_parts *parts, struct arena *a,
    unsigned depth, struct restore_leaves *out)
{
	for (size_t i = 0; i < parts->count && out->count < 2; i++) {
		const struct restore_part *p = &parts->part[i];
		struct restore_parts *inner;

		if (restore_is_text(&p->form)) {
			out->leaf[out->count++] =
			    (struct restore_leaf){ p->text, p->form };
		} else if (depth < RESTORE_DEPTH_MAX &&
			   (span_is(p->form.type, "multipart/alternative") ||
			       span_is(p->form.type, "multipart/mixed") ||
			       span_is(p->form.type, "multipart/related"))) {
			inner = arena_alloc(a, sizeof(*inner));
			if (restore_parts_read(
				p->text, p->form.boundary, a, inner))
				restore_leaves_find(inner, a, depth + 1, out);
		}
	}
}

/*
 * A text with its cuts. What came in base64 is encoded anew, since what was
 * added was encoded with the rest.
 */
static void
restore_leaf_cuts(struct restore_finder *f, const struct restore_leaf *leaf,
    bool alone, struct restore_text *out)
{
	const struct restore_ends ends = { .removed_max = f->removed_max,
		.max = alone ? RESTORE_CUTS_MAX : 6,
		.part = true,
		.html = span_is(leaf->form.type, "text/html"),
		.separators = !alone };
	struct restore_text plain;

	if (leaf->text.n > RESTORE_ENCODED_MAX &&
	    leaf->form.encoding == MIME_BASE64) {
		f->out->unseen = true;
		*out = (struct restore_text){ .text = leaf->text };
		return;
	}
	if (leaf->form.encoding != MIME_BASE64) {
		restore_cuts(f->arena, leaf->text, &ends, out);
		return;
	}
	restore_cuts(f->arena, restore_decoded(f, MIME_BASE64, leaf->text),
	    &ends, &plain);
	restore_base64(
	    f->arena, &plain, !span_ends(leaf->text, SPAN("\n")), out);
}

static void
restore_leaf_took(struct restore_finder *f, const struct restore_leaf *leaf,
    const struct restore_text *text, size_t cut)
{
	bool base64 = leaf->form.encoding == MIME_BASE64;

	if (cut != RESTORE_UNCUT)
		restore_took(f, text->cut[cut].removed, &leaf->form,
		    base64 ? MIME_IDENTITY : leaf->form.encoding);
}

static bool
restore_inside(struct restore_finder *f, struct span body,
    const struct restore_parts *parts)
{
	struct restore_leaves l = { .count = 0 };
	struct restore_plan plan = { .between = SPAN("") };
	struct restore_hit hit;
	size_t from, end;

	restore_leaves_find(parts, f->arena, 0, &l);
	if (l.count == 0)
		return false;
	from = (size_t)(l.leaf[0].text.p - body.p);
	end = from + l.leaf[0].text.n;
	plan.before = span_slice(body, 0, from);
	restore_leaf_cuts(f, &l.leaf[0], l.count == 1, &plan.first);
	if (l.count == 2) {
		from = (size_t)(l.leaf[1].text.p - body.p);
		plan.between = span_slice(body, end, from);
		end = from + l.leaf[1].text.n;
		restore_leaf_cuts(f, &l.leaf[1], true, &plan.second);
	}
	plan.after = span_slice(body, end, body.n);
	if (!restore_try(f, &plan, &hit))
		return false;
	restore_leaf_took(f, &l.leaf[0], &plan.first, hit.first);
	if (l.count == 2)
		restore_leaf_took(f, &l.leaf[1], &plan.second, hit.second);
	return restore_found(f, RESTORE_FOOTER);
}

static bool
restore_multipart(
    struct restore_finder *f, const struct restore_form *form, struct span body)
{
	struct restore_parts *parts = arena_alloc(f->arena, sizeof(*parts));
	bool mixed = span_is(form->type, "multipart/mixed");

	/* Some clients show what stands behind the last delimiter. */
	if (!restore_parts_read(body, form->boundary, f->arena, parts) ||
	    span_trim(parts->epilogue).n > 0)
		return false;
	return (mixed && (restore_appended(f, form, body, parts) ||
			     restore_wrapped(f, parts))) ||
	       restore_inside(f, body, parts);
}

bool
restore_body_find(const struct restore_form *form, struct span body,
    enum dkim_canon canon, const uint8_t wanted[HASH_SHA256_OCTETS],
    struct arena *a, struct restore_body *out)
{
	struct restore_finder f = { .canon = canon,
		.wanted = wanted,
		.arena = a,
		.budget = { RESTORE_ENDS_MAX,
		    (uint64_t)body.n * RESTORE_PASSES_MAX + 65536 },
		.removed_max = body.n / 5,
		.out = out };

	*out = (struct restore_body){ .form = *form, .text = body };
	out->added.text = SPAN("");
	out->unseen = body.n > RESTORE_BODY_MAX;
	if (out->unseen)
		return false;
	if (f.removed_max < RESTORE_FLOOR)
		f.removed_max = RESTORE_FLOOR;
	if (f.removed_max > RESTORE_CEILING)
		f.removed_max = RESTORE_CEILING;
	if (span_starts(form->type, SPAN("multipart/")))
		return restore_multipart(&f, form, body);
	if (form->attached || !span_starts(form->type, SPAN("text/")))
		return false;
	return restore_text(&f, form, body);
}
