/*
 * Lists in memory: the entries one after the other.
 */
#include "config.h"

#include "rules/list.h"

#include <stdlib.h>
#include <string.h>

#include "rules/addr.h"
#include "rules/arena.h"
#include "rules/panic.h"

const char *const list_kind_names[LIST_KIND_COUNT] = { "domains", "addresses",
	"networks", "words", "patterns" };

struct list {
	enum list_kind kind;
	struct arena *arena;
	struct list_hit *entry;
	size_t count, cap;
};

struct list *
list_new(enum list_kind kind, const struct list_options *options)
{
	struct list *l = xcalloc(1, sizeof(*l));

	(void)options;
	l->kind = kind;
	l->arena = arena_new();
	return l;
}

void
list_free(struct list **l)
{
	if (*l == NULL)
		return;
	arena_free(&(*l)->arena);
	free(*l);
	*l = NULL;
}

enum list_kind
list_kind(const struct list *l)
{
	return l->kind;
}

static void
list_add(struct list *l, struct span text, const char *source, size_t line)
{
	struct list_hit hit = {
		.source = arena_strdup(l->arena, span_of(source)), .line = line
	};

	if (l->kind == LIST_DOMAINS) {
		hit.alone_only = text.p[0] == '=';
		hit.below_only = text.p[0] == '.';
		if (hit.alone_only || hit.below_only)
			text = span_slice(text, 1, text.n);
	}
	hit.entry = arena_lower(l->arena, text);
	l->entry = arena_grow(
	    l->arena, l->entry, &l->cap, l->count + 1, sizeof(*l->entry));
	l->entry[l->count++] = hit;
}

bool
list_add_text(struct list *l, struct span text, const char *source,
    size_t first_line, struct list_report *report)
{
	struct span line;

	for (size_t n = first_line; span_cut(&text, '\n', &line); n++) {
		line = span_trim(span_slice(line, 0, span_find(line, '#')));
		if (line.n > 1 && line.p[0] == '"')
			line = span_slice(line, 1, line.n - 1);
		if (line.n == 0)
			continue;
		list_add(l, line, source, n);
		if (report != NULL)
			report->entries++;
	}
	return true;
}

bool
list_add_pattern(struct list *l, struct span regex, unsigned flags,
    const char *source, size_t line, struct pattern_error *error)
{
	(void)flags;
	(void)error;
	list_add(l, regex, source, line);
	return true;
}

void
list_finish(struct list *l)
{
	(void)l;
}

size_t
list_count(const struct list *l)
{
	return l->count;
}

size_t
list_memory(const struct list *l)
{
	return arena_used(l->arena);
}

struct patterns *
list_patterns(struct list *l)
{
	(void)l;
	return NULL;
}

static bool
entry_holds(const struct list_hit *e, enum list_kind kind, struct span text)
{
	if (kind == LIST_DOMAINS)
		return e->alone_only   ? span_case_eq(text, e->entry)
		       : e->below_only ? domain_is_sub(text, e->entry) &&
					     text.n > e->entry.n
				       : domain_is_sub(text, e->entry);
	if (kind == LIST_ADDRESSES && e->entry.p[0] == '@')
		return span_case_ends(text, e->entry);
	return span_case_eq(text, e->entry);
}

static bool
list_find(const struct list *l, enum list_kind kind, struct span text,
    struct list_hit *hit)
{
	if (l->kind != kind)
		return false;
	for (size_t i = 0; i < l->count; i++)
		if (entry_holds(&l->entry[i], kind, text)) {
			if (hit != NULL)
				*hit = l->entry[i];
			return true;
		}
	return false;
}

bool
list_find_domain(const struct list *l, struct span domain, int64_t now_s,
    struct list_hit *hit)
{
	(void)now_s;
	return list_find(l, LIST_DOMAINS, domain, hit);
}

bool
list_find_address(const struct list *l, struct span address, int64_t now_s,
    struct list_hit *hit)
{
	(void)now_s;
	return list_find(l, LIST_ADDRESSES, address, hit);
}

bool
list_find_ip(
    const struct list *l, struct ip ip, int64_t now_s, struct list_hit *hit)
{
	struct ip_net net;

	(void)now_s;
	for (size_t i = 0; l->kind == LIST_NETWORKS && i < l->count; i++)
		if (ip_net_parse(l->entry[i].entry, &net) && ip_in(ip, net)) {
			if (hit != NULL)
				*hit = l->entry[i];
			return true;
		}
	return false;
}

bool
list_find_word(
    const struct list *l, struct span word, int64_t now_s, struct list_hit *hit)
{
	(void)now_s;
	return list_find(l, LIST_WORDS, word, hit);
}

enum pattern_answer
list_find_text(const struct list *l, const struct patterns_job *job,
    int64_t now_s, struct list_hit *hit, struct pattern_result *match)
{
	(void)l;
	(void)job;
	(void)now_s;
	(void)hit;
	(void)match;
	return PATTERN_NO;
}

void
list_each(const struct list *l, int64_t now_s,
    bool (*each)(void *context, const struct list_hit *hit), void *context)
{
	(void)now_s;
	for (size_t i = 0; i < l->count; i++)
		if (!each(context, &l->entry[i]))
			return;
}
