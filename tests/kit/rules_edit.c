/*
 * See rules_edit.h.
 */
#include "config.h"

#include "tests/kit/rules_edit.h"

#include <stdio.h>
#include <string.h>

#include "rules/base/span.h"

/* The text with what is between at and end replaced. */
static bool
edit_put(const char *text, const char *at, const char *end, const char *by,
    char *out, size_t size)
{
	int n =
	    snprintf(out, size, "%.*s%s%s", (int)(at - text), text, by, end);

	return n >= 0 && (size_t)n < size && strcmp(out, text) != 0;
}

/* Behind one of the words that stands in a line with this beginning. */
static const char *
edit_find(const char *text, const char *line, const char *word, struct gen *g)
{
	const char *found[1000], *end = strchr(text, '\n');
	unsigned n = 0;

	for (; end != NULL; text = end + 1, end = strchr(text, '\n')) {
		const char *at = text;

		if (strncmp(text, line, strlen(line)) != 0)
			continue;
		while ((at = strstr(at, word)) != NULL && at < end &&
		       n < ARRAY_COUNT(found)) {
			at += strlen(word);
			found[n++] = at;
		}
	}
	return n == 0 ? NULL : found[gen_number(g, n)];
}

static bool
edit_number(const char *text, const char *line, const char *word, struct gen *g,
    char *out, size_t size)
{
	static const char *const number[] = { "0.1", "0.3", "0.5", "1", "2.5",
		"3", "4", "7", "-2", "-0.4" };
	const char *at = edit_find(text, line, word, g);
	/* No threshold is below 0. */
	unsigned count =
	    (unsigned)ARRAY_COUNT(number) - (line[0] == 'v' ? 2 : 0);
	unsigned pick = gen_number(g, count);

	if (at == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		if (edit_put(text, at, at + strspn(at, "-.0123456789"),
			number[(pick + i) % count], out, size))
			return true;
	return false;
}

static bool
edit_list(const char *text, struct gen *g, char *out, size_t size)
{
	static const struct {
		const char *kind, *entry;
	} row[] = {
		{ " domains ", " q.test" },
		{ " domains ", " z.example" },
		{ " domains ", " =b.a.example" },
		{ " addresses ", " q@z.example" },
		{ " addresses ", " @a.example" },
		{ " networks ", " 198.51.100.1" },
		{ " networks ", " 192.0.2.0/26" },
		{ " words ", " Pills" },
		{ " patterns ", " /buy/" },
	};
	size_t pick = gen_number(g, ARRAY_COUNT(row));
	const char *at = edit_find(text, "list ", row[pick].kind, g), *end, *by;

	if (at == NULL)
		return false;
	end = at + strcspn(at, "\n");
	if (memchr(at, '{', (size_t)(end - at)) != NULL ||
	    strncmp(at, "by ", 3) == 0)
		return false;
	by = at + strcspn(at, " \n");
	if (by < end && gen_number(g, 2) == 0)
		return edit_put(text, at, by + 1, "", out, size);
	return edit_put(text, end, end, row[pick].entry, out, size);
}

static const char *
edit_rule(const char *text, size_t number)
{
	char name[40];

	(void)snprintf(name, sizeof(name), "rule r%zu ", number);
	return strstr(text, name);
}

static bool
edit_swap(const char *text, struct gen *g, char *out, size_t size)
{
	const char *a, *b, *end, *last;
	unsigned n = 2;
	int wrote;

	while (edit_rule(text, n) != NULL)
		n++;
	if (n < 4)
		return false;
	n = 2 + gen_number(g, n - 3);
	a = edit_rule(text, n);
	b = edit_rule(text, n + 1);
	end = edit_rule(text, n + 2);
	for (const char *const *word =
		 (const char *const[]){ "\nverdict ", "\npromise ", NULL };
	     end == NULL && *word != NULL; word++) {
		last = strstr(b, *word);
		end = last == NULL ? NULL : last + 1;
	}
	if (end == NULL)
		end = text + strlen(text);
	/* A tag has to be set above. */
	if (span_search(span_make(a, (size_t)(b - a)), SPAN(" tag ")) !=
		SIZE_MAX &&
	    span_search(span_make(b, (size_t)(end - b)), SPAN("tagged")) !=
		SIZE_MAX)
		return false;
	wrote = snprintf(out, size, "%.*s%.*s%.*s%s", (int)(a - text), text,
	    (int)(end - b), b, (int)(b - a), a, end);
	return wrote >= 0 && (size_t)wrote < size;
}

bool
rules_edit(const char *text, enum rules_edit kind, struct gen *g, char *out,
    size_t size)
{
	switch (kind) {
	case EDIT_SCORE:
		return edit_number(text, "rule ", " then score ", g, out, size);
	case EDIT_THRESHOLD:
		return edit_number(text, "verdict ", " at ", g, out, size);
	case EDIT_LIST:
		return edit_list(text, g, out, size);
	default:
		return edit_swap(text, g, out, size);
	}
}
