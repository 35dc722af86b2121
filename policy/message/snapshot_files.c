/*
 * Files that came inside JSON, as cases and the journal carry them.
 */
#include "config.h"

#include "policy/base/json.h"
#include "policy/message/snapshot.h"

#define GIVEN_FILE_MAX ((size_t)64 * 1024 * 1024)

/* A text, or its lines. */
static bool
snapshot_file_text(struct jsonr v, struct arena *a, struct span *out)
{
	struct buf text;
	struct span line;

	if (jsonr_text(v, &line)) {
		*out = arena_dup(a, line);
		return true;
	}
	if (jsonr_type(v) != JSONR_ARRAY)
		return false;
	buf_init(&text, GIVEN_FILE_MAX);
	for (size_t i = 0; i < jsonr_count(v); i++) {
		if (jsonr_text(jsonr_at(v, i), &line))
			(void)buf_add(&text, line);
		(void)buf_addc(&text, '\n');
	}
	*out = arena_dup(a, buf_span(&text));
	buf_free(&text);
	return true;
}

size_t
snapshot_files_read(
    struct jsonr lists, struct arena *a, const struct snapshot_file **out)
{
	struct snapshot_file *file =
	    arena_array(a, jsonr_count(lists) + 1, sizeof(*file));
	const void *cursor = NULL;
	struct jsonr member;
	struct span name;
	size_t count = 0;

	*out = file;
	while (jsonr_next(lists, &cursor, &name, &member)) {
		if (!snapshot_file_text(member, a, &file[count].text))
			continue;
		file[count++].name = arena_dup(a, name);
	}
	return count;
}
