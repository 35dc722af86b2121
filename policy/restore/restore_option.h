#ifndef POLICY_RESTORE_RESTORE_OPTION_H
#define POLICY_RESTORE_RESTORE_OPTION_H

/*
 * What one field of the header may have been before a list changed it.
 * Between restore_header.c and restore_option.c.
 */

#include "policy/restore/restore_header.h"

#define RESTORE_VALUES_MAX 10

/* One value that a field may have had. */
struct restore_value {
	struct span raw; /* p NULL: there was no such field */
	unsigned changes;
	struct span tag; /* RESTORE_SUBJECT: what is left out */
};

/* A field of the copy that is tried, with what it may have been. */
struct restore_option {
	struct header_field *field;
	struct span name; /* its name while it is there */
	struct restore_value value[RESTORE_VALUES_MAX];
	size_t count, chosen;
};

/* The likelier first. */
void restore_subject_values(
    struct span raw, struct arena *a, struct restore_option *out);
/* Content-Type of a list that wrote it anew. */
void restore_type_values(
    struct span raw, struct arena *a, struct restore_option *out);
/* From of an author of the signature's domain, where the list's stands now. */
void restore_from_values(const struct restore_header_query *q, struct span raw,
    struct arena *a, struct restore_option *out);
/* One more, unless it is there already or there are too many. */
void restore_value_add(
    struct restore_option *o, struct span raw, unsigned changes);

#endif
