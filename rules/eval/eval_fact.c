/*
 * Questions about one fact: its value compared, looked up, matched. An absent
 * fact makes every comparison no, an unknown one unknown, and what is not
 * known yet pending. Nothing is allocated but the results of scans, once a
 * text.
 */
#include "config.h"

#include "rules/eval/eval.h"

#include "rules/base/bits.h"
#include "rules/base/panic.h"
#include "rules/list/lookalike.h"

static const struct value pending_value = { .state = FACT_PENDING };

const struct value *
eval_value(struct ruling *r, fact_id fact, struct binding b)
{
	const struct schema *schema = r->rs->options.schema;

	if (schema_by_rcpt(schema, fact))
		return b.rcpt == RCPT_NONE
			   ? &pending_value
			   : facts_rcpt(r->input.facts, fact, b.rcpt);
	if (schema_group(schema, fact) != FACT_NONE)
		return facts_field_get(r->input.facts, fact, b.element);
	return facts_get(r->input.facts, fact);
}

enum truth
eval_group_tail(struct ruling *r, fact_id group)
{
	switch (facts_get(r->input.facts, group)->state) {
	case FACT_PENDING:
		return TRUTH_PENDING;
	case FACT_UNKNOWN:
		return TRUTH_UNKNOWN;
	default:
		return TRUTH_NO;
	}
}

/* ---- comparing ---------------------------------------------------------------- */

bool
eval_compare_numbers(double a, enum token_kind op, double b)
{
	switch (op) {
	case TOKEN_LT:
		return a < b;
	case TOKEN_LE:
		return a <= b;
	case TOKEN_GT:
		return a > b;
	case TOKEN_GE:
		return a >= b;
	case TOKEN_NE:
		return a < b || a > b;
	default:
		return !(a < b) && !(a > b);
	}
}

static bool
compare_values(const struct cond *c, const struct value *a,
    const struct value *b, enum fact_type type)
{
	switch (type) {
	case FACT_NUMBER:
		return eval_compare_numbers(a->number, c->op, b->number);
	case FACT_BOOL:
		return (a->yes == b->yes) != c->negated;
	case FACT_IP:
		return ip_eq(a->ip, b->ip) != c->negated;
	case FACT_BYTES:
		return span_eq(a->text, b->text) != c->negated;
	default:
		return span_case_eq(a->text, b->text) != c->negated;
	}
}

static enum truth
eval_score_compare(struct ruling *r, const struct cond *c, struct binding b)
{
	if (!r->final)
		return TRUTH_PENDING;
	return truth_of(
	    eval_compare_numbers(eval_score(r, b.rcpt), c->op, c->number));
}

static enum truth
eval_compare(struct ruling *r, const struct cond *c, struct binding b)
{
	const struct value *left, *right;
	struct value literal;
	enum truth answer;

	if (c->subject.kind == SUBJECT_SCORE)
		return eval_score_compare(r, c, b);
	left = eval_value(r, c->subject.fact, b);
	answer = truth_of_state(left->state);
	if (answer == TRUTH_NO)
		return TRUTH_NO;
	literal = (struct value){ .state = FACT_KNOWN,
		.yes = c->yes,
		.number = c->number,
		.text = c->text,
		.ip = c->ip };
	right = c->fact_value ? eval_value(r, c->other.fact, b) : &literal;
	answer = truth_join(answer, truth_of_state(right->state), TRUTH_NO);
	if (answer != TRUTH_YES)
		return answer;
	return truth_of(compare_values(c, left, right, c->subject.type));
}

/* Nothing contains a text without characters. */
static enum truth
eval_contains(struct ruling *r, const struct cond *c, struct binding b)
{
	const struct value *left = eval_value(r, c->subject.fact, b);
	const struct value *right = eval_value(r, c->other.fact, b);
	enum truth answer = truth_join(truth_of_state(left->state),
	    truth_of_state(right->state), TRUTH_NO);

	if (answer != TRUTH_YES)
		return answer;
	return truth_of(
	    (right->text.n > 0 && span_case_search(left->text, right->text) !=
				      SIZE_MAX) != c->negated);
}

/* ---- lists ---------------------------------------------------------------------- */

static struct span
address_domain(struct span address)
{
	size_t at = span_find_last(address, '@');

	return at == SIZE_MAX ? address
			      : span_slice(address, at + 1, address.n);
}

static enum truth
list_lookup(struct ruling *r, const struct list *list, const struct value *v,
    enum fact_type type, struct list_hit *hit)
{
	int64_t now_s = r->input.now_s;
	struct patterns_job job = {
		.text = v->text, .stop = r->input.stop, .context = r->input.ctx
	};

	switch (list_kind(list)) {
	case LIST_DOMAINS:
		return truth_of(list_find_domain(list,
		    type == FACT_ADDRESS ? address_domain(v->text) : v->text,
		    now_s, hit));
	case LIST_ADDRESSES:
		return truth_of(list_find_address(list, v->text, now_s, hit));
	case LIST_NETWORKS:
		return truth_of(list_find_ip(list, v->ip, now_s, hit));
	case LIST_WORDS:
		return truth_of(list_find_word(list, v->text, now_s, hit));
	case LIST_PATTERNS:
		switch (list_find_text(list, &job, now_s, hit, NULL)) {
		case PATTERN_YES:
			return TRUTH_YES;
		case PATTERN_LIMIT:
			r->limit_met = true;
			return TRUTH_UNKNOWN;
		default:
			return TRUTH_NO;
		}
	}
	return TRUTH_NO;
}

/* The list's answer to a long text, looked for once. */
static enum truth
list_remember(struct ruling *r, size_t list, const struct value *v,
    enum fact_type type, struct list_hit *hit)
{
	const struct list *items = r->rs->list[list]->info.items;
	struct list_memory *m;

	if (list_kind(items) != LIST_PATTERNS ||
	    v->text.n < LIST_MEMORY_TEXT_MIN)
		return list_lookup(r, items, v, type, hit);
	if (r->lists == NULL)
		r->lists = arena_array(
		    r->input.arena, r->rs->list_count, sizeof(*r->lists));
	m = &r->lists[list];
	if (m->text.p != v->text.p || m->text.n != v->text.n) {
		m->answer = list_lookup(r, items, v, type, &m->hit);
		m->text = v->text;
	}
	/* It is a bound that keeps it unknown, for each rule that asks. */
	r->limit_met = r->limit_met || m->answer == TRUTH_UNKNOWN;
	*hit = m->hit;
	return m->answer;
}

struct list_value
eval_list_value(
    const struct list *list, const struct value *v, enum fact_type type)
{
	return (struct list_value){ list_kind(list) == LIST_DOMAINS &&
					    type == FACT_ADDRESS
					? address_domain(v->text)
					: v->text,
		v->ip };
}

/* By recipient: his entries, or his domain's. Absent: there is nobody. */
static enum truth
list_ask_owned(struct ruling *r, const struct list *list, const struct value *v,
    enum fact_type type, struct binding b, struct list_hit *hit)
{
	const struct value *rcpt = eval_value(r, r->rs->rcpt, b);
	struct list_value asked = eval_list_value(list, v, type);
	enum truth answer = truth_of_state(rcpt->state);
	uint32_t owner[LIST_OWNERS_MAX];
	size_t count;

	if (answer != TRUTH_YES)
		return answer;
	count = list_owners(list, rcpt->text, owner);
	for (size_t i = 0; i < count; i++)
		if (list_find_owned(
			list, owner[i], &asked, r->input.now_s, hit))
			return TRUTH_YES;
	return TRUTH_NO;
}

/* A test can say what the list says. */
static enum truth
list_said_owned(struct ruling *r, const struct cond *c, const struct value *v,
    struct binding b, struct list_hit *hit)
{
	const struct stand_in *s = r->stand_in;
	enum truth said = s == NULL || s->owned == NULL
			      ? TRUTH_PENDING
			      : s->owned(r->input.ctx, c->list);

	*hit = (struct list_hit){ .entry = v->text };
	return said != TRUTH_PENDING
		   ? said
		   : list_ask_owned(r, r->rs->list[c->list]->info.items, v,
			 c->subject.type, b, hit);
}

enum truth
eval_listed(struct ruling *r, const struct cond *c, struct binding b,
    struct list_hit *hit, struct span *detail)
{
	const struct rule_list_info *info = &r->rs->list[c->list]->info;
	const struct value *v = eval_value(r, c->subject.fact, b);
	enum truth answer = truth_of_state(v->state);

	if (answer != TRUTH_YES)
		return answer;
	if (info->by_rcpt)
		return list_said_owned(r, c, v, b, hit);
	if (!info->kind->dynamic)
		return list_remember(r, c->list, v, c->subject.type, hit);
	return r->input.listed == NULL
		   ? TRUTH_NO
		   : r->input.listed(r->input.ctx, c->list, v, detail);
}

static enum truth
eval_in_list(struct ruling *r, const struct cond *c, struct binding b)
{
	enum fact_state state = eval_value(r, c->subject.fact, b)->state;
	struct span detail = { NULL, 0 };
	struct list_hit hit;
	enum truth answer = eval_listed(r, c, b, &hit, &detail);

	/* An absent fact is neither in the list nor "not in" it. */
	return c->negated && state != FACT_ABSENT ? truth_not(answer) : answer;
}

static enum truth
eval_in_set(struct ruling *r, const struct cond *c, struct binding b)
{
	struct value score = { .state = FACT_PENDING };
	const struct value *v = &score;
	struct list_hit hit;
	bool found = false;
	enum truth answer;

	if (c->subject.kind == SUBJECT_FACT)
		v = eval_value(r, c->subject.fact, b);
	else if (r->final)
		score = value_number(eval_score(r, b.rcpt));
	answer = truth_of_state(v->state);
	if (answer != TRUTH_YES)
		return answer;
	if (c->set != NULL)
		found = list_lookup(r, c->set, v, c->subject.type, &hit) ==
			TRUTH_YES;
	for (size_t i = 0; c->numbers != NULL && i < c->value_count; i++)
		found = found || eval_compare_numbers(
				     v->number, TOKEN_EQ, c->numbers[i]);
	return truth_of(found != c->negated);
}

static enum truth
eval_lookalike(struct ruling *r, const struct cond *c, struct binding b)
{
	const struct value *v = eval_value(r, c->subject.fact, b);
	enum truth answer = truth_of_state(v->state);
	struct span near;

	if (answer != TRUTH_YES)
		return answer;
	return truth_of(
	    lookalike_find(r->rs->list[c->list]->info.items,
		c->subject.type == FACT_ADDRESS ? address_domain(v->text)
						: v->text,
		r->input.now_s, &near) != c->negated);
}

/* ---- patterns --------------------------------------------------------------------- */

/* Those of the scan that was made last. */
static const struct scan_match *
scan_matches(struct ruling *r, size_t patterns, size_t matches)
{
	struct scan_match *match =
	    arena_array(r->input.arena, matches, sizeof(*match));
	size_t n = 0;

	for (size_t i = 0; i < patterns && n < matches; i++)
		if (r->scratch[i].answer == PATTERN_YES)
			match[n++] = (struct scan_match){ i,
				r->scratch[i].offset, r->scratch[i].length };
	return match;
}

static void
scan_text(struct ruling *r, const struct pattern_set *set, struct scan *scan,
    struct span text)
{
	size_t count = patterns_count(set->patterns);
	size_t words = (count + 63) / 64;
	uint64_t *yes = arena_array(r->input.arena, words * 2, sizeof(*yes));
	uint64_t *limit = yes + words;
	struct patterns_job job = {
		.text = text, .stop = r->input.stop, .context = r->input.ctx
	};

	if (r->scratch == NULL)
		r->scratch = arena_array(
		    r->input.arena, r->scratch_count, sizeof(*r->scratch));
	patterns_scan(set->patterns, &job, r->scratch);
	for (size_t i = 0; i < count; i++) {
		if (r->scratch[i].answer == PATTERN_YES) {
			bit_set(yes, i);
			scan->match_count++;
		} else if (r->scratch[i].answer == PATTERN_LIMIT) {
			bit_set(limit, i);
		}
	}
	scan->yes = yes;
	scan->limit = limit;
	scan->match = scan_matches(r, count, scan->match_count);
}

/* What the set says of the text of this binding; scanned on first use. */
static const struct scan *
scan_get(struct ruling *r, const struct pattern_set *set, struct binding b,
    struct span text)
{
	const struct schema *schema = r->rs->options.schema;
	struct scan_cache *cache = &r->scans[set->number];
	size_t at = 0;

	if (schema_by_rcpt(schema, set->fact))
		at = b.rcpt;
	else if (schema_group(schema, set->fact) != FACT_NONE)
		at = b.element;
	if (at >= cache->count) {
		cache->item = arena_grow(r->input.arena, cache->item,
		    &cache->cap, at + 1, sizeof(*cache->item));
		cache->count = at + 1;
	}
	if (cache->item[at].yes == NULL)
		scan_text(r, set, &cache->item[at], text);
	return &cache->item[at];
}

static enum truth
eval_match(struct ruling *r, const struct cond *c, struct binding b)
{
	const struct value *v = eval_value(r, c->subject.fact, b);
	enum truth answer = truth_of_state(v->state);
	const struct scan *scan;

	if (answer != TRUTH_YES)
		return answer;
	scan = scan_get(r, c->patterns, b, v->text);
	if (bit_get(scan->limit, c->pattern)) {
		r->limit_met = true;
		return TRUTH_UNKNOWN;
	}
	return truth_of(bit_get(scan->yes, c->pattern) != c->negated);
}

struct span
eval_matched_text(struct ruling *r, const struct cond *c, struct binding b)
{
	const struct value *v = eval_value(r, c->subject.fact, b);
	const struct scan *scan;

	if (v->state != FACT_KNOWN)
		return SPAN("");
	scan = scan_get(r, c->patterns, b, v->text);
	for (size_t i = 0; i < scan->match_count; i++)
		if (scan->match[i].pattern == c->pattern)
			return span_slice(v->text, scan->match[i].offset,
			    scan->match[i].offset + scan->match[i].length);
	return SPAN("");
}

static enum truth
eval_has(struct ruling *r, const struct cond *c, struct binding b)
{
	if (c->subject.kind == SUBJECT_SCORE)
		return TRUTH_YES;
	if (c->subject.type == FACT_GROUP) {
		if (facts_get(r->input.facts, c->subject.fact)->state !=
			FACT_PENDING &&
		    facts_count(r->input.facts, c->subject.fact) > 0)
			return TRUTH_YES;
		return eval_group_tail(r, c->subject.fact);
	}
	return truth_of_state(eval_value(r, c->subject.fact, b)->state);
}

/* Definite as soon as the fact is stated. */
static enum truth
eval_unknown(struct ruling *r, const struct cond *c, struct binding b)
{
	enum fact_state state;

	if (c->subject.kind == SUBJECT_SCORE)
		return TRUTH_NO;
	state = c->subject.type == FACT_GROUP
		    ? facts_get(r->input.facts, c->subject.fact)->state
		    : eval_value(r, c->subject.fact, b)->state;
	if (state == FACT_PENDING && !r->final)
		return TRUTH_PENDING;
	return truth_of(state == FACT_UNKNOWN || state == FACT_PENDING);
}

static enum truth
eval_bare(struct ruling *r, const struct cond *c, struct binding b)
{
	const struct value *v = eval_value(r, c->subject.fact, b);
	enum truth answer = truth_of_state(v->state);

	return answer == TRUTH_YES ? truth_of(v->yes) : answer;
}

enum truth
eval_question(struct ruling *r, const struct cond *c, struct binding b)
{
	switch (c->kind) {
	case COND_COMPARE:
		return eval_compare(r, c, b);
	case COND_CONTAINS:
		return eval_contains(r, c, b);
	case COND_IN_LIST:
		return eval_in_list(r, c, b);
	case COND_IN_SET:
		return eval_in_set(r, c, b);
	case COND_LOOKALIKE:
		return eval_lookalike(r, c, b);
	case COND_MATCH:
		return eval_match(r, c, b);
	case COND_HAS:
		return eval_has(r, c, b);
	case COND_UNKNOWN:
		return eval_unknown(r, c, b);
	case COND_BARE:
		return eval_bare(r, c, b);
	default:
		panic("condition of kind %d", (int)c->kind);
	}
}
