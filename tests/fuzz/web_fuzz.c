/*
 * Whatever a browser asks `verdict web` for: the target, a line end, and a
 * form. What the pages' builder makes of it stays well formed.
 */
#include "config.h"

#include <stdint.h>

#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "tool/web/html.h"
#include "tool/web/web_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Between two of its quotes nothing ends a value; outside, no tag begins that
 * was not meant. */
static void
page_check(struct span page)
{
	size_t tags = 0;

	INVARIANT(utf8_valid(page));
	for (size_t i = 0; i < page.n; i++) {
		char c = page.p[i];

		INVARIANT((unsigned char)c >= ' ' || c == '\n' || c == '\t');
		tags += c == '<';
	}
	/* The doctype; p, a and input, with the ends of two. */
	INVARIANT(tags == 6);
}

static void
page_make(const struct web_params *p, struct buf *out)
{
	struct html_pair pair[WEB_PARAMS_MAX];
	struct html h;

	html_init(&h, out);
	html_begin(&h, HTML_P);
	for (size_t i = 0; i < p->count; i++) {
		html_text(&h, p->item[i].key);
		pair[i].key = p->item[i].key.p;
		pair[i].value = p->item[i].value;
	}
	html_begin(&h, HTML_A);
	html_href(&h, PAGE_HISTORY, pair, p->count);
	html_text(&h, web_param(p, "q"));
	html_end(&h);
	html_begin(&h, HTML_INPUT);
	html_set(&h, ATTR_VALUE, web_param(p, "q"));
	html_end(&h);
	html_done(&h);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = span_make((const char *)data, size);
	size_t end = span_find(all, '\n');
	struct arena *a = arena_new();
	struct web_request r;
	const char *why = NULL;
	struct buf out;

	if (web_request_read(span_slice(all, 0, end),
		end == SIZE_MAX ? SPAN("") : span_slice(all, end + 1, all.n), a,
		&r, &why)) {
		INVARIANT(span_find(r.path, '\0') == SIZE_MAX);
		buf_init(&out, (size_t)4 << 20);
		page_make(&r.query, &out);
		if (!out.over)
			page_check(buf_span(&out));
		buf_free(&out);
	} else {
		INVARIANT(why != NULL);
	}
	arena_free(&a);
	return 0;
}
