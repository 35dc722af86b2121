#ifndef RULES_MATCH_NEEDLE_CURSOR_H
#define RULES_MATCH_NEEDLE_CURSOR_H

/*
 * A place in the text of a pattern, and the small things that stand there.
 * Only for needle.c and strand.c. Who cannot go on gives up: the cursor is then
 * at the end, and stays there.
 */

#include "rules/base/span.h"

struct needle_cursor {
	struct span s;
	size_t at;
	bool raw;     /* characters are octets */
	bool gave_up; /* something that is not followed */
};

void needle_give_up(struct needle_cursor *c);
bool needle_more(const struct needle_cursor *c);
/* The octet ahead, or NUL behind the end. */
char needle_peek(const struct needle_cursor *c, size_t ahead);
bool needle_looking_at(const struct needle_cursor *c, const char *z);
/* Goes behind the next octet end, or gives up. */
bool needle_skip_past(struct needle_cursor *c, char end);

/* Digits of a base, at most count of them; SIZE_MAX for no bound. */
uint32_t needle_digits(struct needle_cursor *c, int base, size_t count);
/* Behind \x, \o or \0, which letter tells: the number of a character. */
bool needle_number(struct needle_cursor *c, char letter, uint32_t *code);
/* A whole character; in a pattern that PCRE2 took, UTF-8 is well-formed. */
uint32_t needle_character(struct needle_cursor *c);
/* {n}, {n,} or {n,m}; anything else stays where it is. */
bool needle_braces(struct needle_cursor *c, uint32_t *min, uint32_t *max);

#endif
