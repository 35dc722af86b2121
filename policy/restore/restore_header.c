/*
 * Goes through the headers that the author may have signed. Which values a
 * field may have had, restore_option.c says; here they are put together, in an
 * order in which the likely ones come early.
 *
 * The hash that an RSA key signed can be recovered from the signature, so a
 * header costs a hash and no verification. Ed25519 does not give it away: each
 * header is verified there, and fewer are.
 */
#include "config.h"

#include "policy/restore/restore_option.h"

#include <string.h>

#include "policy/base/suffix.h"
#include "rules/mail/author.h"

#define RESTORE_HEADERS_MAX         128
#define RESTORE_HEADERS_MAX_ED25519 6
#define RESTORE_OPTIONS_MAX         6
/* Octets of all headers that are tried, so that long fields cost no more. */
#define RESTORE_HEADER_OCTETS_MAX ((size_t)512 << 10)

bool
restore_same(struct span a, struct span b)
{
	return a.n > 0 && b.n > 0 && suffix_same(a, b);
}

struct restore_choice {
	const struct restore_header_query *q;
	struct arena *arena;
	struct arena *scratch; /* of one try */
	size_t octets_left;
	struct header_list list; /* a copy; each try changes its fields */
	struct dkim_headers *headers;
	struct restore_option option[RESTORE_OPTIONS_MAX];
	size_t count;
	bool *lists; /* by field: one that lists add; all of them go at once */
	bool lists_gone;
	bool recovered;
	uint8_t hash[HASH_SHA256_OCTETS]; /* that was signed */
};

/* ---- what may be tried ------------------------------------------------------- */

static bool
restore_covers(const struct dkim_sig *sig, struct span name)
{
	for (size_t i = 0; i < sig->name_count; i++)
		if (span_case_eq(sig->name[i], name))
			return true;
	return false;
}

/* The only field of this name in the copy, or NULL. */
static struct header_field *
restore_field(struct restore_choice *c, const char *name)
{
	struct header_field *found = NULL;

	for (size_t i = 0; i < c->list.count; i++) {
		struct header_field *f = &c->list.field[i];

		if (!span_case_is(f->name, name))
			continue;
		if (found != NULL)
			return NULL;
		found = f;
	}
	return found;
}

/* Kept when there is something to choose. */
static void
restore_option_end(struct restore_choice *c)
{
	c->count += c->option[c->count].count > 1;
}

/* The option for a field that the signature covers; NULL for none. */
static struct restore_option *
restore_option_begin(struct restore_choice *c, const char *name)
{
	struct header_field *f = restore_field(c, name);
	struct restore_option *o = &c->option[c->count];

	if (f == NULL || !restore_covers(c->q->sig, span_of(name)))
		return NULL;
	*o = (struct restore_option){ .field = f, .name = f->name };
	return o;
}

static void
restore_option_reply_to(struct restore_choice *c)
{
	struct restore_option *o = restore_option_begin(c, "Reply-To");
	const struct header_field *kept =
	    header_get(c->q->list, "X-Original-Reply-To", 0);
	struct author to;

	if (o == NULL)
		return;
	author_of_field(o->field->value, c->arena, &to);
	if (!restore_same(to.domain, c->q->lister) &&
	    restore_same(c->q->from_domain, c->q->sig->domain))
		restore_value_add(o, o->field->raw, 0);
	restore_value_add(o, span_of(NULL), RESTORE_REPLY_TO);
	restore_value_add(o, o->field->raw, 0);
	if (kept != NULL)
		restore_value_add(o, kept->raw, RESTORE_REPLY_TO);
	restore_option_end(c);
}

/* False when From is not the list's to write, or names nobody that was it. */
static bool
restore_option_from(struct restore_choice *c)
{
	struct restore_option *o;

	if (restore_same(c->q->from_domain, c->q->sig->domain))
		return true;
	if (!restore_same(c->q->from_domain, c->q->lister))
		return false;
	o = restore_option_begin(c, "From");
	if (o == NULL)
		return false;
	restore_from_values(c->q, o->field->raw, c->arena, o);
	if (o->count == 0)
		return false;
	c->count++;
	/* The author was put there for answers to reach him. */
	o = restore_option_begin(c, "Cc");
	if (o != NULL) {
		restore_value_add(o, o->field->raw, 0);
		restore_value_add(o, span_of(NULL), RESTORE_FROM);
		restore_option_end(c);
	}
	return true;
}

static void
restore_option_type(struct restore_choice *c)
{
	const struct restore_body *body = c->q->body;
	struct restore_option *o = restore_option_begin(c, "Content-Type");

	if (o == NULL)
		return;
	if (body->own_type) {
		restore_value_add(o, body->type_raw, 0);
		restore_value_add(o, o->field->raw, 0);
	} else if ((body->changes & (RESTORE_FOOTER | RESTORE_TRANSFER)) != 0) {
		restore_type_values(o->field->raw, c->arena, o);
	}
	restore_option_end(c);
}

static void
restore_option_transfer(struct restore_choice *c)
{
	const struct restore_body *body = c->q->body;
	struct restore_option *o =
	    restore_option_begin(c, "Content-Transfer-Encoding");

	if (o == NULL)
		return;
	if (body->own_transfer)
		restore_value_add(o, body->transfer_raw, 0);
	restore_value_add(o, o->field->raw, 0);
	/* What is not encoded has several names. */
	if (body->own_transfer || body->form.encoding == MIME_IDENTITY) {
		restore_value_add(o, span_of(NULL), RESTORE_TRANSFER);
		restore_value_add(o, SPAN(" 7bit"), RESTORE_TRANSFER);
		restore_value_add(o, SPAN(" 8bit"), RESTORE_TRANSFER);
	}
	restore_option_end(c);
}

/* Fields of lists, which signers name to say that there is none. */
static bool
restore_is_lists(struct span name)
{
	static const char *const names[] = { "sender", "precedence",
		"errors-to", "mailing-list", "resent-from", "resent-to",
		"resent-date", "resent-message-id", "resent-sender",
		"resent-cc" };

	if (span_case_starts(name, SPAN("list-")))
		return true;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		if (span_case_is(name, names[i]))
			return true;
	return false;
}

static void
restore_note_lists(struct restore_choice *c)
{
	c->lists = arena_array(c->arena, c->list.count + 1, sizeof(bool));
	for (size_t i = 0; i < c->list.count; i++) {
		struct span name = c->list.field[i].name;

		c->lists[i] =
		    restore_is_lists(name) && restore_covers(c->q->sig, name);
		c->lists_gone = c->lists_gone || c->lists[i];
	}
}

/* A copy of the header that can be changed, with room for one field more. */
static void
restore_copy(struct restore_choice *c)
{
	const struct header_list *list = c->q->list;
	const struct restore_body *body = c->q->body;

	c->list = *list;
	c->list.field =
	    arena_array(c->arena, list->count + 1, sizeof(*c->list.field));
	memcpy(c->list.field, list->field, list->count * sizeof(*list->field));
	/* What a part's header said stands in a list's header perhaps not. */
	if (body->own_transfer && body->transfer_raw.p != NULL &&
	    header_get(list, "Content-Transfer-Encoding", 0) == NULL)
		c->list.field[c->list.count++] = (struct header_field){
			.name = SPAN_INIT("Content-Transfer-Encoding"),
			.raw_name = SPAN_INIT("Content-Transfer-Encoding"),
			.raw = body->transfer_raw,
			.value = SPAN_INIT("")
		};
}

/* ---- trying -------------------------------------------------------------------- */

static void
restore_apply(struct restore_choice *c)
{
	for (size_t i = 0; i < c->list.count && i < c->q->list->count; i++)
		if (c->lists[i])
			c->list.field[i].name = c->lists_gone
						    ? SPAN("")
						    : c->q->list->field[i].name;
	for (size_t i = 0; i < c->count; i++) {
		struct restore_option *o = &c->option[i];
		const struct restore_value *v = &o->value[o->chosen];

		o->field->name = v->raw.p == NULL ? SPAN("") : o->name;
		if (v->raw.p != NULL)
			o->field->raw = v->raw;
	}
}

static bool
restore_signed(struct restore_choice *c)
{
	const struct restore_header_query *q = c->q;
	uint8_t hash[HASH_SHA256_OCTETS];
	struct span text;

	restore_apply(c);
	arena_reset(c->scratch);
	text = dkim_headers_text(c->headers, c->scratch, q->sig, q->field);
	c->octets_left -= text.n < c->octets_left ? text.n : c->octets_left;
	hash_sha256(text, hash);
	return c->recovered ? memcmp(hash, c->hash, sizeof(hash)) == 0
			    : dkim_key_verify(q->key, hash, q->sig->signature);
}

/* The next choice; false when all have been made. */
static bool
restore_next(struct restore_choice *c, bool has_lists)
{
	for (size_t i = 0; i < c->count; i++) {
		if (++c->option[i].chosen < c->option[i].count)
			return true;
		c->option[i].chosen = 0;
	}
	if (!has_lists || !c->lists_gone)
		return false;
	c->lists_gone = false;
	return true;
}

static bool
restore_try_all(struct restore_choice *c)
{
	bool has_lists = c->lists_gone;
	size_t left =
	    c->recovered ? RESTORE_HEADERS_MAX : RESTORE_HEADERS_MAX_ED25519;

	do
		if (restore_signed(c))
			return true;
	while (--left > 0 && c->octets_left > 0 && restore_next(c, has_lists));
	return false;
}

/* ---- what was found --------------------------------------------------------------- */

/* The header that was signed, without the fields that were taken out. */
static void
restore_report(struct restore_choice *c, struct restore_header *out)
{
	struct header_list *list = arena_alloc(c->arena, sizeof(*list));
	struct author author;

	out->changes = c->lists_gone ? RESTORE_FIELDS : 0;
	out->author = out->tag = SPAN("");
	for (size_t i = 0; i < c->count; i++) {
		const struct restore_option *o = &c->option[i];
		const struct restore_value *v = &o->value[o->chosen];

		out->changes |= v->changes;
		if (v->tag.n > 0)
			out->tag = v->tag;
		if ((v->changes & RESTORE_FROM) != 0 &&
		    span_case_is(o->name, "from")) {
			author_of_field(
			    header_unfold(v->raw, c->arena), c->arena, &author);
			if (author.status == AUTHOR_OK)
				out->author = author.list.box[0].text;
		}
	}
	header_list_init(list, c->arena);
	for (size_t i = 0; i < c->list.count; i++) {
		const struct header_field *f = &c->list.field[i];

		(void)header_add(list,
		    f->name.n == 0 ? SPAN("X-Taken-Out") : f->raw_name, f->raw);
	}
	out->list = list;
}

bool
restore_header_find(const struct restore_header_query *q, struct arena *a,
    struct restore_header *out)
{
	struct restore_choice c = {
		.q = q, .arena = a, .octets_left = RESTORE_HEADER_OCTETS_MAX
	};
	struct restore_option *subject;
	bool found;
	bool ed25519 = dkim_key_record(q->key)->type == DKIM_KEY_ED25519;

	*out = (struct restore_header){ .changes = 0 };
	c.recovered = dkim_key_recover(q->key, q->sig->signature, c.hash);
	if (!c.recovered && !ed25519)
		return false; /* no text has this signature */
	restore_copy(&c);
	restore_note_lists(&c);
	if (!restore_option_from(&c))
		return false;
	restore_option_reply_to(&c);
	restore_option_transfer(&c);
	restore_option_type(&c);
	subject = restore_option_begin(&c, "Subject");
	if (subject != NULL) {
		restore_subject_values(subject->field->raw, a, subject);
		restore_option_end(&c);
	}
	c.headers = dkim_headers_new(a, &c.list);
	c.scratch = arena_new();
	found = restore_try_all(&c);
	arena_free(&c.scratch);
	if (found)
		restore_report(&c, out);
	return found;
}
