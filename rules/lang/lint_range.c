/*
 * Comparisons of numbers that always come out the same, since the fact is
 * never outside of a range (fact_range): an hour is never 24, a share of 1 is
 * all there is. Warnings.
 */
#include "config.h"

#include <math.h>

#include "rules/lang/ast.h"
#include "rules/lang/stage.h"

/* What a comparison comes to for all numbers of a range. */
enum range_answer { RANGE_OPEN, RANGE_NEVER, RANGE_ALWAYS };

static enum range_answer
range_compare(enum token_kind op, double n, double least, double most)
{
	bool below = n < least;
	bool above = n > most;

	switch (op) {
	case TOKEN_EQ:
		return below || above ? RANGE_NEVER : RANGE_OPEN;
	case TOKEN_NE:
		return below || above ? RANGE_ALWAYS : RANGE_OPEN;
	case TOKEN_LT:
		return above        ? RANGE_ALWAYS
		       : n <= least ? RANGE_NEVER
				    : RANGE_OPEN;
	case TOKEN_LE:
		return n >= most ? RANGE_ALWAYS
		       : below   ? RANGE_NEVER
				 : RANGE_OPEN;
	case TOKEN_GT:
		return below       ? RANGE_ALWAYS
		       : n >= most ? RANGE_NEVER
				   : RANGE_OPEN;
	case TOKEN_GE:
		return n <= least ? RANGE_ALWAYS
		       : above    ? RANGE_NEVER
				  : RANGE_OPEN;
	default:
		return RANGE_OPEN;
	}
}

static const char *
range_text(struct arena *a, double least, double most)
{
	return isinf(most) ? arena_printf(a, "%g or more", least)
			   : arena_printf(a, "between %g and %g", least, most);
}

static void
range_warn(struct ruleset *rs, struct place place, const char *name,
    enum range_answer answer, const char *range)
{
	if (answer != RANGE_OPEN)
		diag_warn(rs->diags, place, "this is %s true: %s is always %s",
		    answer == RANGE_NEVER ? "never" : "always", name, range);
}

/* 50% is 0.5, of a fact that counts percents one half of one percent. */
static void
range_percent(struct ruleset *rs, const struct fact_row *row,
    const struct token *value, double number)
{
	if ((row->flags & FACT_PERCENT) == 0 || value->text.n == 0 ||
	    value->text.p[value->text.n - 1] != '%')
		return;
	diag_warn(rs->diags, value->place,
	    "%.*s is %g here, and %s is a number of percents, 0 to 100",
	    SPAN_FMT(value->text), number, row->name);
	diag_hint(rs->diags, "write %.*s",
	    SPAN_FMT(span_slice(value->text, 0, value->text.n - 1)));
}

static void
range_fact(struct ruleset *rs, const struct cond *c)
{
	const struct fact_row *row =
	    schema_row(rs->options.schema, c->subject.fact);
	const char *range;
	double least, most;

	if (!fact_range(row, &least, &most))
		return;
	range = range_text(rs->arena, least, most);
	if (c->kind == COND_COMPARE && !c->fact_value) {
		range_percent(rs, row, &c->value, c->number);
		range_warn(rs, c->place, row->name,
		    range_compare(c->op, c->number, least, most), range);
		if ((row->flags & FACT_SHARE) != 0 && c->number > 1)
			diag_hint(rs->diags, "a part of it is written 0.05 "
					     "or 5%%");
	}
	for (size_t i = 0;
	     c->kind == COND_IN_SET && c->numbers != NULL && i < c->value_count;
	     i++) {
		range_percent(rs, row, &c->values[i], c->numbers[i]);
		range_warn(rs, c->values[i].place, row->name,
		    range_compare(TOKEN_EQ, c->numbers[i], least, most), range);
	}
}

void
lint_ranges(struct ruleset *rs, const struct cond *c)
{
	if (c == NULL)
		return;
	if (c->kind == COND_QUANTIFIED && c->quantifier == QUANTIFIER_COUNT)
		range_warn(rs, c->place, "a count",
		    range_compare(c->op, c->number, 0, (double)INFINITY),
		    "0 or more");
	else if ((c->kind == COND_COMPARE || c->kind == COND_IN_SET) &&
		 c->subject.kind == SUBJECT_FACT &&
		 c->subject.type == FACT_NUMBER)
		range_fact(rs, c);
	for (c = c->child; c != NULL; c = c->next)
		lint_ranges(rs, c);
}
