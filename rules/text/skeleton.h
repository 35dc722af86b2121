#ifndef RULES_TEXT_SKELETON_H
#define RULES_TEXT_SKELETON_H

/*
 * What a character is taken for by those who read quickly: one Latin letter
 * for all that look like it. Pure; any thread.
 */

#include <stdint.h>

/*
 * A lower-case letter, or '\0' for what looks like none. Digits stand for the
 * letters that they replace, "i" for "l"; other ASCII is itself.
 */
char skeleton_ascii(char c);
/* The same for characters beyond ASCII; those of ASCII are '\0'. */
char skeleton_letter(uint32_t rune);
/* The same for both, of capital letters too. */
char skeleton_rune(uint32_t rune);

#endif
