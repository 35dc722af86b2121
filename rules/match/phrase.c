/*
 * Is a strand a row of whole words, and what stands between them? A word is
 * whole where \b or an octet that is no \w must be on either side of it. Must
 * know nothing of texts.
 */
#include "config.h"

#include "rules/match/phrase.h"

static bool
phrase_letter(const struct strand *s, size_t i)
{
	return i < s->n && !s->v[i].border && s->v[i].letter != '\0';
}

/* Whether a word ends, or begins, at this item. */
static bool
phrase_parts(const struct strand *s, size_t i)
{
	return i < s->n &&
	       (s->v[i].border ||
		   (s->v[i].least > 0 && !octet_set_has_word(&s->v[i].set)));
}

/* The items behind letter i that are letters, too. */
static size_t
phrase_letters_end(const struct strand *s, size_t i)
{
	while (phrase_letter(s, i))
		i++;
	return i;
}

static bool
phrase_whole(const struct strand *s, size_t from, size_t end)
{
	return from > 0 && end - from <= PHRASE_WORD_MAX &&
	       phrase_parts(s, from - 1) && phrase_parts(s, end);
}

/*
 * What stands from item `from` to `end`, without the borders of words that are
 * whole; `outside`: behind the last word, where more than the least need not be
 * looked for. False when it has borders of its own, or cannot be told.
 */
static bool
phrase_gap_of(const struct strand *s, size_t from, size_t end, bool outside,
    struct arena *a, struct phrase_gap *out)
{
	struct strand_item *v;
	size_t open = 0;

	if (from > 0 && from < end && s->v[from].border)
		from++;
	if (end < s->n && from < end && s->v[end - 1].border)
		end--;
	v = arena_array(a, end - from + 1, sizeof(*v));
	*out = (struct phrase_gap){ .v = v, .n = end - from, .wordless = true };
	for (size_t i = from; i < end; i++) {
		v[i - from] = s->v[i];
		if (outside && i == end - 1)
			v[i - from].most = v[i - from].least;
		if (s->v[i].border || v[i - from].least > UINT16_MAX)
			return false;
		open += v[i - from].least != v[i - from].most;
		out->least += v[i - from].least;
		out->most =
		    v[i - from].most == STRAND_ANY || out->most == STRAND_ANY
			? STRAND_ANY
			: out->most + v[i - from].most;
		out->wordless =
		    out->wordless && !octet_set_has_word(&v[i - from].set);
	}
	return open <= 1 && (out->wordless || out->most <= PHRASE_REACH_MAX);
}

static struct span
phrase_word(const struct strand *s, size_t from, size_t end, struct arena *a)
{
	char *text = arena_octets(a, end - from + 1);

	for (size_t i = from; i < end; i++)
		text[i - from] = s->v[i].letter;
	return span_make(text, end - from);
}

/* The gap before the word that is from item `from` to `end`, and the word. */
static bool
phrase_add(const struct strand *s, size_t gap, size_t from, size_t end,
    struct arena *a, struct phrase *out)
{
	if (out->count == PHRASE_WORDS_MAX ||
	    !phrase_gap_of(s, gap, from, false, a, &out->gap[out->count]))
		return false;
	out->word[out->count++] = phrase_word(s, from, end, a);
	return true;
}

bool
phrase_of(const struct strand *strand, struct arena *a, struct phrase *out)
{
	size_t gap = 0, end;
	const struct phrase_gap *lead = &out->gap[0], *trail;

	*out = (struct phrase){ .count = 0 };
	for (size_t i = 0; i < strand->n; i = end + (end == i)) {
		end = phrase_letters_end(strand, i);
		if (end == i || !phrase_whole(strand, i, end))
			continue;
		if (!phrase_add(strand, gap, i, end, a, out))
			return false;
		gap = end;
	}
	trail = &out->gap[out->count];
	if (out->count == 0 || !phrase_gap_of(strand, gap, strand->n, true, a,
				   &out->gap[out->count]))
		return false;
	return lead->least == lead->most && trail->least == trail->most &&
	       (out->count > 1 || lead->most + trail->most == 0);
}
