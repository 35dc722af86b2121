#ifndef TESTS_KIT_PROOF_KIT_H
#define TESTS_KIT_PROOF_KIT_H

/* Sets of many rules and promises, made by chance, and what proving costs. */

#include "rules/base/buf.h"
#include "tests/kit/rules_kit.h"

/* Puts the text of a set behind what is there. */
void proof_kit_text(
    uint64_t seed, size_t rules, size_t promises, struct buf *out);
/* False, with a word on standard error, when the rules can't be loaded. */
bool proof_kit_load(
    struct kit *k, uint64_t seed, size_t rules, size_t promises);
/* Tries all promises; counts answers by enum proof_answer. Returns the steps
 * that it took. */
uint64_t proof_kit_all(struct kit *k, size_t *answers);

#endif
