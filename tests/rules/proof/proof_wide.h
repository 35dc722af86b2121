#ifndef TESTS_RULES_PROOF_PROOF_WIDE_H
#define TESTS_RULES_PROOF_PROOF_WIDE_H

/*
 * Rules of all kinds, and messages for them, made by chance: what
 * proof_wide_test holds against each other.
 */

#include "rules/eval/eval.h"
#include "tests/kit/rules_kit.h"

#define WIDE_RULES    7
#define WIDE_PROMISES 4

struct wide {
	struct kit kit;
	uint64_t seed; /* of what comes next */
	char text[6000];
};

/* The text of a set; the same for the same seed. */
void wide_make(struct wide *w, uint64_t seed);
/* Another set: w with one rule, score, threshold or entry of a list that is
 * another, or with two rules that changed places. */
void wide_edit(const struct wide *w, struct wide *out);
bool wide_load(struct wide *w);
const char *wide_error(const struct wide *w);

struct wide_message {
	char text[3000]; /* as kit_facts reads it */
	uint64_t seed;   /* of what lists in DNS and rows from outside say */
};
void wide_message(struct wide *w, struct wide_message *out);
/* What comes of it with the facts of this stage; at STAGE_EOM for good. */
struct ruling *wide_judge(struct wide *w, const struct wide_message *m,
    enum stage stage, struct decision *out);
/* The test, put behind the rules, fails there. */
bool wide_test_fails(const char *rules, const char *test);

#endif
