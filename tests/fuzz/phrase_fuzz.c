/*
 * A pattern and a text: where the pattern is read as phrases, octets have one
 * where PCRE2 finds it and nowhere else, and marked text at least there. The
 * input is an octet of flags, the pattern, LF LF, and the text, as needle_fuzz
 * has it.
 */
#include "config.h"

#include <stdlib.h>

#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/match/pattern_widen.h"
#include "rules/match/patterns.h"
#include "rules/match/phrases.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RAW 16

static struct patterns *
make(struct span regex, unsigned flags, bool raw, bool plain)
{
	struct patterns_options options = { .raw = raw,
		.match_limit = 2000,
		.no_prefilter = plain,
		.phrases = !plain };
	struct patterns_builder *b = patterns_builder_new(&options);
	struct pattern_error error;
	size_t index;

	if (!patterns_add(b, regex, flags, &index, &error)) {
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

static void
agree(const struct phrases *f, struct span text, bool marked,
    struct pattern_result want)
{
	struct phrases_scratch *s = phrases_scratch_new(f);
	uint64_t found = 0;
	uint32_t from = 0;

	if (phrases_scan(f, s, text, &found, &from) &&
	    want.answer != PATTERN_LIMIT) {
		bool yes = want.answer == PATTERN_YES;

		INVARIANT(found == yes || (marked && !yes));
		INVARIANT(!yes || marked || from <= want.offset);
	}
	phrases_scratch_free(&s);
}

/* What the pattern is as phrases, by themselves. */
static void
alone(struct span regex, unsigned flags, bool raw, struct span text,
    struct pattern_result want)
{
	struct phrases_builder *b = phrases_builder_new(raw);
	bool is = phrases_add(b, regex, flags, 0);
	struct phrases *f = phrases_build(&b, true);
	char *marked = malloc(text.n + 1);
	size_t n;

	INVARIANT(marked != NULL);
	if (is && (raw || utf8_ascii(text)))
		agree(f, text, false, want);
	else if (is && widen_text(text, marked, &n))
		agree(f, span_make(marked, n), true, want);
	free(marked);
	phrases_free(&f);
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

	text = span_slice(in, cut == SIZE_MAX ? cut : cut + 2, in.n);
	text = raw ? text : utf8_clean(text, a);
	in = span_slice(in, 1, cut < 200 ? cut : 200);
	flags &= RAW - 1;
	fast = make(in, flags, raw, false);
	plain = make(in, flags, raw, true);
	INVARIANT((fast == NULL) == (plain == NULL));
	if (fast != NULL) {
		struct pattern_result want = match(plain, text),
				      got = match(fast, text);

		alone(in, flags, raw, text, want);
		if (want.answer != PATTERN_LIMIT && got.answer != PATTERN_LIMIT)
			INVARIANT(got.answer == want.answer &&
				  got.offset == want.offset &&
				  got.length == want.length);
	}
	patterns_free(&fast);
	patterns_free(&plain);
	arena_free(&a);
	return 0;
}
