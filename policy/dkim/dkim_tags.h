#ifndef POLICY_DKIM_DKIM_TAGS_H
#define POLICY_DKIM_DKIM_TAGS_H

/*
 * Tag lists (RFC 6376, 3.2): "v=1; a=rsa-sha256; ...", the form that a
 * DKIM-Signature field and a key record share, and the base64 inside them.
 * Pure; any thread; spans point into the text that was given.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

/* Tags of one list; no signer known uses half of it. */
#define DKIM_TAGS_MAX 48

struct dkim_tag {
	struct span name;
	struct span value; /* trimmed; folding white space inside stays */
};

struct dkim_tags {
	struct dkim_tag tag[DKIM_TAGS_MAX];
	size_t count;
};

/*
 * Takes a list apart. False with *why when it is no tag list, names a tag
 * twice, or has too many. What values may contain is each tag's own business.
 */
bool dkim_tags_parse(struct span text, struct dkim_tags *out, const char **why);
/* NULL when the list has no such tag; names are case-sensitive. */
const struct dkim_tag *dkim_tags_get(
    const struct dkim_tags *tags, const char *name);

/*
 * Takes the next item off a list of items with sep between and white space
 * around; false at the end. An empty item is given as such.
 */
bool dkim_tags_item(struct span *rest, char sep, struct span *item);

/* Has it a space, tab, CR or LF inside? */
bool dkim_tags_spaced(struct span value);

/*
 * Decodes base64 with white space anywhere in it into the arena; missing
 * padding is let by, since signers and zone editors drop it. False when
 * anything else stands there.
 */
bool dkim_base64(struct arena *a, struct span text, struct span *out);

#endif
