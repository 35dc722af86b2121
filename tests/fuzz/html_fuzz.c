/*
 * HTML pages: valid UTF-8 out of whatever goes in, within the limits; and what
 * a limit cuts off is the end, all before it stays as it is.
 */
#include "config.h"

#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/html/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
page_check(const struct html_page *page, const struct html_limits *limits)
{
	INVARIANT(page->text.n <= limits->text);
	INVARIANT(page->hidden.n <= limits->text);
	INVARIANT(page->link_count <= limits->links);
	INVARIANT(utf8_valid(page->text));
	INVARIANT(utf8_valid(page->hidden));
	for (size_t i = 0; i < page->link_count; i++) {
		INVARIANT(utf8_valid(page->link[i].href));
		INVARIANT(utf8_valid(page->link[i].text));
	}
}

/* Small is what large begins with. */
static void
page_begins(const struct html_page *small, const struct html_page *large)
{
	INVARIANT(span_starts(large->text, small->text));
	INVARIANT(span_starts(large->hidden, small->hidden));
	INVARIANT(small->link_count <= large->link_count);
	for (size_t i = 0; i < small->link_count; i++)
		INVARIANT(span_eq(small->link[i].href, large->link[i].href));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct html_limits small = { 1 << 20, 512, 5, 16 };
	static const struct html_limits large = { 1 << 20, 1 << 20, 500, 16 };
	struct span octets = span_make((const char *)data, size);
	struct arena *a = arena_new();
	struct html_page cut, whole;

	html_read(octets, &small, a, &cut);
	page_check(&cut, &small);
	html_read(octets, &large, a, &whole);
	page_check(&whole, &large);
	page_begins(&cut, &whole);
	arena_free(&a);
	return 0;
}
