/*
 * What the rules promise of all mail that can be.
 */
#include "config.h"

#include "rules/lang/ruleset.h"
#include "rules/proof/proof.h"
#include "tool/web/web_page.h"
#include "tool/web/web_part.h"

/* Of one promise: the daemon has proved them before it took the rules; here
 * nobody should wait for long. */
#define CONFLICTS_MAX 2000
#define SOURCE_LINES  30

static const struct {
	const char *kind, *text;
} answers[] = {
	[PROOF_HOLDS] = { "v v-accept", "holds" },
	[PROOF_BOUNDED] = { "v v-accept", "holds" },
	[PROOF_BROKEN] = { "v v-reject", "broken" },
	[PROOF_OPEN] = { "v", "not decided here" },
};

static void
promise_write(struct html *h, const struct proof_promise *p)
{
	html_begin(h, HTML_SECTION);
	html_begin(h, HTML_H2);
	html_textz(h, p->name);
	html_textz(h, " ");
	html_putz(
	    h, HTML_SPAN, answers[p->answer].kind, answers[p->answer].text);
	html_end(h);
	html_begin(h, HTML_PRE);
	html_text(h, part_statement(p->place, SOURCE_LINES));
	html_end(h);
	if (p->answer == PROOF_BOUNDED)
		html_putz(h, HTML_P, "soft",
		    "Unless a pattern runs into its bounds.");
	if (p->answer == PROOF_OPEN && p->why != NULL)
		html_putf(h, HTML_P, "soft", "%s", p->why);
	if (p->answer == PROOF_BROKEN) {
		html_putf(h, HTML_P, NULL,
		    "This message breaks it: it comes to %s%s%s.",
		    outcome_names[p->outcome], p->rule == NULL ? "" : " by ",
		    p->rule == NULL ? "" : p->rule);
		html_putz(h, HTML_PRE, NULL, p->test == NULL ? "" : p->test);
	}
	html_end(h);
}

static void
promises_write(struct web_view *v, const struct ruleset *rs)
{
	const struct proof_options options = { .now_s = v->now_s,
		.conflicts_max = CONFLICTS_MAX };
	struct proof *proof;
	size_t count;

	if (!proof_can(rs)) {
		part_note(&v->html, "warn",
		    "The rules are too many to prove anything of them.");
		return;
	}
	proof = proof_new(rs, NULL, &options);
	count = proof_promise_count(proof);
	if (count == 0) {
		html_begin(&v->html, HTML_P);
		html_textz(&v->html,
		    "The rules promise nothing. A promise says what must "
		    "never, or always, come of some mail, whatever rules are "
		    "added; it is proved for all mail that can be before "
		    "rules come into force: ");
		html_putz(&v->html, HTML_CODE, NULL, "verdict-rules(5)");
		html_textz(&v->html, " says how.");
		html_end(&v->html);
	}
	for (size_t i = 0; i < count; i++) {
		struct proof_promise p;

		proof_promise(proof, i, &p);
		promise_write(&v->html, &p);
	}
	proof_free(&proof);
}

void
page_promises(struct web_view *v)
{
	const struct web_made *made = web_made_with(v, web_newest_snapshot(v));

	part_begin(v, PAGE_PROMISES);
	if (made->then != NULL)
		promises_write(v, made->then->ruleset);
	else if (v->web->reader != NULL)
		part_note(&v->html, "warn",
		    "The rules in force are not known: %s.", made->why);
	part_end(v);
}
