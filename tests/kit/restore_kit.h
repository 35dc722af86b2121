#ifndef TESTS_KIT_RESTORE_KIT_H
#define TESTS_KIT_RESTORE_KIT_H

/*
 * A message that bank.example signed (RSA of 2048 bits, relaxed/relaxed), as
 * lists.example hands it on: for tests and benchmarks of policy/restore.
 */

#include "policy/restore/restore.h"

struct restore_kit;

struct restore_kit_field {
	const char *name;
	const char *raw; /* as it stands behind the colon */
};

/* With a key made anew. What it makes lies in its arena. */
struct restore_kit *restore_kit_new(void);
void restore_kit_free(struct restore_kit **kit);

/*
 * Signs signed_fields and body, then puts shown in the fields' place. h= has
 * these names, colons between them. Both arrays end with a name that is NULL.
 */
void restore_kit_sign(struct restore_kit *kit,
    const struct restore_kit_field *signed_fields,
    const struct restore_kit_field *shown, const char *names, struct span body);

/* What was signed last, with this body; state is what is known of it. */
struct restore_query restore_kit_query(
    struct restore_kit *kit, struct span body, enum dkim_body_match state);

#endif
