/*
 * Authentication-Results: any value may be asked whether it claims to be
 * ours; any value may be written, and what we write is one of ours.
 */
#include "config.h"

#include "rules/base/panic.h"
#include "rules/mail/authres.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span id = SPAN("mx.example");
	const struct authres_ids ours = { &id, 1 };
	struct span in = span_make((const char *)data, size), out;
	struct arena *a = arena_new();
	struct authres ar;

	(void)authres_claims(in, &ours);
	authres_init(&ar, a, id);
	authres_method(&ar, "spf", "pass");
	authres_reason(&ar, in);
	authres_property(&ar, "smtp", "mailfrom", in);
	out = authres_finish(&ar);
	INVARIANT(authres_claims(out, &ours));
	for (size_t i = 0; i < out.n; i++)
		INVARIANT(out.p[i] == '\t' || out.p[i] == '\n' ||
			  (out.p[i] >= ' ' && out.p[i] < 0x7F));
	arena_free(&a);
	return 0;
}
