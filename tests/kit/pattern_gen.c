/*
 * Makes patterns and texts from a small vocabulary and a random sequence that
 * is the same everywhere.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "rules/base/span.h"
#include "tests/kit/pattern_gen.h"

static const char *const gen_common[] = { "the", "of", "and", "to", "in", "is",
	"you", "that", "it", "he", "was", "for", "on", "are", "as", "with",
	"his", "they", "at", "be", "this", "have", "from", "or", "one", "had",
	"by", "word", "but", "not", "what", "all", "were", "we", "when", "your",
	"can", "said", "there", "use", "an", "each", "which", "she", "do",
	"how", "their", "if", "will", "up", "other", "about", "out", "many",
	"then", "them", "these", "so", "some", "her", "would", "make", "like",
	"him", "into", "time", "has", "look", "two", "more", "write", "go",
	"see", "number", "no", "way", "could", "people", "my", "than", "first",
	"water", "been", "call", "who", "oil", "its", "now", "find", "long",
	"down", "day", "did", "get", "come", "made", "may", "part", "meeting",
	"report", "project", "schedule", "regards", "attached", "please",
	"thanks", "Monday", "invoice", "quarter", "budget", "team", "review" };

static const char *const gen_marked[] = { "lottery", "winner", "inherit",
	"transfer", "million", "urgent", "password", "verify", "account",
	"suspended", "bitcoin", "wallet", "pharmacy", "discount", "replica",
	"watches", "weight", "loss", "miracle", "guarantee", "casino", "bonus",
	"jackpot", "mortgage", "refinance", "credit", "score", "loan",
	"approved", "cheap", "meds", "click", "here", "unsubscribe", "offer",
	"limited", "exclusive", "deal", "free", "trial", "risk", "income",
	"work", "home", "earn", "cash", "money", "fast", "secret", "amazing",
	"beneficiary", "deceased", "barrister", "consignment", "diplomat",
	"investment", "partner", "confidential", "proposal", "fund" };

static const char *const gen_syllables[] = { "ba", "ce", "di", "fo", "gu", "ha",
	"ke", "li", "mo", "nu", "pa", "que", "ri", "so", "tu", "va", "we", "xi",
	"yo", "zu", "ter", "lin", "dor", "mas", "pel", "ran" };

/* A linear congruence; the high bits are random enough. */
unsigned
gen_number(struct gen *g, unsigned limit)
{
	g->state = g->state * UINT64_C(6364136223846793005) +
		   UINT64_C(1442695040888963407);
	return (unsigned)((g->state >> 33) % limit);
}

#define GEN_PICK(g, table) (table)[gen_number((g), ARRAY_COUNT(table))]

struct gen_out {
	char *p;
	size_t n;
	size_t size;
};

static void
gen_put(struct gen_out *o, const char *z)
{
	size_t n = strlen(z);

	if (o->n + n + 1 > o->size)
		return;
	memcpy(o->p + o->n, z, n + 1);
	o->n += n;
}

static void
gen_put_char(struct gen_out *o, char c)
{
	char z[2] = { c, '\0' };

	gen_put(o, z);
}

static void
gen_put_made_up(struct gen *g, struct gen_out *o)
{
	for (unsigned n = 2 + gen_number(g, 3); n > 0; n--)
		gen_put(o, GEN_PICK(g, gen_syllables));
}

static void
gen_put_word(struct gen *g, struct gen_out *o)
{
	if (gen_number(g, 3) == 0)
		gen_put(o, GEN_PICK(g, gen_marked));
	else
		gen_put_made_up(g, o);
}

/* A word as people write it who want no filter to see it. */
static void
gen_put_disguised(struct gen *g, struct gen_out *o)
{
	static const char from[] = "aeiost", *const to[] = { "[a4@]", "[e3]",
		"[i1l!|]", "[o0]", "[s5$]", "[t7+]" };
	const char *word = GEN_PICK(g, gen_marked);

	for (; *word != '\0'; word++) {
		const char *at = strchr(from, *word);

		if (at != NULL && gen_number(g, 3) > 0)
			gen_put(o, to[at - from]);
		else
			gen_put_char(o, *word);
		if (gen_number(g, 4) == 0 && word[1] != '\0')
			gen_put(o, "[\\W_]{0,2}");
	}
}

static void
gen_ordinary(struct gen *g, struct gen_out *o)
{
	static const char *const gaps[] = { " ", "\\s+", " +", "[ -]", " a " };
	unsigned words = 1 + gen_number(g, 3);

	if (gen_number(g, 2) == 0)
		gen_put(o, "\\b");
	for (unsigned i = 0; i < words; i++) {
		if (i > 0)
			gen_put(o, GEN_PICK(g, gaps));
		if (gen_number(g, 4) == 0) {
			gen_put(o, "(?:");
			gen_put_word(g, o);
			gen_put(o, "|");
			gen_put_word(g, o);
			gen_put(o, ")");
		} else {
			gen_put_word(g, o);
		}
	}
	if (gen_number(g, 3) == 0)
		gen_put(o, "\\b");
}

static void
gen_heavy(struct gen *g, struct gen_out *o)
{
	static const char *const gaps[] = { "\\s+", ".{1,20}", "[^.]{0,30}",
		"\\W{1,3}", ".{0,40}\\b", "\\s(?:\\w+\\s){0,3}" };
	unsigned pieces = 2 + gen_number(g, 2);

	gen_put(o, gen_number(g, 3) == 0 ? "" : "\\b");
	for (unsigned i = 0; i < pieces; i++) {
		if (i > 0)
			gen_put(o, GEN_PICK(g, gaps));
		switch (gen_number(g, 5)) {
		case 0:
			gen_put_disguised(g, o);
			break;
		case 1:
			gen_put(o, "(?:");
			gen_put(o, GEN_PICK(g, gen_common));
			gen_put(o, "|");
			gen_put(o, GEN_PICK(g, gen_marked));
			gen_put(o, "|");
			gen_put_word(g, o);
			gen_put(o, ")s?");
			break;
		case 2:
			gen_put(o, "\\d{1,3}(?:,\\d{3})+");
			break;
		case 3:
			gen_put(o, GEN_PICK(g, gen_common));
			gen_put(o, " ");
			gen_put_word(g, o);
			break;
		default:
			gen_put_word(g, o);
			gen_put(o, "(?:ing|ed|s)?");
			break;
		}
	}
	gen_put(o, gen_number(g, 3) == 0 ? "" : "\\b");
}

static const char *
gen_shared(struct gen *g)
{
	return gen_number(g, 3) == 0 ? GEN_PICK(g, gen_marked)
				     : GEN_PICK(g, gen_common);
}

/* A template in which "W" is a word of all texts. */
static void
gen_phrases(struct gen *g, struct gen_out *o)
{
	static const char *const rows[] = { "\\b(?:W|W|W)\\s+W\\b",
		"\\bW .{0,20}\\b(?:W|W)s?\\b",
		"\\bW (?:your|our|the) W (?:W|now)\\b",
		"\\bW\\W{1,3}W\\W{1,3}W\\b" };

	for (const char *row = GEN_PICK(g, rows); *row != '\0'; row++)
		if (row[0] == 'W' && (o->n == 0 || row[-1] != '\\'))
			gen_put(o, gen_shared(g));
		else
			gen_put_char(o, *row);
}

/* ---- odd rows ------------------------------------------------------------ */

static const char *const gen_short[] = { "a", "b", "ab", "ba", "aB", "A", "ask",
	"K", "s1", "_a", "abcdefghijklmnop", "abcdefghijklmnopq" };

static void
gen_row_word(struct gen *g, struct gen_out *o)
{
	static const char *const odd[] = { "(?:a|ab)", "(?:b|a b|)", "[ab]",
		"[a1]b", "abs?", "(?:ba|K)(?:s|k)?", "(?:a|b(?:a|s))", "a{1,2}",
		"\\w", "\\d", "(?:b|-)", "[^a]", "\\$a", "a\\b", "(a|b)" };

	gen_put(o,
	    gen_number(g, 8) == 0 ? GEN_PICK(g, odd) : GEN_PICK(g, gen_short));
}

static void
gen_rows(struct gen *g, struct gen_out *o)
{
	static const char *const gaps[] = { " ", " ", "\\s+", "\\s+", " +",
		"\\W{1,3}", "\\W+", ".{0,20}\\b", " .{0,5}\\b", "\\b.{1,7}\\b",
		", ?", "\\s*,\\s*", "\\b\\W?\\b", "[ -]", "[^ab]{1,3}", "\\s+?",
		"\\b[\\s,-]{2,}\\b", " ?", "-", "\\b[^.]{0,9}\\b", "(?: |-)",
		"\\b.{3} ", " b? ", "\\b", ".*", "\\D{1,4}", "\\b\\S{1,3}\\b",
		"\\s{17,}", "\\n", "\\s*+", "[b-]\\b", " a.a " };
	static const char *const plain[] = { " ", "\\s+", "\\W{1,3}",
		" .{0,5}\\b" };
	static const char *const ends[] = { "", "\\b", "\\b", "\\b", "\\b",
		"\\b", "\\b", "\\b", "\\b", "\\b", "\\b", "\\b", " ", ",",
		"\\s*", "\\W", "^", "$", "\\$?", ".{2}" };

	gen_put(o, GEN_PICK(g, ends));
	for (unsigned n = 1 + gen_number(g, 4); n > 0; n--) {
		gen_row_word(g, o);
		gen_put(o, n == 1                  ? GEN_PICK(g, ends)
			   : gen_number(g, 2) == 0 ? GEN_PICK(g, plain)
						   : GEN_PICK(g, gaps));
	}
	if (gen_number(g, 9) == 0) {
		gen_put(o, "|\\b");
		gen_row_word(g, o);
		gen_put(o, "\\b");
	}
}

size_t
gen_rows_text(struct gen *g, bool ascii, char *out, size_t size)
{
	static const char *const between[] = { " ", " ", " ", "\n", "  ", ", ",
		",", "-", ".", "", " . ", " - ", "$", "                      ",
		"a1", "\xc3\xa9", " \xc3\xa9 ", "\xe2\x80\x99", "\xc2\xa0",
		"\xc5\xbf", "\xe2\x84\xaa" };
	struct gen_out o = { out, 0, size };

	out[0] = '\0';
	for (unsigned n = gen_number(g, gen_number(g, 6) == 0 ? 300 : 40);
	     n > 0; n--) {
		const char *gap = between[gen_number(
		    g, (unsigned)ARRAY_COUNT(between) - (ascii ? 6 : 0) -
			   (gen_number(g, 50) != 0 && !ascii ? 2 : 0))];

		gen_put(&o, GEN_PICK(g, gen_short));
		gen_put(&o, gap);
	}
	return o.n;
}

/* The alphabet of the wild ones: what folds oddly is in it. */
static const char *const gen_letters[] = { "a", "b", "k", "s", "A", "K", "S",
	" ", "\n", "1", "_", "-", "\xc3\xa9", "\xc3\x89", "\xc5\xbf",
	"\xe2\x84\xaa", "\xd0\xb6", "\xd0\x96", "\xe2\x80\x99", "\xea\x99\x8b",
	"\xf0\x9f\x98\x80" };

static void gen_wild(struct gen *g, struct gen_out *o, unsigned depth);

static void
gen_wild_class(struct gen *g, struct gen_out *o)
{
	static const char *const members[] = { "a-c", "\\d", "\\w", "[:alpha:]",
		"\\s", "k", "s", "\\-", "b", "\\x{e9}", "\\xe9", "1", "^",
		"]" };

	gen_put(o, gen_number(g, 4) == 0 ? "[^" : "[");
	gen_put(o, GEN_PICK(g, gen_letters));
	for (unsigned n = gen_number(g, 3); n > 0; n--) {
		const char *member = members[gen_number(
		    g, ARRAY_COUNT(members) - (gen_number(g, 9) != 0))];

		gen_put(o, member);
	}
	gen_put(o, "]");
}

static void
gen_wild_group(struct gen *g, struct gen_out *o, unsigned depth)
{
	static const char *const open[] = { "(", "(?:", "(?:", "(?i:", "(?>",
		"(?=", "(?!", "(?<=", "(?s-i:", "(?x: ", "(?<n>", "(?|" };

	gen_put(o, GEN_PICK(g, open));
	gen_wild(g, o, depth - 1);
	if (gen_number(g, 2) == 0) {
		gen_put(o, "|");
		gen_wild(g, o, depth - 1);
	}
	gen_put(o, ")");
}

static void
gen_wild(struct gen *g, struct gen_out *o, unsigned depth)
{
	static const char *const odd[] = { ".", "\\b", "\\w", "\\s", "^", "$",
		"\\d", "\\B", "(?i)", "\\Qa b\\E", "(?#x)", "\\x{212a}",
		"\\101", "\\x61", "\\W", "\\S", "\\R", "\\h", "\\n", "a{2}",
		"\\p{L}", "(?x)", "\\Z", "\\A", "\\1", "\\Kb", "\\x{17f}", "{",
		"b{,2}" };
	static const char *const repeat[] = { "*", "+", "?", "{2}", "{1,3}",
		"{2,}", "+?", "*+", "{0}", "{0,1}", "??" };

	for (unsigned n = 1 + gen_number(g, 4); n > 0; n--) {
		unsigned what = gen_number(g, 12);

		if (what == 0 && depth > 0)
			gen_wild_group(g, o, depth);
		else if (what == 1)
			gen_wild_class(g, o);
		else if (what <= 3)
			gen_put(o, GEN_PICK(g, odd));
		else
			gen_put(o, GEN_PICK(g, gen_letters));
		if (gen_number(g, 5) == 0)
			gen_put(o, GEN_PICK(g, repeat));
	}
}

void
gen_pattern(struct gen *g, enum gen_kind kind, char *out, size_t size)
{
	struct gen_out o = { out, 0, size };

	out[0] = '\0';
	switch (kind) {
	case GEN_ORDINARY:
		gen_ordinary(g, &o);
		break;
	case GEN_HEAVY:
		gen_heavy(g, &o);
		break;
	case GEN_PHRASES:
		gen_phrases(g, &o);
		break;
	case GEN_ROWS:
		gen_rows(g, &o);
		break;
	case GEN_WILD:
		gen_wild(g, &o, 3);
		break;
	}
}

void
gen_text(struct gen *g, bool spam, char *out, size_t length)
{
	char word[64];
	size_t n = 0, line = 0;

	while (n < length) {
		struct gen_out o = { word, 0, sizeof(word) };

		if (gen_number(g, spam ? 25 : 400) == 0)
			gen_put(&o, GEN_PICK(g, gen_marked));
		else if (gen_number(g, spam ? 20 : 50) == 0)
			gen_put_made_up(g, &o);
		else
			gen_put(&o, GEN_PICK(g, gen_common));
		if (gen_number(g, 12) == 0)
			gen_put(&o, gen_number(g, 2) == 0 ? "." : ",");
		line += o.n;
		gen_put(&o, line > 70 ? "\n" : " ");
		line = line > 70 ? 0 : line;
		for (size_t i = 0; i < o.n && n < length; i++)
			out[n++] = word[i];
	}
}

size_t
gen_wild_text(struct gen *g, char *out, size_t size)
{
	struct gen_out o = { out, 0, size };

	out[0] = '\0';
	for (unsigned n = gen_number(g, 40); n > 0; n--)
		gen_put(&o, GEN_PICK(g, gen_letters));
	return o.n;
}
