/*
 * The public suffix list as libpsl has it built in. No other file includes
 * libpsl.
 */
#include "config.h"

#include "policy/suffix.h"

#include <libpsl.h>
#include <string.h>

#include "rules/addr.h"

struct span
suffix_registrable(struct span domain)
{
	char name[DOMAIN_OCTETS_MAX + 1];
	const char *found;

	if (domain.n == 0 || domain.n > DOMAIN_OCTETS_MAX)
		return SPAN("");
	memcpy(name, domain.p, domain.n);
	name[domain.n] = '\0';
	found = psl_registrable_domain(psl_builtin(), name);
	return found == NULL
		   ? SPAN("")
		   : span_slice(domain, (size_t)(found - name), domain.n);
}

bool
suffix_same(struct span a, struct span b)
{
	struct span of_a = suffix_registrable(a);

	return span_eq(a, b) ||
	       (of_a.n > 0 && span_eq(of_a, suffix_registrable(b)));
}
