/*
 * Arenas: memory that is freed all at once. A block is half as large as all
 * before it, up to a limit; a piece that would fill a block gets one of its
 * own, and the last one goes on being filled.
 */
#include "config.h"

#include "rules/base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"

#define BLOCK_FIRST ((size_t)2048)
#define BLOCK_MAX   ((size_t)256 * 1024)
#define ALIGNMENT   alignof(max_align_t)

struct block {
	struct block *next;
	size_t size; /* of data */
	size_t used;
	alignas(max_align_t) char data[];
};

struct arena {
	struct block *newest;
	size_t used;
	size_t size; /* of all blocks */
	size_t max;
	arena_ask *ask;
	void *ctx;
	bool refused; /* ask said no */
};

static struct block *
block_new(size_t size)
{
	struct block *b = xmalloc(sizeof(*b) + size);

	b->next = NULL;
	b->size = size;
	b->used = 0;
	return b;
}

struct arena *
arena_new(void)
{
	struct arena *a = xcalloc(1, sizeof(*a));

	a->newest = block_new(BLOCK_FIRST);
	a->size = BLOCK_FIRST;
	a->max = SIZE_MAX;
	return a;
}

void
arena_bound(struct arena *a, size_t max)
{
	a->max = max;
}

void
arena_watch(struct arena *a, arena_ask *ask, void *ctx)
{
	a->ask = ask;
	a->ctx = ctx;
}

bool
arena_over(const struct arena *a)
{
	return a->refused || a->used > a->max;
}

size_t
arena_size(const struct arena *a)
{
	return a->size;
}

static void
arena_drop_until(struct arena *a, const struct block *keep)
{
	while (a->newest != keep) {
		struct block *next = a->newest->next;

		a->size -= a->newest->size;
		free(a->newest);
		a->newest = next;
	}
}

void
arena_free(struct arena **a)
{
	if (*a == NULL)
		return;
	arena_drop_until(*a, NULL);
	free(*a);
	*a = NULL;
}

void
arena_reset(struct arena *a)
{
	const struct block *first = a->newest;

	while (first->next != NULL)
		first = first->next;
	arena_drop_until(a, first);
	a->newest->used = 0;
	a->used = 0;
	a->refused = false;
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}

static struct block *
arena_block(struct arena *a, size_t size)
{
	struct block *b;

	if (a->ask != NULL && !a->ask(a->ctx, size))
		a->refused = true;
	b = block_new(size);
	a->size += size;
	return b;
}

/* A block with room for rounded octets. The first one stays the last in the
 * list: it is what is left of an arena that is reset. */
static struct block *
arena_room(struct arena *a, size_t rounded)
{
	struct block *newest = a->newest, *b;
	size_t size = a->size / 2;

	if (newest->size - newest->used >= rounded)
		return newest;
	size = size < BLOCK_FIRST ? BLOCK_FIRST
	       : size > BLOCK_MAX ? BLOCK_MAX
				  : size;
	if (rounded > size / 2 && newest->next != NULL) {
		b = arena_block(a, rounded);
		b->next = newest->next;
		newest->next = b;
		return b;
	}
	b = arena_block(a, size < rounded ? rounded : size);
	b->next = newest;
	a->newest = b;
	return b;
}

static void *
arena_raw(struct arena *a, size_t n)
{
	size_t rounded;
	struct block *b;
	void *p;

	if (n > SIZE_MAX / 2)
		panic("arena piece of %zu octets", n);
	rounded = (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	b = arena_room(a, rounded);
	p = b->data + b->used;
	b->used += rounded;
	a->used += rounded;
	return p;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	return memset(arena_raw(a, n), 0, n);
}

char *
arena_octets(struct arena *a, size_t n)
{
	return arena_raw(a, n);
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		panic("arena array of %zu times %zu octets", count, size);
	return arena_alloc(a, count * size);
}

struct span
arena_dup(struct arena *a, struct span s)
{
	return (struct span){ arena_strdup(a, s), s.n };
}

char *
arena_strdup(struct arena *a, struct span s)
{
	char *p = arena_raw(a, s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

struct span
arena_without(struct arena *a, struct span s, struct span unwanted)
{
	char *p = arena_raw(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (span_find(unwanted, s.p[i]) == SIZE_MAX)
			p[n++] = s.p[i];
	p[n] = '\0';
	return span_make(p, n);
}

struct span
arena_lower(struct arena *a, struct span s)
{
	char *p = arena_strdup(a, s);

	for (size_t i = 0; i < s.n; i++)
		p[i] = ascii_lower(p[i]);
	return (struct span){ p, s.n };
}

char *
arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	int n;
	char *p;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		panic("format %s", fmt);
	p = arena_raw(a, (size_t)n + 1);
	(void)vsnprintf(p, (size_t)n + 1, fmt, ap);
	return p;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;

	va_start(ap, fmt);
	p = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return p;
}

void *
arena_grow(struct arena *a, void *old, size_t *cap, size_t need, size_t size)
{
	size_t want = *cap == 0 ? 8 : *cap;
	void *fresh;

	if (need <= *cap)
		return old;
	while (want < need)
		want *= 2;
	fresh = arena_array(a, want, size);
	if (*cap > 0)
		memcpy(fresh, old, *cap * size);
	*cap = want;
	return fresh;
}
