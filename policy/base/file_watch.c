/*
 * Has a file changed? By its times, size and identity, never by what is in it.
 */
#include "config.h"

#include "policy/base/file_watch.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "policy/base/file.h"

/* Which files there are, whatever is in them. */
static uint64_t
watched_names(const char *pattern)
{
	struct arena *a = arena_new();
	const char **path, *why;
	uint64_t stamp;
	size_t count;

	/* Unreadable is as good as empty here: the reload says what is wrong. */
	(void)path_glob(pattern, a, &path, &count, &why);
	stamp = count;

	for (size_t i = 0; i < count; i++)
		stamp = span_hash(span_of(path[i]), stamp);
	arena_free(&a);
	return stamp | 1;
}

static uint64_t
watched_stamp(const char *path, int64_t *changed_s)
{
	char text[160];
	struct stat st;
	int n;

	*changed_s = 0;
	if (strpbrk(path, "*?[") != NULL)
		return watched_names(path);
	if (stat(path, &st) != 0)
		return 0;
	*changed_s = st.st_ctim.tv_sec;
	n = snprintf(text, sizeof(text), "%lld.%09ld %lld.%09ld %lld %llu %llu",
	    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
	    (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec,
	    (long long)st.st_size, (unsigned long long)st.st_ino,
	    (unsigned long long)st.st_dev);
	return span_hash(span_make(text, (size_t)n), 0) | 1;
}

void
watched_add(struct watched *w, const char *path, enum watched_kind kind,
    struct arena *a)
{
	int64_t changed_s;

	w->file =
	    arena_grow(a, w->file, &w->cap, w->count + 1, sizeof(*w->file));
	w->file[w->count++] = (struct watched_file){
		.path = arena_strdup(a, span_of(path)),
		.kind = kind,
		.stamp = watched_stamp(path, &changed_s),
	};
}

struct watched_news
watched_look(const struct watched *w, int64_t now_s)
{
	struct watched_news news = { 0 };

	for (size_t i = 0; i < w->count; i++) {
		const struct watched_file *f = &w->file[i];
		int64_t changed_s;
		uint64_t stamp = watched_stamp(f->path, &changed_s);

		news.state = span_hash(
		    span_make((const char *)&stamp, sizeof(stamp)), news.state);
		if (stamp == f->stamp)
			continue;
		news.lists = news.lists || f->kind == WATCHED_LIST;
		news.rules = news.rules || f->kind == WATCHED_RULES;
		news.busy = news.busy || changed_s >= now_s;
	}
	return news;
}
