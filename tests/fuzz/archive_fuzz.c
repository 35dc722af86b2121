/*
 * Archives: names on one line each, in valid UTF-8, within the limits; and
 * the types that files have by content.
 */
#include "config.h"

#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/content/archive.h"
#include "rules/content/filetype.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define READ_MAX 100000

static bool
every_other(void *ctx, const struct filename *name, bool encrypted)
{
	(void)ctx;
	return !encrypted && name->clean.n % 2 == 0;
}

static bool
every_page(void *ctx, const struct filetype *type)
{
	(void)ctx;
	return type->kind == FILETYPE_HTML;
}

static void
member_octets(void *ctx, struct span name, struct span octets, bool cut)
{
	INVARIANT(utf8_valid(name) || name.n < 1024);
	INVARIANT(!cut || octets.n == 0);
	*(size_t *)ctx += octets.n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct archive_limits limits = { 20, 4096, 1 << 16,
		1 << 16, READ_MAX };
	size_t left = READ_MAX, taken = 0;
	struct archive_reader reader = { every_other, every_page, member_octets, &left,
		&taken };
	struct span octets = span_make((const char *)data, size), line;
	struct arena *a = arena_new();
	struct archive_list list;
	size_t lines = 0;

	INVARIANT(filetype_of(octets).type != NULL);
	archive_list_members(octets, &limits, &reader, a, &list);
	INVARIANT(list.count <= limits.entries);
	INVARIANT(taken <= READ_MAX + limits.inside);
	INVARIANT(utf8_valid(list.names));
	while (list.names.n > 0 && span_cut(&list.names, '\n', &line))
		lines++;
	INVARIANT(lines <= list.count);
	arena_free(&a);
	return 0;
}
