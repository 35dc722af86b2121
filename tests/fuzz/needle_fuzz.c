/*
 * A pattern and a text: whatever needles and the faster form for ASCII say,
 * the answer must be that of PCRE2 for the pattern as it is written. The
 * input is an octet of flags, the pattern, LF LF, and the text.
 */
#include "config.h"

#include "rules/panic.h"
#include "rules/patterns.h"
#include "rules/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RAW 16

static struct patterns *
make(struct span regex, unsigned flags, bool raw, bool plain)
{
	struct patterns_options options = {
		.raw = raw, .match_limit = 2000, .no_prefilter = plain
	};
	struct patterns_builder *b = patterns_builder_new(&options);
	struct pattern_error error;
	size_t index;

	if (!patterns_add(b, regex, flags, &index, &error)) {
		INVARIANT(error.offset <= regex.n && error.message[0] != '\0');
		patterns_builder_free(&b);
		return NULL;
	}
	return patterns_build(&b);
}

static struct pattern_result
match(const struct patterns *p, struct span text)
{
	struct patterns_job job = { .text = text };
	struct pattern_result result;

	patterns_scan(p, &job, &result);
	return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_make((const char *)data, size), text;
	unsigned flags = size > 0 ? data[0] : 0;
	bool raw = (flags & RAW) != 0;
	size_t cut = span_search(in, SPAN("\n\n"));
	struct arena *a = arena_new();
	struct patterns *fast, *plain;
	struct pattern_result x, y;

	text = span_slice(in, cut == SIZE_MAX ? cut : cut + 2, in.n);
	text = raw ? text : utf8_clean(text, a);
	in = span_slice(in, 1, cut < 200 ? cut : 200);
	flags &= RAW - 1;
	fast = make(in, flags, raw, false);
	plain = make(in, flags, raw, true);
	INVARIANT((fast == NULL) == (plain == NULL));
	if (fast != NULL) {
		x = match(fast, text);
		y = match(plain, text);
		if (x.answer != PATTERN_LIMIT && y.answer != PATTERN_LIMIT)
			INVARIANT(x.answer == y.answer &&
				  x.offset == y.offset && x.length == y.length);
	}
	patterns_free(&fast);
	patterns_free(&plain);
	arena_free(&a);
	return 0;
}
