/*
 * verdict lint --against: the classes of mail that come to another end, as a
 * person reads them: each headline once, with one message, in lines that fit.
 */
#include "config.h"

#include "tool/judge/lint_against.h"

#include <string.h>

#include "rules/source/diag.h"
#include "tool/base/screen.h"
#include "tool/base/tool.h"

/* Classes that are told, at most. */
#define CLASSES_MAX 1000
/* Of all questions together, so that it ends within seconds: where a rule at
 * the top is gone, pairs of all others may follow, and that there are no more
 * is the dearest of all. */
#define WORK_MAX UINT64_C(1000000000)

struct lint_class {
	struct lint_class *next;
	const char *headline;
};

struct lint_classes {
	struct arena *arena;
	struct lint_class *told;
	size_t found;
};

static const char *
class_rule(const char *rule)
{
	return rule == NULL ? "no rule" : rule;
}

/* ---- telling ---------------------------------------------------------------- */

/* The text up to the next space outside quotes. */
static struct span
next_word(struct span *rest)
{
	bool quoted = false;
	struct span word;
	size_t n = 0;

	while (rest->n > 0 && rest->p[0] == ' ')
		*rest = span_slice(*rest, 1, rest->n);
	for (; n < rest->n && (quoted || rest->p[n] != ' '); n++)
		if (rest->p[n] == '\\' && quoted && n + 1 < rest->n)
			n++;
		else if (rest->p[n] == '"')
			quoted = !quoted;
	word = span_slice(*rest, 0, n);
	*rest = span_slice(*rest, n, rest->n);
	return word;
}

/* One word that is longer than a line stands alone: it is to be copied. */
static void
class_wrapped(struct span text, size_t width)
{
	size_t column = 2;

	(void)printf(" ");
	for (;;) {
		struct span word = next_word(&text);
		size_t columns = screen_columns(word);

		if (word.n == 0)
			break;
		if (column > 6 && column + 1 + columns > width) {
			(void)printf("\n   ");
			column = 4;
		}
		(void)printf(" %.*s", SPAN_FMT(word));
		column += 1 + columns;
	}
	(void)printf("\n");
}

/*
 * At once, since the next one may take seconds. Rules of one name, and rules
 * that decide because they are unknown, have one headline: it is told once.
 */
static void
classes_tell(struct lint_classes *all, const struct proof_change *change)
{
	const char *headline =
	    arena_printf(all->arena, "%s (%s%s) becomes %s (%s%s)",
		outcome_names[change->here], class_rule(change->here_rule),
		change->here_more ? " or others" : "",
		outcome_names[change->there], class_rule(change->there_rule),
		change->there_more ? " or others" : "");
	struct lint_class *c = all->told;
	size_t width = screen_width();

	all->found++;
	while (c != NULL && strcmp(c->headline, headline) != 0)
		c = c->next;
	if (c != NULL)
		return;
	c = arena_alloc(all->arena, sizeof(*c));
	*c = (struct lint_class){ all->told, headline };
	all->told = c;
	(void)printf("%s%s%s\n", tool_bold(), headline, tool_plain());
	class_wrapped(span_of(arena_printf(all->arena, "{ %s }", change->test)),
	    width == 0 ? 80 : width);
	(void)fflush(stdout);
}

static void
classes_end(
    const struct lint_classes *all, enum proof_answer answer, const char *why)
{
	if (answer == PROOF_BROKEN)
		(void)printf(
		    "there may be more: it ended at %d\n", CLASSES_MAX);
	else if (answer == PROOF_OPEN)
		(void)printf("whether %s was not decided: %s\n",
		    all->found == 0 ? "any mail comes to another end"
				    : "there is more",
		    why);
	else
		(void)printf("%s%s\n",
		    all->found == 0 ? "no mail comes to another end"
				    : "all other mail comes to the same end",
		    answer == PROOF_HOLDS
			? ""
			: ", but where a pattern runs into its bounds");
}

/* Where rules ask more than is tried. */
static bool
against_refused(const struct proof *proof, struct arena *a)
{
	struct place place;
	const char *why = proof_refused(proof, &place);
	struct diags diags;

	if (why == NULL)
		return false;
	diags_init(&diags, a);
	diag_warn(&diags, place,
	    "whether any mail comes to another end was not decided: %s", why);
	tool_report(&diags);
	return true;
}

int
lint_against(const struct ruleset *here, const struct ruleset *there,
    const struct proof_options *options)
{
	const struct proof_options bounded = { .now_s = options->now_s,
		.work_max = WORK_MAX };
	struct proof *proof = proof_new(here, there, &bounded);
	struct lint_classes all = { .arena = arena_new() };
	enum proof_answer answer = PROOF_BROKEN;
	struct proof_change change;
	const char *why = NULL;
	bool refused = against_refused(proof, all.arena);

	while (!refused && all.found < CLASSES_MAX) {
		answer = proof_change(proof, &change, &why);
		if (answer != PROOF_BROKEN)
			break;
		classes_tell(&all, &change);
	}
	if (refused)
		answer = PROOF_OPEN;
	else
		classes_end(&all, answer, why);
	proof_free(&proof);
	arena_free(&all.arena);
	return answer == PROOF_OPEN ? EXIT_CONFIG : EXIT_OK;
}
