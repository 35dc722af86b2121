/*
 * The text of a list of any kind (the first octet says which, and whether it
 * is by recipient): what it lists must be found again, and nothing may be read
 * that is not there.
 */
#include "config.h"

#include <string.h>

#include "rules/base/panic.h"
#include "rules/list/list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
owned_has(const struct list *l, struct span rcpt, const struct list_value *v)
{
	uint32_t owner[LIST_OWNERS_MAX];
	size_t count = list_owners(l, rcpt, owner);

	for (size_t i = 0; i < count; i++)
		if (list_find_owned(l, owner[i], v, 0, NULL))
			return true;
	return false;
}

/* Whoever owns it finds it; with an owner that is a domain, all in that. */
static bool
find_owned(void *context, const struct list_hit *hit)
{
	const struct list *l = context;
	struct list_value v = { .text = hit->entry };
	char somebody[1 + 255] = "x";
	struct span rcpt = hit->owner;
	struct ip_net net;

	INVARIANT(rcpt.n > 1 && rcpt.n <= 255);
	if (span_find_last(rcpt, '@') == 0) {
		memcpy(somebody + 1, rcpt.p, rcpt.n);
		rcpt = span_make(somebody, rcpt.n + 1);
	}
	if (list_kind(l) == LIST_NETWORKS) {
		INVARIANT(ip_net_parse(hit->entry, &net));
		v.ip = net.base;
	}
	if (hit->below_only || (list_kind(l) == LIST_ADDRESSES &&
				   hit->entry.p[hit->entry.n - 1] == '@'))
		return true;
	INVARIANT(owned_has(l, rcpt, &v));
	INVARIANT(!owned_has(l, SPAN("nobody@nowhere.invalid"), &v) ||
		  span_search(hit->owner, SPAN("invalid")) != SIZE_MAX);
	return true;
}

static bool
find(void *context, const struct list_hit *hit)
{
	const struct list *l = context;
	char below[2 + 255] = "x.";
	struct ip_net net;

	switch (list_kind(l)) {
	case LIST_DOMAINS:
		INVARIANT(hit->entry.n > 0 && hit->entry.n <= 253);
		memcpy(below + 2, hit->entry.p, hit->entry.n);
		INVARIANT(hit->below_only ||
			  list_find_domain(l, hit->entry, 0, NULL));
		INVARIANT(hit->alone_only ||
			  list_find_domain(
			      l, span_make(below, hit->entry.n + 2), 0, NULL));
		break;
	case LIST_ADDRESSES:
		INVARIANT(span_find(hit->entry, '@') != SIZE_MAX);
		INVARIANT(hit->below_only ||
			  hit->entry.p[hit->entry.n - 1] == '@' ||
			  list_find_address(l, hit->entry, 0, NULL));
		break;
	case LIST_NETWORKS:
		INVARIANT(ip_net_parse(hit->entry, &net));
		INVARIANT(list_find_ip(l, net.base, 0, NULL));
		break;
	case LIST_WORDS:
		INVARIANT(list_find_word(l, hit->entry, 0, NULL));
		break;
	case LIST_PATTERNS:
		break;
	}
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_make((const char *)data, size);
	struct list_report report = { 0 };
	struct patterns_job job = { .text = in };
	struct list_options options = { .plus_tags = true };
	enum list_kind kind;
	struct list *l;

	if (size == 0)
		return 0;
	options.patterns.raw = true;
	options.patterns.match_limit = 2000;
	kind = (enum list_kind)(data[0] % LIST_KIND_COUNT);
	options.by_rcpt = data[0] >= 128 && kind != LIST_PATTERNS;
	l = list_new(kind, &options);
	in = span_slice(in, 1, in.n);
	INVARIANT(
	    list_add_text(l, in, "fuzz", 1, &report) == (report.bad == 0));
	list_finish(l);
	INVARIANT(report.entries == list_count(l));
	list_each(l, 0, options.by_rcpt ? find_owned : find, l);
	(void)list_find_domain(l, in, 0, NULL);
	(void)list_find_address(l, in, 0, NULL);
	(void)list_find_word(l, in, 0, NULL);
	(void)list_find_text(l, &job, 0, NULL, NULL);
	list_free(&l);
	return 0;
}
