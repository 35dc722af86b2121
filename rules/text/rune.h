#ifndef RULES_TEXT_RUNE_H
#define RULES_TEXT_RUNE_H

/* What characters look like, by their code points. Pure; any thread. */

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/arena.h"
#include "rules/base/span.h"

/* Nothing is drawn for it: zero-width, soft hyphen, tags, variation marks. */
bool rune_invisible(uint32_t rune);
/* Turns the direction of the text that follows (UAX 9 explicit formatting). */
bool rune_bidi(uint32_t rune);
/* White space of any script. */
bool rune_space(uint32_t rune);
/*
 * A dot, or what becomes one by compatibility normalisation (U+3002 ...) and
 * so separates labels for some software.
 */
bool rune_dot(uint32_t rune);
/*
 * A text as people see it: s without what is invisible or turns the direction;
 * s itself where there is nothing of that.
 */
struct span rune_drawn(struct span s, struct arena *a);

#endif
