#ifndef RULES_TEXT_SCRIPT_H
#define RULES_TEXT_SCRIPT_H

/*
 * Which alphabets a text is written in, and whether letters of one stand in
 * for those of another. Pure; any thread; linear.
 */

#include "rules/base/span.h"

enum script {
	SCRIPT_LATIN,
	SCRIPT_GREEK,
	SCRIPT_CYRILLIC,
	SCRIPT_HEBREW,
	SCRIPT_ARABIC,
	SCRIPT_INDIC, /* Devanagari to Sinhala */
	SCRIPT_THAI,  /* and Lao */
	SCRIPT_HAN,
	SCRIPT_KANA,
	SCRIPT_HANGUL,
	SCRIPT_OTHER,
};
#define SCRIPT_COUNT (SCRIPT_OTHER + 1)

struct script_shares {
	size_t characters; /* all but white space */
	size_t letters;
	size_t of[SCRIPT_COUNT]; /* of the letters */
	/* Words of at least four letters, two of them Latin, with a Greek or
	 * Cyrillic letter that looks like a Latin one. */
	size_t mixed_words;
};

/* s is valid UTF-8. */
void script_count(struct span s, struct script_shares *out);
/* Of all letters, in percent; 0 where there are none. */
double script_percent(const struct script_shares *shares, enum script script);

#endif
