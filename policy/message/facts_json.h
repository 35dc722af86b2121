#ifndef POLICY_MESSAGE_FACTS_JSON_H
#define POLICY_MESSAGE_FACTS_JSON_H

/*
 * Facts that are given instead of found: how a case says them
 * (verdict-cases(5)) and
 * how the journal keeps them. An object of fact names; a value is a text, a
 * number, true or false, null for absent, {"unknown": "why"}, and for a group
 * an array of objects of its fields. Of a fact with one value per recipient
 * an array gives those of the recipients in their order, and a single value
 * that of the first.
 */

#include "policy/base/json.h"
#include "rules/base/jsonw.h"
#include "rules/fact/fact.h"

struct message;

/*
 * States them, over whatever the checks have stated; those that nobody can
 * know before a later stage are left for that one.
 */
void facts_given(struct message *m, struct jsonr facts, enum stage stage);
/* The same for facts alone, of all stages; texts are copied into the arena. */
void facts_read(struct facts *f, struct jsonr facts, struct arena *a);

/* Which facts are written, and how. */
struct facts_writing {
	/* NULL: all. Asked for rows of groups and of their fields, too. */
	bool (*keep)(void *ctx, fact_id id);
	/* Told of each fact that is known and not written, for fields of
	 * groups more than once; may be NULL. */
	void (*left_out)(void *ctx, fact_id id);
	void *ctx;
	size_t value_max; /* JSON octets of one fact; 0: no bound */
	/* Whose values of facts with one per recipient are written. */
	const size_t *rcpt;
	size_t rcpt_count;
};
/*
 * Writes the facts that are known or unknown as such an object; packed, their
 * names are numbers of schema_names.
 */
void facts_write(const struct facts *f, const struct facts_writing *how,
    struct jsonw *w, const char *key);

#endif
