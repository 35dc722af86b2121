/*
 * Texts with %{fact} in them, put together when a rule acts. A sender
 * controls most facts, so whatever comes out of one can be printed, has no
 * line end and is not longer than is good for a reply or a header field; in
 * anything but a reply it is ASCII (what a reply may be its client says, which
 * is not known here).
 */
#include "config.h"

#include "rules/eval/eval.h"

#include <stdio.h>

#include "rules/base/buf.h"
#include "rules/base/utf8.h"

#define TEMPLATE_VALUE_MAX 128 /* octets of one fact */
/* A reply may have 980 octets (libmilter), and the decision id is added. */
#define TEMPLATE_TEXT_MAX 800

/* What can be printed, without % in replies, cut. */
static void
template_add_clean(struct buf *out, struct span s, bool reply)
{
	struct span cut = utf8_cut(s, TEMPLATE_VALUE_MAX);
	uint32_t rune;

	for (size_t i = 0, n; i < cut.n; i += n) {
		n = utf8_next(cut, i, &rune);
		if (rune == '\t' || rune == '\n' || rune == '\r')
			(void)buf_addc(out, ' ');
		else if (!utf8_shown(rune) ||
			 (reply ? rune == '%' : rune > '~'))
			(void)buf_addc(out, '?');
		else
			(void)buf_add(out, span_slice(cut, i, i + n));
	}
	if (cut.n < s.n)
		(void)buf_addz(out, "...");
}

static void
template_add_number(struct buf *out, double number)
{
	char text[64];
	int n;

	/* %g would write exponents, and the fraction is never long. */
	n = snprintf(text, sizeof(text), "%.2f", number);
	if (n < 0 || (size_t)n >= sizeof(text))
		return;
	while (text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	(void)buf_add(out, span_make(text, (size_t)n));
}

static void
template_add_value(
    struct buf *out, const struct value *v, enum fact_type type, bool reply)
{
	char ip[IP_TEXT_MAX];

	if (v->state != FACT_KNOWN) {
		(void)buf_addz(out, v->state == FACT_ABSENT ? "-" : "unknown");
		return;
	}
	switch (type) {
	case FACT_BOOL:
		(void)buf_addz(out, v->yes ? "yes" : "no");
		break;
	case FACT_NUMBER:
		template_add_number(out, v->number);
		break;
	case FACT_IP:
		(void)buf_addz(out, ip_format(v->ip, ip));
		break;
	default:
		template_add_clean(out, v->text, reply);
	}
}

/* The first question of this kind in a condition, in reading order. */
static const struct cond *
template_find(
    const struct cond *c, enum cond_kind kind, fact_id group, size_t list)
{
	const struct cond *found = NULL;

	if (c == NULL)
		return NULL;
	if (c->kind == kind &&
	    (kind == COND_QUANTIFIED ? c->subject.fact == group &&
					   c->quantifier == QUANTIFIER_ANY
				     : c->list == list))
		return c;
	for (c = c->child; c != NULL && found == NULL; c = c->next)
		found = template_find(c, kind, group, list);
	return found;
}

/*
 * The same among those that made the rule true: the others may be true of
 * another element, or of none. NULL: none of them did.
 */
static const struct cond *
template_find_true(
    struct ruling *r, const struct cond *c, fact_id group, struct binding b)
{
	const struct cond *found = NULL;

	if (c == NULL || c->kind == COND_NOT || eval_cond(r, c, b) != TRUTH_YES)
		return NULL;
	if (c->kind == COND_QUANTIFIED)
		return c->subject.fact == group &&
			       c->quantifier == QUANTIFIER_ANY
			   ? c
			   : NULL;
	for (c = c->child; c != NULL && found == NULL; c = c->next)
		found = template_find_true(r, c, group, b);
	return found;
}

/* A field of the element that `any` found, else of the first one. */
static size_t
template_element(
    struct ruling *r, const struct rule *rule, fact_id group, size_t rcpt)
{
	const struct cond *any = template_find_true(
	    r, rule->cond, group, (struct binding){ rcpt, 0 });
	size_t element;

	if (any == NULL)
		any = template_find(rule->cond, COND_QUANTIFIED, group, 0);
	element = any == NULL ? 0 : eval_element(r, any, rcpt);
	return element == SIZE_MAX ? 0 : element;
}

static void
template_add_fact(struct buf *out, struct ruling *r, const struct rule *rule,
    const struct piece *piece, struct binding b, bool reply)
{
	const struct schema *schema = r->rs->options.schema;
	fact_id group = schema_group(schema, piece->fact);

	if (group != FACT_NONE)
		b.element = template_element(r, rule, group, b.rcpt);
	template_add_value(out, eval_value(r, piece->fact, b),
	    schema_row(schema, piece->fact)->type, reply);
}

/* A zone is told without the label that stands for a key. */
static struct span
template_list_name(const struct rule_list_info *info)
{
	size_t close = span_search(info->zone, SPAN("}."));

	if (!info->kind->dynamic)
		return info->name;
	return close == SIZE_MAX
		   ? info->zone
		   : span_slice(info->zone, close + 2, info->zone.n);
}

static void
template_add_list(struct buf *out, struct ruling *r, const struct rule *rule,
    const struct piece *piece, struct binding b, bool reply)
{
	const struct rule_list_info *info = &r->rs->list[piece->list]->info;
	const struct cond *in =
	    template_find(rule->cond, COND_IN_LIST, FACT_NONE, piece->list);
	struct span detail = { NULL, 0 };
	struct list_hit hit = { 0 };

	if (piece->what == LIST_NAME) {
		template_add_clean(out, template_list_name(info), reply);
		return;
	}
	if (in != NULL)
		b.element = template_element(r, rule,
		    schema_group(r->rs->options.schema, in->subject.fact),
		    b.rcpt);
	if (in == NULL || eval_listed(r, in, b, &hit, &detail) != TRUTH_YES) {
		(void)buf_addc(out, '-');
		return;
	}
	template_add_clean(out,
	    piece->what == LIST_ENTRY  ? hit.entry
	    : piece->what == LIST_NOTE ? hit.note
				       : detail,
	    reply);
}

struct span
template_expand(struct ruling *r, const struct rule *rule,
    const struct template_text *t, size_t rcpt)
{
	struct binding b = { rcpt, 0 };
	struct span result;
	struct buf out;

	buf_init(&out, TEMPLATE_TEXT_MAX);
	for (size_t i = 0; i < t->count; i++) {
		const struct piece *piece = &t->piece[i];

		switch (piece->kind) {
		case PIECE_TEXT:
			(void)buf_add_some(&out, piece->text);
			break;
		case PIECE_FACT:
			template_add_fact(&out, r, rule, piece, b, t->reply);
			break;
		case PIECE_SCORE:
			template_add_number(&out, eval_score(r, rcpt));
			break;
		case PIECE_RULE:
			(void)buf_addz(&out, rule->name);
			break;
		case PIECE_LIST:
			template_add_list(&out, r, rule, piece, b, t->reply);
			break;
		}
	}
	result = arena_dup(r->input.arena, buf_span(&out));
	buf_free(&out);
	return result;
}
