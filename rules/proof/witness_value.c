/*
 * A value for what the solver's assignment says of one fact. Where it stands
 * for a class and patterns are to match it or not, texts are tried until the
 * evaluator says the same of one.
 */
#include "config.h"

#include "rules/proof/witness.h"

#include <string.h>

#define TRIES_MAX   300
#define SAMPLES_MAX 16 /* of one pattern, or of one list */

static bool
holds(const struct prover *p, lit l)
{
	return sat_value(gates_sat(p->g), l);
}

/* ---- texts ------------------------------------------------------------------------ */

struct tries {
	struct prover *p;
	struct span *text;
	size_t n, cap;
};

static void
try_text(struct tries *t, struct span s)
{
	if (s.p == NULL || t->n >= TRIES_MAX)
		return;
	t->text = arena_grow(
	    t->p->arena, t->text, &t->cap, t->n + 1, sizeof(*t->text));
	t->text[t->n++] = s;
}

static struct span
upper(struct arena *a, struct span s)
{
	char *out = arena_strdup(a, s);

	for (size_t i = 0; i < s.n; i++)
		if (out[i] >= 'a' && out[i] <= 'z')
			out[i] = (char)(out[i] - 'a' + 'A');
	return span_make(out, s.n);
}

/* A sample by itself, and where the value belongs. */
static void
try_sample(struct tries *t, struct span sample, struct span value)
{
	struct arena *a = t->p->arena;
	size_t at = span_find_last(value, '@');
	size_t dot = span_find(value, '.');

	if (sample.p == NULL)
		return;
	try_text(t, sample);
	try_text(t, upper(a, sample));
	if (at != SIZE_MAX) {
		struct span local = span_make(value.p, at);
		struct span domain = span_make(value.p + at, value.n - at);

		try_text(t, span_of(arena_printf(a, "%.*s%.*s",
				SPAN_FMT(sample), SPAN_FMT(domain))));
		try_text(t, span_of(arena_printf(a, "%.*s@%.*s",
				SPAN_FMT(local), SPAN_FMT(sample))));
	} else if (dot != SIZE_MAX) {
		struct span above = span_make(value.p + dot, value.n - dot);

		try_text(t, span_of(arena_printf(a, "%.*s%.*s",
				SPAN_FMT(sample), SPAN_FMT(above))));
		try_text(t, span_of(arena_printf(a, "%.*s.%.*s",
				SPAN_FMT(sample), SPAN_FMT(value))));
		try_text(
		    t, span_of(arena_printf(a, "sub.%.*s", SPAN_FMT(sample))));
	}
}

struct entry_tries {
	struct tries *tries;
	struct span value;
	bool lookalike;
	size_t left;
	unsigned variants; /* of patterns */
};

static bool
try_entry(void *context, const struct list_hit *hit)
{
	struct entry_tries *e = context;
	struct arena *a = e->tries->p->arena;
	struct span entry = hit->entry;

	if (e->left-- == 0)
		return false;
	if (e->lookalike) {
		/* The protected name in front of another domain. */
		try_sample(e->tries,
		    span_of(arena_printf(
			a, "%.*s.stranger.example", SPAN_FMT(entry))),
		    e->value);
		return true;
	}
	if (entry.n > 1 && entry.p[0] == '/') {
		size_t end = span_find_last(entry, '/');

		for (unsigned i = 0; i < 4 && end > 0; i++)
			try_sample(e->tries,
			    sample_text(a, span_slice(entry, 1, end),
				span_slice(entry, end + 1, entry.n), i),
			    e->value);
		return true;
	}
	try_sample(e->tries, entry, e->value);
	try_sample(e->tries, sample_text(a, entry, SPAN(""), 0), e->value);
	return true;
}

static const struct list *
atom_list(const struct prover *p, const struct atom *a)
{
	if (a->cond->kind == COND_IN_SET)
		return a->cond->set;
	if (a->cond->kind != COND_IN_LIST && a->cond->kind != COND_LOOKALIKE)
		return NULL;
	return p->set[a->set].rs->list[a->cond->list]->info.items;
}

/* What might answer yes where the assignment says so. */
static void
try_all(struct tries *t, const struct instance *i, struct span value)
{
	struct arena *a = t->p->arena;
	struct span all = SPAN(""), back = SPAN("");
	size_t yes = 0;

	try_text(t, value);
	for (const struct atom *atom = i->atoms; atom != NULL;
	     atom = atom->next) {
		struct span first;

		if (!holds(t->p, atom->is.yes) ||
		    atom->cond->kind != COND_MATCH)
			continue;
		first = sample_text(
		    a, atom->cond->value.text, atom->cond->value.flags, 0);
		if (first.p == NULL)
			continue;
		/* All of them in one text, one way round and the other. */
		all = span_of(arena_printf(a, "%.*s%s%.*s", SPAN_FMT(all),
		    all.n > 0 ? " " : "", SPAN_FMT(first)));
		back = span_of(arena_printf(a, "%.*s%s%.*s", SPAN_FMT(first),
		    back.n > 0 ? " " : "", SPAN_FMT(back)));
		yes++;
	}
	try_sample(t, all.n > 0 ? all : value, value);
	try_sample(t, back.n > 0 ? back : value, value);
	for (const struct atom *atom = i->atoms; atom != NULL && yes < 20;
	     atom = atom->next) {
		struct entry_tries e = { t, value,
			atom->cond->kind == COND_LOOKALIKE, 12, 0 };
		const struct list *list = atom_list(t->p, atom);

		if (!holds(t->p, atom->is.yes))
			continue;
		if (list != NULL)
			list_each(list, t->p->now_s, try_entry, &e);
		for (unsigned k = 0; atom->cond->kind == COND_MATCH && k < 6;
		     k++)
			try_sample(t,
			    sample_text(a, atom->cond->value.text,
				atom->cond->value.flags, k),
			    value);
	}
	try_text(t, arena_lower(a, value));
	try_text(t, upper(a, value));
	/* For patterns that ask for a dot where none is to match. */
	try_text(t, span_slice(value, 0, span_find(value, '.')));
}

static const struct atom *
atom_for(const struct instance *i, const struct cond *c)
{
	for (const struct atom *a = i->atoms; a != NULL; a = a->next)
		if (a->cond == c)
			return a;
	return NULL;
}

/* Whether the value that is stated answers as the assignment says. */
static bool
reply_is(
    struct prover *p, const struct instance *i, const struct asked *q, size_t k)
{
	const struct atom *a = atom_for(i, q->cond);
	const struct rule_list_info *info;
	enum truth t, want;

	if (q->cond->kind == COND_IN_LIST) {
		info = &p->set[q->set].rs->list[q->cond->list]->info;
		/* Of another fact hangs what a list by recipient says. */
		if (info->kind->dynamic || info->by_rcpt)
			return true;
	}
	if (q->reply[k] == REPLY_FREE && a == NULL)
		return true;
	t = reply_ask(p, q->set, q->cond);
	if (q->reply[k] != REPLY_FREE)
		want = q->reply[k] == REPLY_YES ? TRUTH_YES : TRUTH_NO;
	else if (holds(p, a->is.yes))
		want = TRUTH_YES;
	else
		want = holds(p, a->is.no) ? TRUTH_NO : TRUTH_UNKNOWN;
	return t == want;
}

static bool
text_is_printable(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return true;
}

/* How many questions it answers otherwise; SIZE_MAX: it is no such value.
 * Those that the class leaves open count only where it is said. */
static size_t
value_misses(struct prover *p, const struct instance *i, size_t k,
    const struct value *v, bool open)
{
	const struct fact_row *row = schema_row(p->schema, i->fact);
	struct candidate c = { *v, false, false, 0 };
	const struct asked *before = NULL;
	size_t misses = 0;

	if (!candidate_fits(&c, row) ||
	    (row->type == FACT_DOMAIN &&
		!span_eq(v->text, arena_lower(p->arena, v->text))))
		return SIZE_MAX;
	for (size_t n = 0; n < i->pool->asked_n; n++) {
		const struct asked *q = &i->pool->asked[n];

		if (q->fact != i->fact || (q->reply[k] == REPLY_FREE && !open))
			continue;
		if (q->about != ASKED_COND) {
			misses += owned_reply(p, q, v) != q->reply[k];
			continue;
		}
		if (before == NULL || before->set != q->set)
			reply_state(p, q->set, i->fact, v);
		before = q;
		misses += !reply_is(p, i, q, k);
	}
	return misses;
}

static bool
value_is_text(enum fact_type type)
{
	return type == FACT_TEXT || type == FACT_BYTES || type == FACT_DOMAIN ||
	       type == FACT_ADDRESS;
}

/* ---- a text of several ------------------------------------------------------------------ */

static bool
sample_entry(void *context, const struct list_hit *hit)
{
	struct entry_tries *e = context;
	struct span entry = hit->entry;

	for (unsigned k = 0; k < e->variants; k++)
		try_text(e->tries,
		    sample_text(e->tries->p->arena, entry, SPAN(""), k));
	if (e->variants == 0)
		try_text(e->tries, entry);
	return e->tries->n < SAMPLES_MAX;
}

/* Texts for which the answer alone may be yes. */
static void
atom_samples(struct prover *p, const struct atom *atom, struct tries *out)
{
	const struct list *list = atom_list(p, atom);
	struct entry_tries e = { .tries = out };

	if (list != NULL && list_kind(list) == LIST_PATTERNS)
		e.variants = SAMPLES_MAX / (unsigned)(list_count(list) + 1) + 1;
	if (list != NULL)
		list_each(list, p->now_s, sample_entry, &e);
	for (unsigned k = 0; atom->cond->kind == COND_MATCH && k < SAMPLES_MAX;
	     k++)
		try_text(out, sample_text(p->arena, atom->cond->value.text,
				  atom->cond->value.flags, k));
}

/* Puts something that is to be in the text behind it, or before it. */
static bool
value_add(struct prover *p, const struct instance *i, size_t k,
    struct span sample, struct value *v, size_t *best)
{
	for (unsigned before = 0; before < 2; before++) {
		struct span first = before != 0 ? sample : v->text,
			    second = before != 0 ? v->text : sample;
		struct value longer = value_text(span_of(arena_printf(
		    p->arena, "%.*s %.*s", SPAN_FMT(first), SPAN_FMT(second))));
		size_t misses = value_misses(p, i, k, &longer, true);

		if (misses >= *best)
			continue;
		*v = longer;
		*best = misses;
		return true;
	}
	return false;
}

/* Where no text was found that does all at once: one thing after the other. */
static void
value_grow(struct prover *p, const struct instance *i, size_t k,
    struct value *v, size_t *best)
{
	for (const struct atom *a = i->atoms; a != NULL && *best > 0;
	     a = a->next) {
		struct tries samples = { .p = p };

		if (!holds(p, a->is.yes) ||
		    reply_of(p, a->set, a->cond, i->fact, v) == TRUTH_YES)
			continue;
		atom_samples(p, a, &samples);
		for (size_t n = 0; n < samples.n; n++)
			if (text_is_printable(samples.text[n]) &&
			    value_add(p, i, k, samples.text[n], v, best))
				break;
	}
}

/* It hangs on the text alone. */
static bool
atom_is_pattern(const struct prover *p, const struct atom *a)
{
	const struct list *list = atom_list(p, a);

	return a->cond->kind == COND_MATCH ||
	       (list != NULL && a->cond->kind != COND_LOOKALIKE &&
		   list_kind(list) == LIST_PATTERNS);
}

/* Whether a text answers yes, whatever it answers besides. */
static bool
atom_has_text(struct prover *p, const struct instance *i, const struct atom *a)
{
	struct tries samples = { .p = p };

	atom_samples(p, a, &samples);
	for (size_t n = 0; n < samples.n; n++) {
		struct value v = value_text(samples.text[n]);

		if (reply_of(p, a->set, a->cond, i->fact, &v) == TRUTH_YES)
			return true;
	}
	return false;
}

static void
textless_add(struct prover *p, lit answer, lit class)
{
	p->textless = arena_grow(p->arena, p->textless, &p->textless_cap,
	    p->textless_n + 1, sizeof(*p->textless));
	p->textless[p->textless_n++] = (struct textless){ answer, class };
}

/* Of this fact in all elements. */
static void
textless_atom(struct prover *p, const struct instance *i, const struct atom *a)
{
	for (const struct instance *o = p->instance[i->fact]; o != NULL;
	     o = o->next)
		for (const struct atom *b = o->atoms; b != NULL; b = b->next)
			if (strcmp(a->key, b->key) == 0)
				textless_add(p, b->is.yes, b->is.yes);
}

/* Whether a text of the class answers so, whatever it answers besides. */
static bool
class_has_text(struct prover *p, const struct instance *i, size_t k,
    const struct atom *a, enum truth want, const struct tries *tries)
{
	for (size_t t = 0; t < tries->n; t++) {
		struct value v = value_text(tries->text[t]);

		if (reply_of(p, a->set, a->cond, i->fact, &v) == want &&
		    value_misses(p, i, k, &v, false) == 0)
			return true;
	}
	return false;
}

/* What keeps any text from doing. */
static void
value_textless(struct prover *p, const struct instance *i, size_t k,
    const struct value *v, const struct tries *tries)
{
	for (const struct atom *a = i->atoms; a != NULL; a = a->next) {
		enum truth want = holds(p, a->is.yes)  ? TRUTH_YES
				  : holds(p, a->is.no) ? TRUTH_NO
						       : TRUTH_UNKNOWN;

		if (want == TRUTH_UNKNOWN || !atom_is_pattern(p, a) ||
		    reply_of(p, a->set, a->cond, i->fact, v) == want)
			continue;
		if (want == TRUTH_YES && !atom_has_text(p, i, a))
			textless_atom(p, i, a);
		else if (!class_has_text(p, i, k, a, want, tries))
			textless_add(p,
			    want == TRUTH_YES ? a->is.yes : a->is.no, i->is[k]);
	}
}

bool
witness_value(
    struct prover *p, const struct instance *i, size_t k, struct value *out)
{
	struct tries tries = { .p = p };
	size_t best = SIZE_MAX;

	*out = i->pool->candidate[k].value;
	if (i->pool->candidate[k].wild)
		return false;
	if (!value_is_text(schema_row(p->schema, i->fact)->type))
		return true;
	try_all(&tries, i, out->text);
	for (size_t t = 0; t < tries.n && best > 0; t++) {
		struct value v = value_text(tries.text[t]);
		size_t misses = text_is_printable(v.text)
				    ? value_misses(p, i, k, &v, true)
				    : SIZE_MAX;

		if (misses >= best)
			continue;
		best = misses;
		*out = v;
	}
	if (best > 0 && best < SIZE_MAX)
		value_grow(p, i, k, out, &best);
	if (best > 0)
		value_textless(p, i, k, out, &tries);
	return best == 0;
}
