/*
 * Address fields, whole headers and envelope paths: whatever goes in, what
 * comes out must keep the promises of the headers.
 */
#include "config.h"

#include "rules/base/panic.h"
#include "rules/mail/addr.h"
#include "rules/mail/author.h"
#include "rules/text/domain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_domain(struct span domain, struct arena *a)
{
	struct span again;
	const char *why;

	INVARIANT(domain_to_ascii(domain, a, &again, &why));
	INVARIANT(span_eq(again, domain));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct span in = span_make((const char *)data, size), body, domain;
	struct header_list h;
	struct author au;
	struct envelope_path path;
	unsigned anomalies = 0;
	const char *why = NULL;

	author_of_field(span_trim(in), a, &au);
	INVARIANT((au.status == AUTHOR_OK) == (au.domain.n > 0));
	for (size_t i = 0; i < au.domain_count; i++)
		check_domain(au.domains[i], a);
	header_list_init(&h, a);
	header_split(in, &h, &body, &anomalies);
	author_find(&h, anomalies, a, &au);
	INVARIANT(au.status == AUTHOR_OK || au.why != NULL);
	envelope_parse(in, a, &path);
	INVARIANT(path.valid || path.domain.n == 0);
	if (path.domain.n > 0)
		check_domain(path.domain, a);
	if (domain_to_ascii(in, a, &domain, &why))
		check_domain(domain, a);
	else
		INVARIANT(why != NULL);
	arena_free(&a);
	return 0;
}
