/*
 * A pattern and a text: whatever needles, Hyperscan and the faster form for
 * ASCII say, the answer must be that of PCRE2 for the pattern as written. The
 * input is an octet of flags, the pattern, LF LF, and the text.
 */
#include "config.h"

#include "rules/base/buf.h"
#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/match/patterns.h"

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

static void
agree(struct pattern_result x, struct pattern_result y)
{
	if (x.answer != PATTERN_LIMIT && y.answer != PATTERN_LIMIT)
		INVARIANT(x.answer == y.answer && x.offset == y.offset &&
			  x.length == y.length);
}

/* Behind the name of what a database was made for; it is padded. */
#define DATABASE_FROM 48

/* A database of which an octet is another one, or that is cut, is refused. */
static void
refuse(struct patterns *p, struct buf *db, size_t at)
{
	const char *why = NULL;

	at = DATABASE_FROM + at % (db->n - DATABASE_FROM);
	db->p[at] ^= 0x20;
	INVARIANT(!patterns_hs_attach(p, buf_span(db), &why) && why != NULL);
	db->p[at] ^= 0x20;
	INVARIANT(
	    !patterns_hs_attach(p, span_slice(buf_span(db), 0, at), &why));
}

/* Only small patterns: large ones take Hyperscan seconds. */
static bool
attach(struct patterns *p, struct span regex, struct span text)
{
	const char *why;
	struct buf db;
	bool ok;

	if (regex.n > 40 || !patterns_hs_wanted(p))
		return false;
	buf_init(&db, SIZE_MAX / 2);
	ok = patterns_hs_compile(p, &db, &why);
	if (ok)
		refuse(p, &db, text.n * 7919);
	INVARIANT(!ok || patterns_hs_attach(p, buf_span(&db), &why));
	buf_free(&db);
	return ok;
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
	struct pattern_result want;

	text = span_slice(in, cut == SIZE_MAX ? cut : cut + 2, in.n);
	text = raw ? text : utf8_clean(text, a);
	in = span_slice(in, 1, cut < 200 ? cut : 200);
	flags &= RAW - 1;
	fast = make(in, flags, raw, false);
	plain = make(in, flags, raw, true);
	INVARIANT((fast == NULL) == (plain == NULL));
	if (fast != NULL) {
		want = match(plain, text);
		agree(match(fast, text), want);
		if (attach(fast, in, text))
			agree(match(fast, text), want);
	}
	patterns_free(&fast);
	patterns_free(&plain);
	arena_free(&a);
	return 0;
}
