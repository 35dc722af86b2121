/*
 * Shortcuts: what a double click leads to is valid UTF-8 on one line, within
 * the limit, and what is over the limit is said to be.
 */
#include "config.h"

#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/content/content_inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
shortcut_read(
    struct span octets, size_t max, struct arena *a, struct link_set *links)
{
	struct content out = { 0 };
	struct content_reader r = { .out = &out, .arena = a };

	link_set_init(&out.links, max, a);
	content_read_shortcut(&r, octets);
	*links = out.links;
	INVARIANT(links->count <= max);
	for (size_t i = 0; i < links->count; i++) {
		const struct link *l = &links->link[i];

		INVARIANT(utf8_valid(l->url) && utf8_valid(l->host));
		INVARIANT(span_find(l->url, '\n') == SIZE_MAX);
		INVARIANT(l->kind == LINK_LOAD || l->kind == LINK_REDIRECT);
	}
	return links->count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span octets = span_make((const char *)data, size);
	struct arena *a = arena_new();
	struct link_set few, many;

	if (shortcut_read(octets, 3, a, &few) <
	    shortcut_read(octets, 500, a, &many))
		INVARIANT(few.over);
	arena_free(&a);
	return 0;
}
