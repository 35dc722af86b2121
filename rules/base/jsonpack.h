#ifndef RULES_BASE_JSONPACK_H
#define RULES_BASE_JSONPACK_H

/*
 * JSON as jsonw_init_packed writes it, and back to text. A value is an octet
 * that says what it is, and:
 *
 *   { [  its members or elements, up to } ]
 *   k    a member's name: length and octets; its value follows
 *   from 0x80 on: a member's name by its number in a list that is kept
 *        elsewhere: the low seven bits are its high ones, an octet follows
 *   s    a text: length and octets
 *   w    a whole number: twice its amount, less one when it is negative
 *   d    another number: eight octets as this machine has a double
 *   t f z  true, false, null
 *
 * Lengths and whole numbers have seven bits in each octet, the low ones first;
 * the high bit says that more follow. The octets are written and read on one
 * machine.
 */

#include "rules/base/jsonw.h"

#define JSONPACK_KEY    'k'
#define JSONPACK_NAME   0x80U
#define JSONPACK_TEXT   's'
#define JSONPACK_WHOLE  'w'
#define JSONPACK_DOUBLE 'd'
#define JSONPACK_TRUE   't'
#define JSONPACK_FALSE  'f'
#define JSONPACK_NULL   'z'

/* Names with a larger number are written out. */
#define JSONPACK_NAME_MAX 0x7FFFU

struct jsonpack_names {
	const char *const *name;
	size_t count;
};

/*
 * Goes through one packed value, step by step. A step is a value, or the end
 * of an object or array; key is the name of a member, until the next step.
 */
#define JSONPACK_KEY_MAX ((size_t)1024) /* a longer one was not written by us */
struct jsonpack {
	struct span in;
	const struct jsonpack_names *names; /* may be NULL */
	size_t at, depth;
	bool bad;
	char close[JSONW_DEPTH_MAX]; /* of the levels that are open */
	const char *key;             /* of the value that comes; NULL: none */
	char key_text[JSONPACK_KEY_MAX + 1];
};
struct jsonpack_step {
	char tag;        /* one of JSONPACK_*, or { [ } ] */
	const char *key; /* NULL: it is no member, or an end */
	struct span text;
	double number;
};
void jsonpack_begin(struct jsonpack *u, struct span packed,
    const struct jsonpack_names *names);
/*
 * False when there is none left: jsonpack_whole tells whether the octets were
 * one value and nothing else. Any octets are safe; what comes of bad ones
 * before they are found is in order, but not complete.
 */
bool jsonpack_next(struct jsonpack *u, struct jsonpack_step *step);
bool jsonpack_whole(const struct jsonpack *u);

/*
 * Writes one packed value as JSON. names NULL: it holds no numbers of names.
 * False when the octets are no such value, or not one alone: then what was
 * written is not complete. Any octets are safe.
 */
bool jsonpack_write(struct span packed, const struct jsonpack_names *names,
    struct jsonw *w);

#endif
