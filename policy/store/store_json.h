#ifndef POLICY_STORE_STORE_JSON_H
#define POLICY_STORE_STORE_JSON_H

/*
 * Entries of the store as JSON: {"key": "...", "expires": 1767225600,
 * "numbers": [1, 2]}. For export, import, cases and the control socket.
 */

#include "policy/base/json.h"
#include "policy/store/store.h"
#include "rules/base/jsonw.h"

/* The member KEY of an object of entries; null when there is none. */
void store_json_member(
    struct jsonw *w, const char *key, const struct store_record *r);
/* One object, as member name (NULL: none). */
void store_json_write(struct jsonw *w, const char *name, struct span key,
    const struct store_record *r);
/*
 * Reads "expires" and "numbers". False with *why, static text. Numbers are
 * whole and below 2^53.
 */
bool store_json_record(
    struct jsonr v, struct store_record *out, const char **why);
/* The same with "key", which lives as long as the document. */
bool store_json_read(struct jsonr v, struct span *key, struct store_record *out,
    const char **why);
/* Puts all members of an object {KEY: {"expires": ..., "numbers": ...}};
 * one that is null is not there. */
bool store_json_fill(
    struct store *s, struct jsonr object, int64_t now_s, const char **why);

#endif
