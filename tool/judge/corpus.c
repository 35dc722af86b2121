/*
 * Where the messages of a corpus are: walks directories and cuts mailboxes.
 */
#include "config.h"

#include "tool/judge/corpus.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "policy/base/file.h"
#include "rules/base/buf.h"
#include "tool/base/tool.h"

#define DEPTH_MAX   16
#define MAILBOX_MAX ((size_t)1024 * 1024 * 1024)

static bool corpus_walk(struct corpus *c, const char *path, unsigned depth);

static void
corpus_add(struct corpus *c, const char *path, uint64_t octets)
{
	c->file = arena_grow(
	    c->arena, c->file, &c->cap, c->count + 1, sizeof(*c->file));
	c->file[c->count++] = (struct corpus_file){ path, octets };
	c->octets += octets;
}

static bool
corpus_walk_dir(struct corpus *c, const char *path, unsigned depth)
{
	static const char *const maildir[] = { "cur", "new" };
	const char **entry, *why;
	size_t count;
	bool ok = true;

	if (depth >= DEPTH_MAX)
		return true;
	if (path_is_dir(path_join(path, "cur", c->arena)) &&
	    path_is_dir(path_join(path, "new", c->arena))) {
		for (size_t i = 0; i < ARRAY_COUNT(maildir); i++)
			ok = corpus_walk(c,
				 path_join(path, maildir[i], c->arena),
				 depth + 1) &&
			     ok;
		return ok;
	}
	if (!path_glob(path_join(path, "*", c->arena), c->arena, &entry, &count,
		&why)) {
		(void)tool_fail(0, "%s", why);
		return false;
	}
	for (size_t i = 0; i < count; i++)
		if (strchr(entry[i], '*') == NULL || count > 1)
			ok = corpus_walk(c, entry[i], depth + 1) && ok;
	return ok;
}

static bool
corpus_walk(struct corpus *c, const char *path, unsigned depth)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		(void)tool_fail(0, "%s: %s", path, strerror(errno));
		return false;
	}
	if (S_ISDIR(st.st_mode))
		return corpus_walk_dir(c, path, depth);
	if (S_ISREG(st.st_mode))
		corpus_add(c, path, (uint64_t)st.st_size);
	return true;
}

bool
corpus_find(struct corpus *c, const char *path)
{
	return corpus_walk(c, path, 0);
}

/* ---- mailboxes ------------------------------------------------------------- */

/* The line "From " that begins the next message, or the end. */
static size_t
mailbox_next(struct span all, size_t at)
{
	size_t next =
	    span_search(span_slice(all, at, all.n), SPAN("\n\nFrom "));

	return next == SIZE_MAX ? all.n : at + next + 2;
}

/* Takes the ">" off lines that were quoted for the mailbox's sake. */
static struct span
mailbox_unquote(struct span message, struct buf *out)
{
	struct span rest = message, line;

	if (span_search(message, SPAN("\n>")) == SIZE_MAX)
		return message;
	buf_clear(out);
	while (span_cut(&rest, '\n', &line)) {
		size_t quotes = 0;

		while (quotes < line.n && line.p[quotes] == '>')
			quotes++;
		if (quotes > 0 && span_starts(span_slice(line, quotes, line.n),
				      SPAN("From ")))
			line = span_slice(line, 1, line.n);
		(void)buf_add(out, line);
		(void)buf_addc(out, '\n');
	}
	return buf_span(out);
}

bool
corpus_each(const struct corpus_file *file,
    void (*visit)(void *ctx, const char *name, struct span message), void *ctx)
{
	struct arena *a = arena_new();
	struct span all;
	struct buf text;
	size_t number = 0;

	if (!tool_read(file->path, a, &all)) {
		arena_free(&a);
		return false;
	}
	if (!span_starts(all, SPAN("From "))) {
		visit(ctx, file->path, all);
		arena_free(&a);
		return true;
	}
	buf_init(&text, MAILBOX_MAX);
	for (size_t at = 0, end; at < all.n; at = end) {
		size_t start = span_find(span_slice(all, at, all.n), '\n');

		end = mailbox_next(all, at);
		start = start == SIZE_MAX ? end : at + start + 1;
		visit(ctx, arena_printf(a, "%s#%zu", file->path, ++number),
		    mailbox_unquote(span_slice(all, start, end), &text));
	}
	buf_free(&text);
	arena_free(&a);
	return true;
}
