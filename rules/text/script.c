/*
 * Scripts by ranges of code points: coarse, but no table of Unicode has to
 * move with its versions for a share in percent.
 */
#include "config.h"

#include "rules/text/script.h"

#include "rules/base/octets.h"
#include "rules/base/utf8.h"
#include "rules/text/rune.h"
#include "rules/text/skeleton.h"

#define MIXED_LETTERS_MIN 4
#define MIXED_LATIN_MIN   2

/* Beyond ASCII. SCRIPT_COUNT: it is no letter. */
static unsigned
script_of(uint32_t rune)
{
	static const struct {
		uint32_t from, to;
		enum script script;
	} range[] = {
		{ 0x00aa, 0x00aa, SCRIPT_LATIN },
		{ 0x00ba, 0x00ba, SCRIPT_LATIN },
		{ 0x00c0, 0x00d6, SCRIPT_LATIN },
		{ 0x00d8, 0x00f6, SCRIPT_LATIN },
		{ 0x00f8, 0x02af, SCRIPT_LATIN },
		{ 0x0370, 0x0373, SCRIPT_GREEK },
		{ 0x0376, 0x037d, SCRIPT_GREEK },
		{ 0x0386, 0x0386, SCRIPT_GREEK },
		{ 0x0388, 0x03ff, SCRIPT_GREEK },
		{ 0x0400, 0x0481, SCRIPT_CYRILLIC },
		{ 0x048a, 0x052f, SCRIPT_CYRILLIC },
		{ 0x0531, 0x0587, SCRIPT_OTHER }, /* Armenian */
		{ 0x05d0, 0x05f2, SCRIPT_HEBREW },
		{ 0x0620, 0x064a, SCRIPT_ARABIC },
		{ 0x066e, 0x06d3, SCRIPT_ARABIC },
		{ 0x0750, 0x077f, SCRIPT_ARABIC },
		{ 0x0900, 0x0dff, SCRIPT_INDIC },
		{ 0x0e01, 0x0eff, SCRIPT_THAI },
		{ 0x10a0, 0x10ff, SCRIPT_OTHER }, /* Georgian */
		{ 0x1100, 0x11ff, SCRIPT_HANGUL },
		{ 0x1200, 0x13ff, SCRIPT_OTHER }, /* Ethiopic, Cherokee */
		{ 0x1780, 0x17b3, SCRIPT_OTHER }, /* Khmer */
		{ 0x1e00, 0x1eff, SCRIPT_LATIN },
		{ 0x1f00, 0x1fff, SCRIPT_GREEK },
		{ 0x2c60, 0x2c7f, SCRIPT_LATIN },
		{ 0x3005, 0x3007, SCRIPT_HAN },
		{ 0x3041, 0x30ff, SCRIPT_KANA },
		{ 0x3105, 0x312f, SCRIPT_HAN },
		{ 0x3131, 0x318e, SCRIPT_HANGUL },
		{ 0x31f0, 0x31ff, SCRIPT_KANA },
		{ 0x3400, 0x4dbf, SCRIPT_HAN },
		{ 0x4e00, 0x9fff, SCRIPT_HAN },
		{ 0xac00, 0xd7a3, SCRIPT_HANGUL },
		{ 0xf900, 0xfaff, SCRIPT_HAN },
		{ 0xfb50, 0xfefc, SCRIPT_ARABIC },
		{ 0xff66, 0xff9d, SCRIPT_KANA },
		{ 0x20000, 0x3ffff, SCRIPT_HAN },
	};
	size_t low = 0, high = ARRAY_COUNT(range);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (rune > range[middle].to)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ARRAY_COUNT(range) && rune >= range[low].from
		   ? range[low].script
		   : SCRIPT_COUNT;
}

struct script_word {
	size_t letters, latin, deceiving;
};

static void
script_word_end(struct script_word *word, struct script_shares *out)
{
	if (word->letters >= MIXED_LETTERS_MIN &&
	    word->latin >= MIXED_LATIN_MIN && word->deceiving > 0)
		out->mixed_words++;
	*word = (struct script_word){ .letters = 0 };
}

static void
script_letter(struct script_word *word, uint32_t rune, unsigned script)
{
	word->letters++;
	word->latin += script == SCRIPT_LATIN;
	if ((script == SCRIPT_CYRILLIC || script == SCRIPT_GREEK) &&
	    skeleton_rune(rune) != '\0')
		word->deceiving++;
}

/* Letters of ASCII. */
static void
script_latin(size_t n, struct script_word *word, struct script_shares *out)
{
	out->letters += n;
	out->of[SCRIPT_LATIN] += n;
	out->characters += n;
	word->letters += n;
	word->latin += n;
}

/* A character of ASCII that is no letter. */
static void
script_other(char c, struct script_word *word, struct script_shares *out)
{
	script_word_end(word, out);
	out->characters += !rune_space((unsigned char)c);
}

/* Words of which no letter is beyond ASCII: none of them deceives. */
static void
script_plain(struct span s, struct script_shares *out)
{
	struct script_word none = { .letters = 0 };
	size_t letters = 0, blanks = 0, i = 0;

	for (; s.n - i >= OCTETS_WORD; i += OCTETS_WORD) {
		uint64_t word = octets_read(s.p + i);
		uint64_t small = word | OCTETS_ALL(0x20U);

		letters += octets_count(
		    octets_from(small, 'a') & ~octets_from(small, 'z' + 1));
		blanks += octets_count(
		    octets_equal(word, ' ') |
		    (octets_from(word, '\t') & ~octets_from(word, '\r' + 1)));
	}
	script_latin(letters, &none, out);
	out->characters += i - blanks - letters;
	for (; i < s.n; i++)
		if (ascii_alpha(s.p[i]))
			script_latin(1, &none, out);
		else
			script_other(s.p[i], &none, out);
}

/* What stands between characters beyond ASCII; its first and its last word
 * may go on there. */
static void
script_ascii(struct span s, struct script_word *word, struct script_shares *out)
{
	size_t first = 0, last = s.n;

	while (first < s.n && ascii_alpha(s.p[first]))
		first++;
	script_latin(first, word, out);
	if (first == s.n)
		return;
	script_word_end(word, out);
	while (ascii_alpha(s.p[last - 1]))
		last--;
	script_plain(span_slice(s, first, last), out);
	script_latin(s.n - last, word, out);
}

static size_t
script_rune(struct span s, size_t at, struct script_word *word,
    struct script_shares *out)
{
	uint32_t rune;
	size_t octets = utf8_next(s, at, &rune);
	unsigned script = script_of(rune);

	if (script < SCRIPT_COUNT) {
		out->letters++;
		out->of[script]++;
		out->characters++;
		script_letter(word, rune, script);
	} else {
		script_word_end(word, out);
		out->characters += !rune_space(rune);
	}
	return octets;
}

void
script_count(struct span s, struct script_shares *out)
{
	struct script_word word = { .letters = 0 };

	*out = (struct script_shares){ .characters = 0 };
	for (size_t i = 0; i < s.n;) {
		size_t run = utf8_ascii_run(s, i);

		if (run > 0)
			script_ascii(span_slice(s, i, i + run), &word, out);
		i += run;
		if (i < s.n)
			i += script_rune(s, i, &word, out);
	}
	script_word_end(&word, out);
}

double
script_percent(const struct script_shares *shares, enum script script)
{
	return shares->letters == 0 ? 0
				    : 100.0 * (double)shares->of[script] /
					  (double)shares->letters;
}
