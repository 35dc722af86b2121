/*
 * The public suffix list: that of the system (Debian: package publicsuffix)
 * where it is newer than the one that libpsl has built in. No other file
 * includes libpsl.
 */
#include "config.h"

#include "policy/base/suffix.h"

#include <libpsl.h>
#include <pthread.h>
#include <string.h>

#include "rules/text/domain.h"

/* Read-only once it is there, and kept until the process ends. */
static pthread_once_t suffix_once = PTHREAD_ONCE_INIT;
static const psl_ctx_t *suffix_list;

static void
suffix_load(void)
{
	suffix_list = psl_latest(NULL);
	if (suffix_list == NULL)
		suffix_list = psl_builtin();
}

struct span
suffix_registrable(struct span domain)
{
	char name[DOMAIN_OCTETS_MAX + 1];
	const char *found;

	if (domain.n == 0 || domain.n > DOMAIN_OCTETS_MAX)
		return SPAN("");
	(void)pthread_once(&suffix_once, suffix_load);
	memcpy(name, domain.p, domain.n);
	name[domain.n] = '\0';
	found = psl_registrable_domain(suffix_list, name);
	return found == NULL
		   ? SPAN("")
		   : span_slice(domain, (size_t)(found - name), domain.n);
}

bool
suffix_is_tld(struct span label)
{
	char name[DOMAIN_OCTETS_MAX + 1];

	if (label.n == 0 || label.n > DOMAIN_OCTETS_MAX ||
	    span_find(label, '.') != SIZE_MAX)
		return false;
	(void)pthread_once(&suffix_once, suffix_load);
	memcpy(name, label.p, label.n);
	name[label.n] = '\0';
	return psl_is_public_suffix2(suffix_list, name,
		   PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) != 0;
}

bool
suffix_same(struct span a, struct span b)
{
	struct span of_a = suffix_registrable(a);

	return span_eq(a, b) ||
	       (of_a.n > 0 && span_eq(of_a, suffix_registrable(b)));
}
