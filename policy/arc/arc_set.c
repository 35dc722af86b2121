/*
 * Sorts ARC fields into sets and says what is wrong with their structure. What
 * a field signs and whether that holds is arc_chain.c's.
 */
#include "config.h"

#include "policy/arc/arc_set.h"

#include "rules/mail/authres_lex.h"

struct arc_sets {
	struct arena *arena;
	const struct dkim_sig_limits *limits;
	struct arc_set *set[ARC_SETS_MAX + 1]; /* by i=; 0 is never used */
	size_t count;
	const char *broken; /* the first thing that was */
};

static const char *const arc_kind_names[ARC_KINDS] = {
	"arc-authentication-results", "arc-message-signature", "arc-seal"
};

struct arc_sets *
arc_sets_new(struct arena *a, const struct dkim_sig_limits *limits)
{
	struct arc_sets *sets = arena_alloc(a, sizeof(*sets));

	sets->arena = a;
	sets->limits = limits;
	return sets;
}

bool
arc_kind_of(struct span name, enum arc_kind *kind)
{
	for (size_t i = 0; i < ARC_KINDS; i++)
		if (span_case_is(name, arc_kind_names[i])) {
			*kind = (enum arc_kind)i;
			return true;
		}
	return false;
}

/* ---- i= -------------------------------------------------------------------- */

/* 1*2DIGIT (4.2.1): 1 to 50. */
static bool
arc_instance(struct span text, size_t *instance)
{
	uint64_t n;

	if (text.n > 2 || !span_number(text, &n) || n < 1 || n > ARC_SETS_MAX)
		return false;
	*instance = (size_t)n;
	return true;
}

/* Is that a number, but one that no set may have? */
static bool
arc_too_many(struct span text)
{
	uint64_t n;

	return span_number(text, &n) && n > ARC_SETS_MAX;
}

/* Before the results stands "i=N;" (4.1.1); rest is what is behind. */
static bool
arc_results_number(struct span raw, struct span *number, struct span *rest)
{
	struct authres_lex l = { .s = raw };
	size_t from;

	*number = SPAN("");
	authres_lex_skip(&l);
	if (!authres_lex_more(&l) || raw.p[l.at] != 'i')
		return false;
	l.at++;
	authres_lex_skip(&l);
	if (!authres_lex_more(&l) || raw.p[l.at] != '=')
		return false;
	l.at++;
	authres_lex_skip(&l);
	for (from = l.at; authres_lex_more(&l) && ascii_digit(raw.p[l.at]);)
		l.at++;
	*number = span_slice(raw, from, l.at);
	authres_lex_skip(&l);
	if (!authres_lex_more(&l) || raw.p[l.at] != ';')
		return false;
	*rest = span_slice(raw, l.at + 1, raw.n);
	return true;
}

/* ---- one field -------------------------------------------------------------- */

static struct arc_signature *
arc_sets_broken(struct arc_sets *sets, const char *why)
{
	if (sets->broken == NULL)
		sets->broken = why;
	return NULL;
}

/* Its set, where the field may stand in one that has none of this kind yet. */
static struct arc_set *
arc_sets_place(struct arc_sets *sets, enum arc_kind kind, struct span number,
    bool good, size_t at)
{
	struct arc_set *set;
	size_t i;

	if (!good || !arc_instance(number, &i)) {
		(void)arc_sets_broken(sets,
		    arc_too_many(number) ? "it has more than 50 sets"
					 : "a field of it has no number i=");
		return NULL;
	}
	if (sets->set[i] == NULL)
		sets->set[i] = arena_alloc(sets->arena, sizeof(*set));
	set = sets->set[i];
	if (set->has[kind]) {
		(void)arc_sets_broken(sets, "a set has two fields of one kind");
		return NULL;
	}
	set->has[kind] = true;
	set->field[kind] = at;
	if (sets->count < i)
		sets->count = i;
	return set;
}

static enum arc_cv
arc_cv_of(const struct dkim_tag *cv)
{
	static const char *const words[] = {
		[ARC_CV_NONE] = "none",
		[ARC_CV_PASS] = "pass",
		[ARC_CV_FAIL] = "fail",
	};

	for (size_t i = ARC_CV_NONE; cv != NULL && i < ARRAY_COUNT(words); i++)
		if (span_case_is(cv->value, words[i]))
			return (enum arc_cv)i;
	return ARC_CV_ODD;
}

static struct arc_signature *
arc_sets_signature(struct arc_sets *sets, struct arc_set *set,
    enum arc_kind kind, const struct dkim_tags *tags)
{
	struct arc_signature *s = kind == ARC_SEAL ? &set->seal : &set->message;
	struct dkim_outcome outcome;

	if (!dkim_sig_read(sets->arena,
		kind == ARC_SEAL ? DKIM_FORM_ARC_SEAL : DKIM_FORM_ARC_MESSAGE,
		tags, sets->limits, &s->sig, &outcome))
		s->problem = outcome.problem;
	if (kind == ARC_SEAL) {
		set->cv = arc_cv_of(dkim_tags_get(tags, "cv"));
		if (dkim_tags_get(tags, "h") != NULL)
			s->problem = "a seal has no h="; /* 4.1.3 */
	}
	for (size_t i = 0; i < s->sig.name_count; i++)
		if (span_case_is(s->sig.name[i], "arc-seal"))
			s->problem = "h= lists a seal"; /* 4.1.2 */
	return s;
}

/* Of many results and properties only a few words are kept. */
static void
arc_sets_results(struct arc_sets *sets, struct arc_set *set, struct span text)
{
	struct arena *scratch = arena_new();
	struct authres_said said;

	set->spoken = authres_read(scratch, text, &said);
	set->said = arc_said_of(sets->arena, &said);
	arena_free(&scratch);
}

struct arc_signature *
arc_sets_add(struct arc_sets *sets, enum arc_kind kind,
    const struct header_field *field, size_t at)
{
	struct span number, results = SPAN("");
	const struct dkim_tag *i;
	struct dkim_tags tags;
	struct arc_set *set;
	const char *why;
	bool good;

	if (field->cut || field->raw.n > DKIM_FIELD_OCTETS_MAX)
		return arc_sets_broken(sets, "a field of it is too long");
	if (kind == ARC_RESULTS) {
		good = arc_results_number(field->raw, &number, &results);
		set = arc_sets_place(sets, kind, number, good, at);
		if (set != NULL)
			arc_sets_results(sets, set, results);
		return NULL;
	}
	if (!dkim_tags_parse(field->raw, &tags, &why))
		return arc_sets_broken(sets,
		    arena_printf(sets->arena, "a signature of it: %s", why));
	i = dkim_tags_get(&tags, "i");
	set = arc_sets_place(
	    sets, kind, i == NULL ? SPAN("") : i->value, i != NULL, at);
	return set == NULL ? NULL : arc_sets_signature(sets, set, kind, &tags);
}

size_t
arc_sets_count(const struct arc_sets *sets)
{
	return sets->count;
}

struct arc_set *
arc_sets_get(const struct arc_sets *sets, size_t i)
{
	return i <= ARC_SETS_MAX ? sets->set[i] : NULL;
}

/* ---- all of them ------------------------------------------------------------ */

/* Of the two signatures only the newest set's ARC-Message-Signature counts. */
static const char *
arc_set_problem(const struct arc_sets *sets, size_t i)
{
	const struct arc_set *set = sets->set[i];
	const char *problem;

	if (set == NULL)
		return "a set of it is missing";
	for (size_t kind = 0; kind < ARC_KINDS; kind++)
		if (!set->has[kind])
			return "a set of it is not complete";
	if (set->cv != (i == 1 ? ARC_CV_NONE : ARC_CV_PASS))
		return i == 1 ? "its first seal does not say cv=none"
			      : "a seal of it does not say cv=pass";
	problem = set->seal.problem;
	if (problem == NULL && i == sets->count)
		problem = set->message.problem;
	return problem == NULL ? NULL
			       : arena_printf(sets->arena,
				     "a signature of set %zu: %s", i, problem);
}

const char *
arc_sets_problem(const struct arc_sets *sets)
{
	const struct arc_set *newest = arc_sets_get(sets, sets->count);

	if (sets->count > 0 && newest->has[ARC_SEAL] &&
	    newest->cv == ARC_CV_FAIL)
		return "its newest seal says that it was broken before";
	if (sets->broken != NULL)
		return sets->broken;
	for (size_t i = sets->count; i > 0; i--) {
		const char *problem = arc_set_problem(sets, i);

		if (problem != NULL)
			return problem;
	}
	return NULL;
}
