#ifndef POLICY_BASE_JSON_H
#define POLICY_BASE_JSON_H

/*
 * Reads JSON: case files, zones, what the journal kept, from its text or as it
 * was packed. Values lie in an arena with their texts and never change, so any
 * thread may read them; a struct jsonr is one of them, passed by value, and
 * the one that is not there (.node NULL) may be asked like any other.
 *
 * A text may hold NUL (\u0000). Of members with the same name the last one
 * counts. Nesting deeper than 2048 is an error. For writing see
 * rules/base/jsonw.h.
 */

#include "rules/base/arena.h"
#include "rules/base/jsonpack.h"
#include "rules/base/jsonw.h"
#include "rules/base/span.h"

enum jsonr_type {
	JSONR_ABSENT,
	JSONR_NULL,
	JSONR_BOOL,
	JSONR_NUMBER,
	JSONR_TEXT,
	JSONR_ARRAY,
	JSONR_OBJECT,
};

struct jsonr_node;
struct jsonr {
	const struct jsonr_node *node;
};

/*
 * Reads one JSON text, with white space around it and nothing else, into the
 * arena. False and *why ("line 1, column 9: ..." in the arena) when it is not.
 */
bool jsonr_read(struct span text, struct arena *a, struct jsonr *out,
    const char **why) ATTR_USE_RESULT;
/*
 * The same from packed octets (jsonpack.h), without a text between: some ten
 * times as fast. False when they are no such value; any octets are safe.
 */
bool jsonr_unpack(struct span packed, const struct jsonpack_names *names,
    struct arena *a, struct jsonr *out) ATTR_USE_RESULT;
/* The value and all that is in it, in another arena. */
struct jsonr jsonr_copy(struct jsonr v, struct arena *a);

struct jsonr_doc;

/*
 * The same in an arena of its own: returns NULL and sets *why (in a) when it
 * is no JSON. Frees with jsonr_free, which sets *doc to NULL; NULL inside is
 * fine.
 */
struct jsonr_doc *jsonr_parse(
    struct span text, struct arena *a, const char **why) ATTR_USE_RESULT;
void jsonr_free(struct jsonr_doc **doc);
struct jsonr jsonr_top(const struct jsonr_doc *doc);

enum jsonr_type jsonr_type(struct jsonr v);
/* Null counts as absent here: "given" means that a value is there. */
bool jsonr_given(struct jsonr v);

/* The member of an object; absent when it has none or v is no object. */
struct jsonr jsonr_get(struct jsonr v, const char *key);
/* Elements of an array or members of an object; 0 for all else. */
size_t jsonr_count(struct jsonr v);
/* The element of an array, from 0; absent beyond its end. */
struct jsonr jsonr_at(struct jsonr v, size_t index);
/*
 * Goes through the members of an object in their order. *cursor is NULL at
 * first; false when there is none left. The key lives as long as the
 * object, and a NUL stands behind it.
 */
bool jsonr_next(struct jsonr object, const void **cursor, struct span *key,
    struct jsonr *member);

/*
 * Writes the value, as it is, as a member or an element; what is nested
 * deeper than jsonw writes becomes null.
 */
void jsonr_write(struct jsonr v, struct jsonw *w, const char *key);

/* False, and *out untouched, when v is of another type. */
bool jsonr_text(struct jsonr v, struct span *out);
bool jsonr_number(struct jsonr v, double *out);
bool jsonr_bool(struct jsonr v, bool *out);
/*
 * A number without its fraction, such as a unix time; false also for one that
 * a double would not hold exactly.
 */
bool jsonr_whole(struct jsonr v, int64_t *out);
/*
 * A text whose characters stand for octets (Latin-1), as in the TXT records
 * of a zone; false also when a character is above U+00FF. In the arena.
 */
bool jsonr_octets(struct jsonr v, struct arena *a, struct span *out);

/* What a member of an object says; "", 0 or false when it is not there, of
 * another type or, asked for as a whole number, none that jsonr_whole() takes.
 * The text lives as long as the document. */
struct span jsonr_get_text(struct jsonr object, const char *key);
double jsonr_get_number(struct jsonr object, const char *key);
int64_t jsonr_get_whole(struct jsonr object, const char *key);
bool jsonr_get_bool(struct jsonr object, const char *key);

#endif
