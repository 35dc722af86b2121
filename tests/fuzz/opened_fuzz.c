/*
 * What is opened of a file by its octets alone: S/MIME, RAR 5 and ARJ headers,
 * XML and the charset of a page, marks of UTF-16, folded text. Results lie
 * within what was given, or are no longer than that.
 */
#include "config.h"

#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/content/archive_own.h"
#include "rules/content/filetype.h"
#include "rules/content/pkcs7.h"
#include "rules/html/html_charset.h"
#include "rules/text/charset.h"
#include "rules/text/folded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
name_seen(void *ctx, struct span name)
{
	size_t *octets = ctx;

	*octets += name.n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_make((const char *)data, size), content;
	struct arena *a = arena_new();
	size_t octets = 0;
	bool encrypted;

	if (pkcs7_read(in, a, &content) == PKCS7_SIGNED)
		INVARIANT(content.n <= in.n);
	(void)pkcs7_begins(in);
	(void)rar5_encrypted(in);
	if (arj_is(in))
		(void)arj_names(in, name_seen, &octets, &encrypted);
	INVARIANT(octets <= in.n);
	INVARIANT(filetype_of(in).type != NULL);
	INVARIANT(html_charset(in).n <= in.n);
	INVARIANT(html_of_xml(in, a).n <= in.n);
	(void)charset_of_mark(in, &octets);
	INVARIANT(octets <= in.n);
	if (utf8_valid(in)) {
		struct span folded = folded_text(in, true, a);

		INVARIANT(folded.n <= in.n && utf8_valid(folded));
	}
	arena_free(&a);
	return 0;
}
