#ifndef RULES_MIME_MIME_FIELDS_H
#define RULES_MIME_MIME_FIELDS_H

/*
 * The Content- fields of one MIME entity, each in all its readings. Between
 * mime_fields.c and mime_tree.c only. Pure; any thread.
 */

#include "rules/mail/header.h"
#include "rules/mime/mime_param.h"
#include "rules/mime/mime_tree.h"
#include "rules/text/decode.h"

#define MIME_VIEWS 4

struct mime_fields {
	struct mime_params type_params, disposition_params;
	/* Different Content-Types and transfer encodings, the first first.
	 * type_count is at least 1, and type[0] "text/plain" by default. */
	struct span type[MIME_VIEWS];
	size_t type_count;
	bool type_missing;
	enum mime_transfer transfer[MIME_VIEWS];
	size_t transfer_count;
	struct span location, description; /* "" for none; the last */
	struct span garbage; /* from the first line that is no field on */
	unsigned flags;      /* enum mime_flag */
};

/* Of the message itself. */
void mime_fields_of_list(
    struct mime_fields *f, const struct header_list *h, struct arena *a);
/* Of a part: block is all up to the empty line. */
void mime_fields_of_block(
    struct mime_fields *f, struct span block, struct arena *a);

bool mime_fields_is(const struct mime_fields *f, const char *type);
/* Any of its types starts so, such as "multipart/". */
bool mime_fields_starts(const struct mime_fields *f, const char *start);
/* The type, names and flags of the part that these fields describe. */
struct mime_part mime_fields_part(const struct mime_fields *f, struct arena *a);

#endif
