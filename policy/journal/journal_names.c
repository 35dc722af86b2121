/*
 * Names of facts beside records. All decisions of one program have the same,
 * so the last ones are kept: neither are five kilobytes looked up for each
 * decision nor cut into lines for each record.
 */
#include "config.h"

#include "policy/journal/journal_names.h"

#include <stdlib.h>

#include "rules/base/panic.h"

struct journal_names {
	struct journal_words *words; /* NULL: nothing is written */
	struct arena *arena;
	struct span text; /* p NULL: none */
	struct buf octets;
	struct jsonpack_names list;
};

struct journal_names *
journal_names_new(struct journal_words *words)
{
	struct journal_names *n = xcalloc(1, sizeof(*n));

	n->words = words;
	n->arena = arena_new();
	buf_init(&n->octets, 16);
	return n;
}

void
journal_names_free(struct journal_names **np)
{
	struct journal_names *n = *np;

	*np = NULL;
	if (n == NULL)
		return;
	buf_free(&n->octets);
	arena_free(&n->arena);
	free(n);
}

void
journal_names_forget(struct journal_names *n)
{
	arena_reset(n->arena);
	buf_clear(&n->octets);
	n->text = (struct span){ NULL, 0 };
	n->list = (struct jsonpack_names){ NULL, 0 };
}

/* Whether these were the last, whose text is kept then. */
static bool
names_are_kept(struct journal_names *n, struct span text)
{
	if (n->text.p != NULL && span_eq(n->text, text))
		return true;
	journal_names_forget(n);
	n->text = arena_dup(n->arena, text);
	return false;
}

struct span
journal_names_put(struct journal_names *n, struct span names, bool *octets)
{
	if (!names_are_kept(n, names))
		(void)journal_words_put(n->words, n->text, &n->octets);
	*octets = n->octets.n > 0;
	return *octets ? buf_span(&n->octets) : n->text;
}

const struct jsonpack_names *
journal_names_read(struct journal_names *n, struct span text)
{
	struct span rest, line;
	const char **name;
	size_t count = 0;

	if (names_are_kept(n, text))
		return &n->list;
	for (size_t i = 0; i < text.n; i++)
		count += text.p[i] == '\n';
	name = arena_array(n->arena, count + 1, sizeof(*name));
	rest = n->text;
	while (n->list.count < count && span_cut(&rest, '\n', &line))
		name[n->list.count++] = arena_strdup(n->arena, line);
	n->list.name = name;
	return &n->list;
}
