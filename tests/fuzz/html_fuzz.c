/*
 * HTML pages: valid UTF-8 out of whatever goes in, within the limits.
 */
#include "config.h"

#include "rules/html.h"
#include "rules/panic.h"
#include "rules/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct html_limits limits = { 1 << 20, 4096, 20, 16 };
	struct arena *a = arena_new();
	struct html_page page;

	html_read(span_make((const char *)data, size), &limits, a, &page);
	INVARIANT(page.text.n <= limits.text);
	INVARIANT(page.hidden.n <= limits.text);
	INVARIANT(page.link_count <= limits.links);
	INVARIANT(utf8_valid(page.text));
	INVARIANT(utf8_valid(page.hidden));
	for (size_t i = 0; i < page.link_count; i++) {
		INVARIANT(utf8_valid(page.link[i].href));
		INVARIANT(utf8_valid(page.link[i].text));
	}
	arena_free(&a);
	return 0;
}
