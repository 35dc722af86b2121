#ifndef RULES_TEXT_FOLDED_H
#define RULES_TEXT_FOLDED_H

/*
 * Running text for comparing phrases with it, as people read it whatever it
 * is made of. Pure; any thread.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

/*
 * - Any run of blanks, no-break spaces and the like is one blank.
 * - A line end within a paragraph is a blank, where lines are joined; an empty
 *   line, a quoted line and one that begins with a mark of a list stay apart.
 * - Full-width, mathematical, circled and squared letters and digits, small
 *   capitals, super- and subscripts and ligatures are the plain ones.
 * - A letter and an accent behind it are the letter with that accent, as
 *   keyboards make it, and so are the parts of a Korean syllable; other marks
 *   on Latin letters, such as lines through them, are left out.
 *
 * s is valid UTF-8 with LF line ends. Returns s itself when nothing changes,
 * else a text in the arena that is no longer than s.
 */
struct span folded_text(struct span s, bool join, struct arena *a);

/* How many octets of any text from offset at on stay as they are: ASCII that is
 * drawn, and single blanks. blank: what comes before them ends in one. */
size_t folded_run(struct span s, size_t at, bool blank);

#endif
