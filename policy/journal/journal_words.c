/*
 * Texts and their numbers, in memory as in the file. Numbers are given in
 * order from 1.
 */
#include "config.h"

#include "policy/journal/journal_words.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"
#include "rules/base/utf8.h"

/* Places of the hash table; a power of two, never more than half full. */
#define PLACES ((size_t)131072)
_Static_assert(PLACES >= 2 * JOURNAL_WORDS_MAX, "there is always a free place");

/* Of one decision. */
#define LINES_MAX ((size_t)1 << 20)

struct journal_words {
	struct sqlite *db;
	struct sqlite_statement *add, *since;
	struct arena *arena;
	struct span *text; /* by number - 1 */
	size_t count, cap;
	uint32_t *place; /* numbers, 0: free */
};

/* ---- in memory ----------------------------------------------------------- */

/* The place of the text, or the free one where it would stand. */
static size_t
words_place(const struct journal_words *w, struct span text)
{
	size_t at = (size_t)span_hash(text, 0) & (PLACES - 1);

	while (w->place[at] != 0 && !span_eq(w->text[w->place[at] - 1], text))
		at = (at + 1) & (PLACES - 1);
	return at;
}

static void
words_keep(struct journal_words *w, struct span text)
{
	size_t at = words_place(w, text);

	w->text = arena_grow(
	    w->arena, w->text, &w->cap, w->count + 1, sizeof(*w->text));
	w->text[w->count++] = arena_dup(w->arena, text);
	w->place[at] = (uint32_t)w->count;
}

/* Those of the file that are not here. False after an error. */
static bool
words_read(struct journal_words *w)
{
	enum sqlite_stepped stepped;

	sqlite_bind_number(w->since, 1, (int64_t)w->count);
	while ((stepped = sqlite_step(w->since)) == SQLITE_STEP_ROW &&
	       w->count < JOURNAL_WORDS_MAX &&
	       sqlite_column_number(w->since, 0) == (int64_t)w->count + 1)
		words_keep(w, sqlite_column_text(w->since, 1));
	sqlite_reset(w->since);
	return stepped != SQLITE_STEP_FAILED;
}

struct journal_words *
journal_words_new(struct sqlite *db)
{
	struct journal_words *w = xcalloc(1, sizeof(*w));

	w->db = db;
	w->arena = arena_new();
	w->place = xcalloc(PLACES, sizeof(*w->place));
	w->add = sqlite_prepare(db, "INSERT INTO word VALUES(?1,?2)");
	w->since = sqlite_prepare(
	    db, "SELECT id,text FROM word WHERE id>?1 ORDER BY id");
	if (w->add == NULL || w->since == NULL || !words_read(w))
		journal_words_free(&w);
	return w;
}

void
journal_words_free(struct journal_words **wp)
{
	struct journal_words *w = *wp;

	*wp = NULL;
	if (w == NULL)
		return;
	sqlite_statement_free(&w->add);
	sqlite_statement_free(&w->since);
	arena_free(&w->arena);
	free(w->place);
	free(w);
}

void
journal_words_forget(struct journal_words *w)
{
	(void)memset(w->place, 0, PLACES * sizeof(*w->place));
	w->count = w->cap = 0;
	w->text = NULL;
	arena_reset(w->arena);
	/* An error here shows at the next word, which is there already. */
	(void)words_read(w);
}

/* ---- numbers as octets --------------------------------------------------- */

/* Surrogates are no characters, and are stepped over. */
static size_t
number_put(size_t number, char out[4])
{
	return utf8_put(
	    (uint32_t)(number < 0xD800 ? number : number + 0x800), out);
}

static size_t
number_next(struct span octets, size_t at, size_t *number)
{
	uint32_t rune;
	size_t n = utf8_next(octets, at, &rune);

	*number = rune < 0xD800 ? rune : (size_t)rune - 0x800;
	return n;
}

/*
 * The place of a text that is not here. Another daemon may have given out
 * numbers since, as one does that ends while the next begins: with its own
 * count alone this one would give no number any more.
 */
static bool
words_add(struct journal_words *w, struct span text, size_t *at)
{
	if (!words_read(w))
		return false;
	*at = words_place(w, text);
	if (w->place[*at] != 0)
		return true;
	if (w->count == JOURNAL_WORDS_MAX)
		return false;
	sqlite_bind_number(w->add, 1, (int64_t)w->count + 1);
	sqlite_bind_text(w->add, 2, text);
	if (!sqlite_run(w->add))
		return false;
	words_keep(w, text);
	return true;
}

bool
journal_words_put(struct journal_words *w, struct span text, struct buf *out)
{
	size_t at = words_place(w, text);
	char octets[4];

	if (w->place[at] == 0 &&
	    (w->count == JOURNAL_WORDS_MAX || !words_add(w, text, &at)))
		return false;
	return buf_add(
	    out, span_make(octets, number_put(w->place[at], octets)));
}

struct span
journal_words_find(struct journal_words *w, struct span text, struct arena *a)
{
	size_t at;
	char octets[4];

	(void)words_read(w);
	at = words_place(w, text);
	if (w->place[at] == 0)
		return SPAN("");
	return arena_dup(
	    a, span_make(octets, number_put(w->place[at], octets)));
}

struct span
journal_words_texts(
    struct journal_words *w, struct span octets, struct arena *a)
{
	struct buf out;
	struct span lines;
	size_t number, at;

	if (octets.n == 0)
		return SPAN("");
	/* One is the usual case, and needs no copy. */
	at = number_next(octets, 0, &number);
	if (number > w->count)
		(void)words_read(w);
	if (at == octets.n && number > 0 && number <= w->count)
		return w->text[number - 1];
	buf_init(&out, LINES_MAX);
	for (at = 0; at < octets.n;) {
		at += number_next(octets, at, &number);
		if (number > w->count)
			(void)words_read(w);
		if (number == 0 || number > w->count)
			continue;
		if (out.n > 0)
			(void)buf_addc(&out, '\n');
		(void)buf_add(&out, w->text[number - 1]);
	}
	lines = arena_dup(a, buf_span(&out));
	buf_free(&out);
	return lines;
}
