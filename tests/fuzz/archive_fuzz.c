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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct archive_limits limits = { 20, 4096, 1 << 16 };
	struct span octets = span_make((const char *)data, size), line;
	struct arena *a = arena_new();
	struct archive_list list;
	size_t lines = 0;

	INVARIANT(filetype_of(octets).type != NULL);
	archive_list_members(octets, &limits, a, &list);
	INVARIANT(list.count <= limits.entries);
	INVARIANT(utf8_valid(list.names));
	while (list.names.n > 0 && span_cut(&list.names, '\n', &line))
		lines++;
	INVARIANT(lines <= list.count);
	arena_free(&a);
	return 0;
}
