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

#define KEPT_NAMES  64
#define KEPT_OCTETS 62

/* Read-only once it is there, and kept until the process ends. */
static pthread_once_t suffix_once = PTHREAD_ONCE_INIT;
static const psl_ctx_t *suffix_list;

/*
 * Answers that were given in this thread, by the name's hash: one name is asked
 * about for links, lists and the author, and a list of ten thousand rows is
 * searched for each of its labels. n 0: none is kept here.
 */
static _Thread_local struct suffix_kept {
	uint8_t n, from; /* octets of name, and where the answer begins */
	char name[KEPT_OCTETS];
} suffix_kept[KEPT_NAMES];

static void
suffix_load(void)
{
	suffix_list = psl_latest(NULL);
	if (suffix_list == NULL)
		suffix_list = psl_builtin();
}

/* Where in domain its registrable domain begins; at its end: it has none. */
static size_t
suffix_ask(struct span domain)
{
	char name[DOMAIN_OCTETS_MAX + 1];
	const char *found;

	(void)pthread_once(&suffix_once, suffix_load);
	memcpy(name, domain.p, domain.n);
	name[domain.n] = '\0';
	found = psl_registrable_domain(suffix_list, name);
	return found == NULL ? domain.n : (size_t)(found - name);
}

struct span
suffix_registrable(struct span domain)
{
	struct suffix_kept *kept;

	if (domain.n == 0 || domain.n > DOMAIN_OCTETS_MAX)
		return SPAN("");
	if (domain.n > KEPT_OCTETS)
		return span_slice(domain, suffix_ask(domain), domain.n);
	kept = &suffix_kept[span_hash(domain, 0) % KEPT_NAMES];
	if (!span_eq(span_make(kept->name, kept->n), domain)) {
		kept->from = (uint8_t)suffix_ask(domain);
		kept->n = (uint8_t)domain.n;
		memcpy(kept->name, domain.p, domain.n);
	}
	return span_slice(domain, kept->from, domain.n);
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
