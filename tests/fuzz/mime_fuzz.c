/*
 * Whole messages: structure, fields with all their readings, decoding, and
 * everything that stands on them. Texts must be valid UTF-8, parts must lie
 * within their limits.
 */
#include "config.h"

#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/content/content.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct content_limits limits = content_limits_standard;
	struct header_list h;
	struct content c;
	struct span body;
	unsigned anomalies = 0;

	limits.mime.parts = 40;
	limits.mime.depth = 8;
	header_list_init(&h, a);
	header_split(
	    span_make((const char *)data, size), &h, &body, &anomalies);
	content_read(&h, body, &limits, a, &c);
	/* Two readings where line ends differ, four views of each part. */
	INVARIANT(c.mime.count <= 2 * (4 * limits.mime.parts + 4));
	INVARIANT(c.mime.depth <= limits.mime.depth);
	INVARIANT(c.links.count <= limits.links);
	INVARIANT(utf8_valid(c.text));
	INVARIANT(utf8_valid(c.hidden));
	for (size_t i = 0; i < c.links.count; i++) {
		INVARIANT(utf8_valid(c.links.link[i].url));
		INVARIANT(utf8_valid(c.links.link[i].host));
		INVARIANT(utf8_valid(c.links.link[i].text));
	}
	for (size_t i = 0; i < c.file_count; i++) {
		INVARIANT(utf8_valid(c.file[i].members));
		for (size_t k = 0; k < c.file[i].name_count; k++)
			INVARIANT(utf8_valid(c.file[i].name[k].clean));
	}
	arena_free(&a);
	return 0;
}
