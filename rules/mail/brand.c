/*
 * The table of brands. Both the names in it and what is shown are brought to
 * the letters that people take them for, without what stands between words.
 */
#include "config.h"

#include "rules/mail/brand.h"

#include "rules/base/utf8.h"
#include "rules/text/domain.h"
#include "rules/text/skeleton.h"

#define BRAND_LETTERS_MIN 3
#define BRAND_DOMAINS_MAX 64

struct brand_letters {
	char text[BRAND_NAME_MAX];
	/* A word may begin with the letter, and may end with it. */
	bool begins[BRAND_NAME_MAX], ends[BRAND_NAME_MAX];
	size_t n;
};

static void
brand_letter(struct brand_letters *l, char c, bool begins)
{
	/* "rn" is read as m, "vv" as w. */
	static const struct {
		char first, second, as;
	} pair[] = { { 'r', 'n', 'm' }, { 'v', 'v', 'w' } };

	for (size_t i = 0; i < ARRAY_COUNT(pair); i++)
		if (l->n > 0 && !begins && c == pair[i].second &&
		    l->text[l->n - 1] == pair[i].first) {
			l->text[l->n - 1] = pair[i].as;
			return;
		}
	if (l->n == BRAND_NAME_MAX)
		return;
	l->text[l->n] = c;
	l->begins[l->n] = begins;
	l->ends[l->n++] = false;
}

/* Marks that stand for a letter between others: "Micro$oft". */
static char
brand_mark(struct span s, size_t at)
{
	static const char mark[] = "$|!", letter[] = "sll";
	const char *found = memchr(mark, s.p[at], sizeof(mark) - 1);

	if (found == NULL || at == 0 || at + 1 == s.n ||
	    !ascii_alnum(s.p[at - 1]) || !ascii_alnum(s.p[at + 1]))
		return '\0';
	return letter[found - mark];
}

/* '\0': what stands there separates words. */
static char
brand_rune(struct span s, size_t at, uint32_t rune)
{
	if (rune >= 0x80 || ascii_alnum((char)rune))
		return skeleton_rune(rune);
	return brand_mark(s, at);
}

static void
brand_letters_make(struct brand_letters *l, struct span name)
{
	bool begins = true, small = false;

	l->n = 0;
	for (size_t i = 0, length; i < name.n; i += length) {
		bool capital =
		    name.p[i] >= 'A' && name.p[i] <= 'Z'; /* PayPalService */
		uint32_t rune;
		char c;

		length = utf8_next(name, i, &rune);
		c = brand_rune(name, i, rune);
		if ((c == '\0' || (capital && small)) && l->n > 0)
			l->ends[l->n - 1] = true;
		begins = begins || c == '\0' || (capital && small);
		small = c >= 'a' && !capital;
		if (c == '\0')
			continue;
		brand_letter(l, c, begins);
		begins = false;
	}
	if (l->n > 0)
		l->ends[l->n - 1] = true;
}

/* ---- the table ----------------------------------------------------------------- */

void
brands_init(struct brands *b, struct arena *a)
{
	*b = (struct brands){ .arena = a };
}

static bool
brand_domains(
    struct brands *b, struct span text, struct brand *out, const char **why)
{
	struct span *domain =
	    arena_array(b->arena, BRAND_DOMAINS_MAX, sizeof(*domain));
	struct span word;

	out->domain = domain;
	out->domain_count = 0;
	while (span_cut(&text, ' ', &word)) {
		word = span_trim(word);
		if (word.n == 0)
			continue;
		if (out->domain_count == BRAND_DOMAINS_MAX) {
			*why = "there are too many domains";
			return false;
		}
		word = span_of(arena_strdup(b->arena, word));
		if (!domain_to_ascii(
			word, b->arena, &domain[out->domain_count], why))
			return false;
		out->domain_count++;
	}
	*why = "a domain is missing";
	return out->domain_count > 0;
}

static bool
brand_name(
    struct brands *b, struct span name, struct brand brand, const char **why)
{
	struct brand_letters letters;

	brand_letters_make(&letters, name);
	*why = "a name has too few letters";
	if (letters.n < BRAND_LETTERS_MIN)
		return false;
	*why = "there are too many names";
	if (b->count == BRAND_COUNT_MAX)
		return false;
	brand.name = arena_dup(b->arena, name);
	brand.skeleton =
	    arena_dup(b->arena, span_make(letters.text, letters.n));
	b->brand = arena_grow(
	    b->arena, b->brand, &b->cap, b->count + 1, sizeof(*b->brand));
	b->brand[b->count++] = brand;
	return true;
}

static bool
brand_line(struct brands *b, struct span line, const char **why)
{
	struct span names, name;
	struct brand brand;
	size_t colon;

	line = span_trim(span_slice(line, 0, span_find(line, '#')));
	if (line.n == 0)
		return true;
	*why = "it is not UTF-8";
	if (!utf8_valid(line))
		return false;
	colon = span_find(line, ':');
	*why = "a colon is missing";
	if (colon == SIZE_MAX ||
	    !brand_domains(b, span_slice(line, colon + 1, line.n), &brand, why))
		return false;
	names = span_slice(line, 0, colon);
	while (span_cut(&names, ',', &name))
		if (!brand_name(b, span_trim(name), brand, why))
			return false;
	return true;
}

bool
brands_add(struct brands *b, struct span text, size_t *line, const char **why)
{
	struct span one;

	for (*line = 1; span_cut(&text, '\n', &one); ++*line)
		if (!brand_line(b, one, why))
			return false;
	return true;
}

/* ---- asking -------------------------------------------------------------------- */

static bool
brand_stands_in(const struct brand *brand, const struct brand_letters *l)
{
	struct span want = brand->skeleton;

	for (size_t i = 0; i + want.n <= l->n; i++)
		if (l->begins[i] && l->text[i] == want.p[0] &&
		    l->ends[i + want.n - 1] &&
		    memcmp(&l->text[i], want.p, want.n) == 0)
			return true;
	return false;
}

const struct brand *
brands_shown(const struct brands *b, struct span name)
{
	const struct brand *best = NULL;
	struct brand_letters letters;
	bool first[256] = { false }; /* octets that words begin with */

	brand_letters_make(&letters, name);
	for (size_t i = 0; i < letters.n; i++)
		if (letters.begins[i])
			first[(unsigned char)letters.text[i]] = true;
	for (size_t i = 0; i < b->count; i++)
		if (first[(unsigned char)b->brand[i].skeleton.p[0]] &&
		    (best == NULL ||
			b->brand[i].skeleton.n > best->skeleton.n) &&
		    brand_stands_in(&b->brand[i], &letters))
			best = &b->brand[i];
	return best;
}

bool
brand_owns(const struct brand *brand, struct span domain)
{
	for (size_t i = 0; i < brand->domain_count; i++)
		if (domain_is_sub(domain, brand->domain[i]))
			return true;
	return false;
}

const struct brand *
brands_of(const struct brands *b, struct span domain)
{
	for (size_t i = 0; i < b->count; i++)
		if (brand_owns(&b->brand[i], domain))
			return &b->brand[i];
	return NULL;
}
