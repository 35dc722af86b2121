/*
 * What fields say by their form, or together with the envelope: marks of the
 * program that wrote the message, and whether it is written to anybody.
 */
#include "config.h"

#include "policy/header/check_header.h"
#include "rules/base/utf8.h"
#include "rules/mail/addr_list.h"
#include "rules/mail/date.h"
#include "rules/text/domain.h"

#define ORDER_OCTETS_MAX 2048
/* Shorter local parts are words of everyday language. */
#define LOCAL_PART_MIN 4
#define TO_FIELDS_MAX  20
#define SUBJECT_OCTETS ((size_t)2048)
#define RCPTS_MAX      100

const char *const header_named_names[] = { "no", "name", "address", NULL };
const char *const header_encoding_names[] = { "no", "utf-8", "other", NULL };

static void
marks_set(struct message *m, enum header_fact f, struct value v)
{
	facts_set(m->facts, header_fact(m, f), v);
}

/* ---- form -------------------------------------------------------------------- */

struct value
header_needs_encoding(const struct header_field *field)
{
	return value_text(
	    span_of(header_encoding_names[utf8_ascii(field->raw)   ? 0
					  : utf8_valid(field->raw) ? 1
								   : 2]));
}

/* Names of the fields, from the top; of more than fit in, the first. */
static void
marks_order(struct message *m)
{
	size_t seen = header_seen(&m->headers);
	struct buf order;

	buf_init(&order, ORDER_OCTETS_MAX);
	for (size_t i = 0; i < seen; i++) {
		struct span name = utf8_clean(
		    arena_lower(m->arena, m->headers.field[i].name), m->arena);

		if (order.n + name.n + 1 > ORDER_OCTETS_MAX)
			break;
		if (order.n > 0)
			(void)buf_addc(&order, ' ');
		(void)buf_add(&order, name);
	}
	marks_set(m, F_FIELDS_ORDER,
	    value_text(arena_dup(m->arena, buf_span(&order))));
	buf_free(&order);
}

static void
marks_message_id(struct message *m)
{
	const struct header_field *f = header_get(&m->headers, "Message-ID", 0);
	struct span id = f == NULL ? SPAN("") : span_trim(f->value), domain;
	size_t at = span_find_last(id, '@');
	const char *why;

	if (id.n > 0 && id.p[id.n - 1] == '>')
		id.n--;
	marks_set(m, F_MESSAGE_ID_DOMAIN,
	    at < id.n && domain_to_ascii(span_slice(id, at + 1, id.n), m->arena,
			     &domain, &why)
		? value_text(domain)
		: value_absent());
}

/*
 * The Date against itself and against the last host that had the message in
 * its hands, whose clock is right more often than the author's.
 */
static void
marks_date(struct message *m)
{
	const struct header_field *f = header_get(&m->headers, "Date", 0);
	const struct header_field *by = header_get(&m->headers, "Received", 0);
	size_t semicolon =
	    by == NULL ? SIZE_MAX : span_find_last(by->value, ';');
	int64_t when, passed;
	int zone;

	marks_set(m, F_DATE_ZONE,
	    f != NULL && date_zone(f->value, &zone) ? value_number(zone)
						    : value_absent());
	marks_set(m, F_DATE_LAG,
	    f != NULL && semicolon != SIZE_MAX && date_parse(f->value, &when) &&
		    date_parse(
			span_slice(by->value, semicolon + 1, by->value.n),
			&passed)
		? value_number((double)(passed - when))
		: value_absent());
}

/* ---- people ------------------------------------------------------------------- */

static bool
marks_same_address(
    const struct envelope_address *a, struct span local, struct span domain)
{
	return a->local.n > 0 && span_case_eq(a->local, local) &&
	       span_eq(a->domain, domain);
}

static bool
marks_to_names(struct message *m, const char *name)
{
	const struct header_field *f = header_get(&m->headers, name, 0);
	struct addr_list list;

	for (size_t fields = 0; f != NULL && fields < TO_FIELDS_MAX;
	     fields++, f = header_next(&m->headers, f)) {
		addr_list_parse(f->value, m->arena, &list);
		for (size_t i = 0; i < list.count; i++)
			for (size_t k = 0; k < m->rcpt_count && k < RCPTS_MAX;
			     k++)
				if (!m->rcpt[k].refused &&
				    marks_same_address(&m->rcpt[k].address,
					list.box[i].local, list.box[i].domain))
					return true;
	}
	return false;
}

/* needle as a word of its own, case aside. */
static bool
marks_holds_word(struct span text, struct span needle)
{
	size_t at = 0, found;

	while ((found = span_case_search(
		    span_slice(text, at, text.n), needle)) != SIZE_MAX) {
		size_t from = at + found, end = from + needle.n;

		if ((from == 0 || !ascii_alnum(text.p[from - 1])) &&
		    (end == text.n || !ascii_alnum(text.p[end])))
			return true;
		at = from + 1;
	}
	return false;
}

static unsigned
marks_subject_names(
    struct message *m, struct span subject, const struct envelope_address *a)
{
	struct span whole = span_of(arena_printf(
	    m->arena, "%.*s@%.*s", SPAN_FMT(a->local), SPAN_FMT(a->domain)));

	if (a->local.n == 0 || a->domain.n == 0)
		return 0;
	if (marks_holds_word(subject, whole))
		return 2;
	return a->local.n >= LOCAL_PART_MIN &&
	       marks_holds_word(subject, a->local);
}

static void
marks_subject(struct message *m)
{
	const struct value *subject =
	    facts_get(m->facts, header_fact(m, F_SUBJECT));
	unsigned best = 0;

	if (subject->state != FACT_KNOWN) {
		marks_set(m, F_SUBJECT_NAMES, *subject);
		return;
	}
	for (size_t i = 0; i < m->rcpt_count && i < RCPTS_MAX; i++) {
		unsigned how = 0;

		if (!m->rcpt[i].refused)
			how = marks_subject_names(m,
			    span_slice(subject->text, 0, SUBJECT_OCTETS),
			    &m->rcpt[i].address);
		best = how > best ? how : best;
	}
	marks_set(
	    m, F_SUBJECT_NAMES, value_text(span_of(header_named_names[best])));
}

static void
marks_addressed(struct message *m)
{
	marks_set(m, F_RCPT_ADDRESSED,
	    m->rcpt_count == 0 ? value_absent()
			       : value_bool(marks_to_names(m, "To") ||
					    marks_to_names(m, "Cc")));
}

void
header_marks(struct message *m)
{
	if (header_reads(m, F_FIELDS_ORDER, F_FIELDS_ORDER))
		marks_order(m);
	if (header_reads(m, F_MESSAGE_ID_DOMAIN, F_MESSAGE_ID_DOMAIN))
		marks_message_id(m);
	if (header_reads(m, F_DATE_ZONE, F_DATE_LAG))
		marks_date(m);
	if (header_reads(m, F_SUBJECT_NAMES, F_SUBJECT_NAMES))
		marks_subject(m);
	if (header_reads(m, F_RCPT_ADDRESSED, F_RCPT_ADDRESSED))
		marks_addressed(m);
}
