/*
 * Asks each library's seam for its version.
 */
#include "config.h"

#include "policy/load/versions.h"

#include "policy/base/sqlite.h"
#include "policy/compare/compare_dkim.h"
#include "policy/compare/compare_dmarc.h"
#include "policy/compare/compare_spf.h"
#include "policy/dkim/dkim_crypto.h"
#include "policy/dns/dns_transport.h"
#include "rules/content/archive.h"
#include "rules/match/regex.h"
#include "rules/text/decode.h"

#define TEXT_MAX 96

static void (*const libraries[])(char *out, size_t size) = {
	dkim_crypto_library,
	dns_transport_library,
	regex_version,
	regex_db_version,
	mime_library,
	archive_library,
	sqlite_library,
	compare_spf_library,
	compare_dmarc_library,
	compare_dkim_library,
};

void
library_list(struct buf *out)
{
	for (size_t i = 0; i < ARRAY_COUNT(libraries); i++) {
		char text[TEXT_MAX] = "";

		libraries[i](text, sizeof(text));
		if (text[0] != '\0')
			(void)buf_printf(out, "%s\n", text);
	}
}

/* What stands behind the number is left. */
static uint64_t
number_take(struct span *text)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < text->n && text->p[i] >= '0' && text->p[i] <= '9'; i++)
		if (n < UINT32_MAX)
			n = n * 10 + (uint64_t)(text->p[i] - '0');
	*text = span_slice(*text, i, text->n);
	return n;
}

bool
library_older(struct span version, struct span than)
{
	for (;;) {
		uint64_t a = number_take(&version), b = number_take(&than);
		bool more_a = version.n > 0 && version.p[0] == '.';
		bool more_b = than.n > 0 && than.p[0] == '.';

		if (a != b)
			return a < b;
		if (!more_a && !more_b)
			return false;
		/* 3.0 is 3.0.0. */
		version = more_a ? span_slice(version, 1, version.n) : SPAN("");
		than = more_b ? span_slice(than, 1, than.n) : SPAN("");
	}
}
