#ifndef POLICY_FACTS_GIVEN_H
#define POLICY_FACTS_GIVEN_H

/*
 * Facts that are given instead of found: how a case says them (CASES.md) and
 * how the journal keeps them. An object of fact names; a value is a text, a
 * number, true or false, null for absent, {"unknown": "why"}, and for a group
 * an array of objects of its fields.
 */

#include "policy/json.h"
#include "rules/fact.h"
#include "rules/jsonw.h"

struct message;

/* States them, over whatever the checks have stated. */
void facts_given(struct message *m, struct jsonr facts);
/* The same for facts alone; texts are copied into the arena. */
void facts_read(struct facts *f, struct jsonr facts, struct arena *a);
/* Writes all facts that are known or unknown as such an object. */
void facts_write(const struct facts *f, struct jsonw *w, const char *key);

#endif
