/*
 * What is told afterwards: which rules matched and on what, the tags, headers
 * and alerts they asked for, and how near the others came.
 */
#include "config.h"

#include "rules/eval/eval.h"

#include "rules/base/buf.h"

#define EVIDENCE_MAX       240 /* octets of one rule's evidence */
#define EVIDENCE_VALUE_MAX 80  /* and of one value in it */

/* ---- evidence --------------------------------------------------------------------- */

/* How many octets at `s` are one control character, DEL and C1 (U+0080 to
 * U+009F) among them, which a terminal obeys like ESC: 0 when none is. */
static size_t
control_length(struct span s)
{
	unsigned char c = (unsigned char)s.p[0];

	if (c < ' ' || c == 0x7f)
		return 1;
	return c == 0xc2 && s.n > 1 && (unsigned char)s.p[1] < 0xa0 ? 2 : 0;
}

/* In quotes, cut between characters, a space for each control character. */
static void
evidence_text(struct buf *out, struct span s)
{
	size_t n = s.n < EVIDENCE_VALUE_MAX ? s.n : EVIDENCE_VALUE_MAX;

	while (n < s.n && n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	(void)buf_addc(out, '"');
	for (size_t i = 0; i < n; i++) {
		size_t control = control_length(span_slice(s, i, n));

		(void)buf_addc(out, control > 0 ? ' ' : s.p[i]);
		if (control > 1)
			i++;
	}
	(void)buf_addz(out, n < s.n ? "...\"" : "\"");
}

static void
evidence_value(struct buf *out, const struct value *v, enum fact_type type)
{
	char ip[IP_TEXT_MAX];

	if (v->state != FACT_KNOWN) {
		(void)buf_addz(out, v->state == FACT_ABSENT    ? "absent"
				    : v->state == FACT_PENDING ? "not known yet"
							       : "unknown");
		if (v->state == FACT_UNKNOWN && v->why != NULL)
			(void)buf_printf(out, " (%.60s)", v->why);
		return;
	}
	switch (type) {
	case FACT_BOOL:
		(void)buf_addz(out, v->yes ? "yes" : "no");
		break;
	case FACT_NUMBER:
		(void)buf_printf(out, "%g", v->number);
		break;
	case FACT_IP:
		(void)buf_addz(out, ip_format(v->ip, ip));
		break;
	case FACT_WORD:
		(void)buf_add(out, v->text);
		break;
	default:
		evidence_text(out, v->text);
	}
}

/* A condition as it stands in the file, on one line. */
static void
evidence_source(struct buf *out, const struct cond *c)
{
	struct span s = span_slice(
	    c->place.source->text, c->place.at, c->place.at + c->place.n);
	bool space = false;

	for (size_t i = 0; i < s.n; i++) {
		if (ascii_space(s.p[i])) {
			space = true;
			continue;
		}
		if (space)
			(void)buf_addc(out, ' ');
		space = false;
		(void)buf_addc(out, s.p[i]);
	}
}

/* The fact of a question with its value: `client.ip 192.0.2.1 in zen`. */
static void
evidence_fact(
    struct buf *out, struct ruling *r, const struct cond *c, struct binding b)
{
	const struct schema *schema = r->rs->options.schema;
	struct span detail = { NULL, 0 };
	struct list_hit hit = { 0 };

	if (c->subject.kind == SUBJECT_SCORE) {
		(void)buf_printf(out, "score %g", eval_score(r, b.rcpt));
		return;
	}
	(void)buf_printf(out, "%s ", schema_row(schema, c->subject.fact)->name);
	if (c->subject.type == FACT_GROUP) {
		(void)buf_printf(
		    out, "%zu", facts_count(r->input.facts, c->subject.fact));
		return;
	}
	/* Of a long text only the piece that matched. */
	if (c->kind == COND_MATCH && !c->negated &&
	    eval_value(r, c->subject.fact, b)->text.n > EVIDENCE_VALUE_MAX &&
	    eval_cond(r, c, b) == TRUTH_YES) {
		evidence_text(out, eval_matched_text(r, c, b));
		return;
	}
	evidence_value(out, eval_value(r, c->subject.fact, b), c->subject.type);
	if (c->kind != COND_IN_LIST)
		return;
	(void)buf_printf(out, "%s in %.*s", c->negated ? " not" : "",
	    SPAN_FMT(r->rs->list[c->list]->info.name));
	if (eval_listed(r, c, b, &hit, &detail) != TRUTH_YES)
		return;
	if (hit.owner.n > 0)
		(void)buf_printf(out, " (%.*s of %.*s)", SPAN_FMT(hit.entry),
		    SPAN_FMT(hit.owner));
	else if (hit.entry.p != NULL)
		(void)buf_printf(out, " (%.*s)", SPAN_FMT(hit.entry));
	else if (detail.p != NULL)
		(void)buf_printf(out, " (%.*s)", SPAN_FMT(detail));
}

static void evidence_cond(
    struct buf *out, struct ruling *r, const struct cond *c, struct binding b);

static void
evidence_quantified(
    struct buf *out, struct ruling *r, const struct cond *c, struct binding b)
{
	size_t element = c->quantifier == QUANTIFIER_ANY
			     ? eval_element(r, c, b.rcpt)
			     : SIZE_MAX;

	if (element == SIZE_MAX && c->quantifier == QUANTIFIER_ANY) {
		(void)buf_printf(out, "none of %zu %.*s",
		    facts_count(r->input.facts, c->subject.fact),
		    SPAN_FMT(c->subject.token.text));
		return;
	}
	if (element == SIZE_MAX) {
		evidence_source(out, c);
		return;
	}
	if (c->child == NULL) {
		evidence_fact(out, r, c, b);
		return;
	}
	b.element = element;
	evidence_cond(out, r, c->child, b);
}

/* All that made a condition true. */
static void
evidence_cond(
    struct buf *out, struct ruling *r, const struct cond *c, struct binding b)
{
	const struct cond *child;
	const char *between = "";

	switch (c->kind) {
	case COND_AND:
		for (child = c->child; child != NULL; child = child->next) {
			(void)buf_addz(out, between);
			evidence_cond(out, r, child, b);
			between = ", ";
		}
		break;
	case COND_OR:
		for (child = c->child; child != NULL; child = child->next)
			if (eval_cond(r, child, b) == TRUTH_YES) {
				evidence_cond(out, r, child, b);
				break;
			}
		break;
	case COND_QUANTIFIED:
		evidence_quantified(out, r, c, b);
		break;
	case COND_NOT:
	case COND_TAGGED:
	case COND_WORD:
		evidence_source(out, c);
		break;
	default:
		evidence_fact(out, r, c, b);
	}
}

static struct span
record_evidence(struct ruling *r, const struct rule *rule, size_t rcpt)
{
	struct span result;
	struct buf out;

	if (rule->cond == NULL)
		return SPAN("always");
	buf_init(&out, EVIDENCE_MAX);
	evidence_cond(&out, r, rule->cond, (struct binding){ rcpt, 0 });
	result = buf_span(&out);
	if (out.over)
		result = span_of(
		    arena_printf(r->input.arena, "%.*s...", SPAN_FMT(result)));
	else
		result = arena_dup(r->input.arena, result);
	buf_free(&out);
	return result;
}

/* Whether there is more to say of a part than how it was written. */
static bool
evidence_says_more(const struct cond *c)
{
	return c->kind != COND_NOT && c->kind != COND_TAGGED &&
	       c->kind != COND_WORD && c->kind != COND_OR &&
	       !(c->kind == COND_QUANTIFIED && c->quantifier != QUANTIFIER_ANY);
}

bool
ruling_trace(struct ruling *r, size_t number, size_t rcpt, struct buf *out)
{
	const struct rule *rule = r->rs->rule[number];
	struct binding b = { rcpt, 0 };
	const struct cond *c = rule->cond;
	size_t yes = 0, other = 0;

	if (c == NULL)
		return false;
	for (c = c->kind == COND_AND ? c->child : c; c != NULL; c = c->next) {
		enum truth answer = eval_cond(r, c, b);

		if (answer == TRUTH_YES)
			yes++;
		else
			other++;
		(void)buf_printf(out, "%-8s ", truth_names[answer]);
		evidence_source(out, c);
		if (evidence_says_more(c)) {
			(void)buf_addz(out, ": ");
			evidence_cond(out, r, c, b);
		}
		(void)buf_addc(out, '\n');
	}
	return yes > 0 && other == 1;
}

/* ---- the record ------------------------------------------------------------------------ */

/* Who is asked: the recipients, or nobody. */
struct audience {
	const size_t *rcpt;
	size_t count;
};

/* The first recipient for whom the rule is true; false for none. */
static bool
record_matches(struct ruling *r, const struct rule *rule,
    const struct audience *who, size_t *rcpt)
{
	size_t count = rule->per_rcpt ? who->count : 1;

	*rcpt = RCPT_NONE;
	if (who->count == 0)
		return eval_rule(r, rule, RCPT_NONE) == TRUTH_YES;
	for (size_t i = 0; i < count; i++) {
		*rcpt = who->rcpt[i];
		if (eval_rule(r, rule, *rcpt) == TRUTH_YES)
			return true;
	}
	return false;
}

/*
 * Whether a rule that is tried on a part of mail would be true of this message,
 * which is not in it. Rules that may count how often they are asked are not.
 */
static bool
record_outside(struct ruling *r, const struct rule *rule,
    const struct audience *who, size_t *rcpt)
{
	const struct cond *word = rule->cond, *c;

	if (rule->canary == NULL || rule->asks_outside || word == NULL)
		return false;
	word = word->kind == COND_AND ? word->child : word;
	for (size_t i = 0; i < who->count; i++) {
		struct binding b = { who->rcpt[i], 0 };

		*rcpt = who->rcpt[i];
		if (eval_cond(r, word, b) != TRUTH_NO)
			continue;
		c = word->next;
		while (c != NULL && eval_cond(r, c, b) == TRUTH_YES)
			c = c->next;
		if (c == NULL)
			return true;
	}
	return false;
}

static void
record_tag(struct record *out, struct arena *a, size_t *cap, struct span name)
{
	const char **tags;

	for (size_t i = 0; i < out->tag_count; i++)
		if (span_is(name, out->tag[i]))
			return;
	tags = arena_grow(a, (void *)(uintptr_t)out->tag, cap,
	    out->tag_count + 1, sizeof(*tags));
	tags[out->tag_count++] = arena_strdup(a, name);
	out->tag = tags;
}

/* What a rule wants besides its decision. */
static void
record_wishes(struct ruling *r, const struct rule *rule, size_t rcpt,
    struct record *out, size_t cap[3])
{
	struct arena *a = r->input.arena;

	for (size_t i = 0; i < rule->action_count; i++) {
		const struct rule_action *action = &rule->action[i];
		unsigned effects = action->row->effects;

		if ((effects & ACTION_TAGS) != 0)
			record_tag(out, a, &cap[0], action->name);
		if ((effects & ACTION_WRITES) != 0) {
			struct ruled_header *h =
			    arena_grow(a, (void *)(uintptr_t)out->header,
				&cap[1], out->header_count + 1, sizeof(*h));

			h[out->header_count++] = (struct ruled_header){
				action->set, action->name,
				template_expand(r, rule, action->text, rcpt),
				action->prefix
			};
			out->header = h;
		}
		if ((effects & ACTION_ALERTS) != 0) {
			struct span *text =
			    arena_grow(a, (void *)(uintptr_t)out->alert,
				&cap[2], out->alert_count + 1, sizeof(*text));

			text[out->alert_count++] =
			    template_expand(r, rule, action->text, rcpt);
			out->alert = text;
		}
	}
}

static void
record_limited(struct ruling *r, struct record *out)
{
	const char **name = NULL;
	size_t cap = 0;

	for (size_t i = 0; i < r->rs->rule_count; i++) {
		if (r->limited[i] == 0)
			continue;
		name = arena_grow(r->input.arena, name, &cap,
		    out->limited_count + 1, sizeof(*name));
		name[out->limited_count++] = r->rs->rule[i]->name;
	}
	out->limited = name;
}

static unsigned
record_effects(const struct rule *rule)
{
	unsigned effects = 0;

	for (size_t i = 0; i < rule->action_count; i++)
		effects |= rule->action[i].row->effects;
	return effects;
}

void
ruling_record(struct ruling *r, const size_t *rcpt, size_t count,
    const struct decision *d, struct record *out)
{
	const struct ruleset *rs = r->rs;
	const struct audience who = { rcpt, count };
	struct matched *matched = NULL;
	size_t cap = 0, wishes[3] = { 0 }, whose;

	*out = (struct record){ 0 };
	for (size_t i = 0; i < rs->rule_count; i++) {
		const struct rule *rule = rs->rule[i];
		bool decisive = rule->decisive != SIZE_MAX;
		bool decided = d->rule_number == i, outside = false;

		/* Below the one that decided nothing is asked to decide. */
		if (decisive && !rule->shadow && i > d->rule_number)
			continue;
		if (!record_matches(r, rule, &who, &whose) && !decided) {
			outside = record_outside(r, rule, &who, &whose);
			if (!outside)
				continue;
		}
		matched = arena_grow(r->input.arena, matched, &cap,
		    out->matched_count + 1, sizeof(*matched));
		matched[out->matched_count++] = (struct matched){ i, rule->name,
			rule->action[0].row->name, record_effects(rule),
			rule->score, rule->shadow || outside, decided,
			record_evidence(r, rule, whose) };
		if (!rule->shadow && (!decisive || decided))
			record_wishes(r, rule, whose, out, wishes);
	}
	out->matched = matched;
	out->score = eval_score(r, d->rcpt);
	record_limited(r, out);
}
