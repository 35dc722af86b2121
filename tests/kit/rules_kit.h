#ifndef TESTS_KIT_RULES_KIT_H
#define TESTS_KIT_RULES_KIT_H

/*
 * What the tests of the rule language share: a schema with facts of every
 * type and stage, rule sets from text, and facts from a short notation.
 */

#include "rules/eval/ruling.h"
#include "rules/eval/trial.h"
#include "rules/lang/ruleset.h"

struct kit {
	struct arena *arena;
	struct schema *schema;
	struct diags diags;
	struct ruleset *rs;
	struct facts *facts;
};

/* The kind of dynamic list that the kit's sets know: dnsbl. */
extern const struct rule_list_kind kit_dnsbl;

/* Loads one file's text; k->diags has what was wrong. True when good. */
bool kit_load(struct kit *k, const char *name, struct span text);
/* Runs the tests in the files. */
bool kit_run_tests(struct kit *k);
void kit_free(struct kit *k);

/*
 * Makes k->facts. All facts are absent but those named, with spaces between:
 *
 *   spf=pass  spf=? (unknown)  spf=* (pending)  rcpt.local@1=x (recipient 1)
 *   dkim[result=pass,domain=a.example]  dkim=? (the rest of the group)
 *   dkim~[result=fail] (of which there may be such)
 *
 * "_" stands for a space in a value.
 */
void kit_facts(struct kit *k, const char *given);

#endif
