/*
 * HTML tokens: pieces of the page, in order, or a reference's few octets.
 */
#include "config.h"

#include "rules/base/panic.h"
#include "rules/html/html_entity.h"
#include "rules/html/html_lex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(
    const struct html_lex *lex, const struct html_token *token, struct arena *a)
{
	struct span page = lex->page, text = token->text;

	INVARIANT(text.p == lex->character || text.n == 0 ||
		  (text.p >= page.p && text.p + text.n <= page.p + page.n));
	if (token->kind != HTML_TOKEN_OPEN)
		return;
	for (size_t i = 0; i < ATTR_COUNT; i++) {
		struct span value = token->value[i];

		if ((token->has & 1U << i) == 0)
			continue;
		INVARIANT(
		    value.n == 0 ||
		    (value.p > page.p && value.p + value.n < page.p + lex->at));
		INVARIANT(html_entity_value(value, a).n <= value.n * 6 / 5);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct html_token token;
	struct html_lex lex;
	size_t at = 0;

	html_lex_init(&lex, span_make((const char *)data, size));
	while (html_lex_next(&lex, &token)) {
		INVARIANT(lex.at > at && lex.at <= size);
		at = lex.at;
		check(&lex, &token, a);
		lex.foreign =
		    token.kind == HTML_TOKEN_OPEN && token.tag == TAG_SVG;
	}
	INVARIANT(lex.at == size);
	arena_free(&a);
	return 0;
}
