/*
 * Addresses of rua, and whether those who live there want what is sent.
 */
#include "config.h"

#include "policy/report/report_rua.h"

#include "policy/base/clock.h"
#include "policy/base/smtp_mail.h"
#include "policy/dmarc/dmarc.h"
#include "rules/text/domain.h"

#define URIS_MAX 100 /* of one list that are looked at */

/* ---- addresses ------------------------------------------------------------- */

/* RFC 3986, 2.1; a "%" without two digits stands for itself. */
static char *
rua_decode(struct span text, struct arena *a)
{
	char *out = arena_strdup(a, text);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned high = 16, low = 16;

		if (text.p[i] == '%' && i + 2 < text.n) {
			high = ascii_hex(text.p[i + 1]);
			low = ascii_hex(text.p[i + 2]);
		}
		if (high > 15 || low > 15) {
			out[n++] = text.p[i];
			continue;
		}
		/* smtp_address_valid would not see what is behind a NUL. */
		out[n++] = high + low == 0 ? ' ' : (char)(high * 16 + low);
		i += 2;
	}
	out[n] = '\0';
	return out;
}

static bool
rua_address(
    struct span uri, struct arena *a, struct span *address, struct span *host)
{
	struct span text;
	const char *why, *whole;
	size_t at;

	if (!span_case_starts(uri, SPAN("mailto:")) || uri.n > 1000)
		return false;
	uri = span_slice(uri, sizeof("mailto:") - 1, uri.n);
	uri = span_slice(uri, 0, span_find(uri, '?'));
	text = span_of(rua_decode(uri, a));
	at = span_find_last(text, '@');
	if (at == SIZE_MAX || at == 0 ||
	    !domain_to_ascii(span_slice(text, at + 1, text.n), a, host, &why))
		return false;
	whole = arena_printf(
	    a, "%.*s@%.*s", SPAN_FMT(span_slice(text, 0, at)), SPAN_FMT(*host));
	*address = span_of(whole);
	return smtp_address_valid(whole);
}

bool
report_address_next(
    struct span *list, struct arena *a, struct span *address, struct span *host)
{
	struct span uri;

	for (size_t i = 0; i < URIS_MAX && dmarc_uri_next(list, &uri); i++)
		if (rua_address(uri, a, address, host))
			return true;
	return false;
}

size_t
report_address_count(struct span list, struct arena *a)
{
	struct span address, host;
	size_t n = 0;

	while (n < REPORT_ADDRESSES_MAX &&
	       report_address_next(&list, a, &address, &host))
		n++;
	return n;
}

/* ---- verification ------------------------------------------------------------ */

struct rua_question {
	struct dns_batch *dns;
	struct arena *arena;
	int64_t until_ms;
};

static void
rua_wait(struct rua_question *q)
{
	if (!dns_join(q->dns, q->until_ms))
		dns_give_up(q->dns, "timeout");
}

/* The organizational domain of both is the same; unsure: DNS does not say. */
static enum report_wanted
rua_same_org(struct rua_question *q, struct span domain, struct span host)
{
	struct dmarc_walk walk[2] = { { .domain = domain },
		{ .domain = host } };

	if (span_eq(domain, host))
		return REPORT_WANTED;
	for (size_t i = 0; i < ARRAY_COUNT(walk); i++)
		while (!dmarc_walk_run(&walk[i], q->dns, q->arena))
			rua_wait(q);
	if (walk[0].temp || walk[1].temp)
		return REPORT_UNSURE;
	return span_eq(walk[0].org, walk[1].org) ? REPORT_WANTED
						 : REPORT_UNWANTED;
}

static const struct dns_answer *
rua_ask(struct rua_question *q, struct span name)
{
	const struct dns_answer *answer;

	while ((answer = dns_ask(q->dns, name, DNS_TXT))->status == DNS_PENDING)
		rua_wait(q);
	return answer;
}

/* RFC 9990, 4, step 9: the host may name another address of its own. */
static enum report_wanted
rua_replaced(const struct dmarc_record *r, struct span host, struct arena *a,
    struct span *to, const char **why)
{
	struct span list = r->rua, address, other;

	if (list.n == 0)
		return REPORT_WANTED;
	*why = "the host of that address names one elsewhere";
	if (!report_address_next(&list, a, &address, &other) ||
	    !span_eq(host, other))
		return REPORT_UNWANTED;
	*to = address;
	return REPORT_WANTED;
}

static enum report_wanted
rua_external(struct rua_question *q, struct span domain, struct span host,
    struct span *to, const char **why)
{
	struct span name = span_of(arena_printf(q->arena,
	    "%.*s._report._dmarc.%.*s", SPAN_FMT(domain), SPAN_FMT(host)));
	const struct dns_answer *answer = rua_ask(q, name);
	struct dmarc_record record;

	*why = "whether the host of that address wants them could not be "
	       "found out";
	if (answer->status == DNS_TEMP)
		return REPORT_UNSURE;
	*why = "the host of that address does not say that it wants them";
	for (size_t i = 0; answer->status == DNS_DATA && i < answer->count; i++)
		if (dmarc_record_is(answer->text[i])) {
			dmarc_record_parse(answer->text[i], &record);
			return rua_replaced(&record, host, q->arena, to, why);
		}
	return REPORT_UNWANTED;
}

enum report_wanted
report_wanted_join(struct resolver *r, struct span domain, struct span address,
    int64_t wait_ms, struct arena *a, struct span *to, const char **why)
{
	struct rua_question q = { .dns = dns_batch_new(r, a),
		.arena = a,
		.until_ms =
		    clock_system.monotonic_ms(clock_system.ctx) + wait_ms };
	size_t at = span_find_last(address, '@');
	struct span host = span_slice(address, at + 1, address.n);
	enum report_wanted wanted;

	*to = address;
	*why = "the organizational domains could not be found out";
	wanted = rua_same_org(&q, domain, host);
	if (wanted == REPORT_UNWANTED)
		wanted = rua_external(&q, domain, host, to, why);
	*to = arena_dup(a, *to);
	dns_batch_free(&q.dns);
	return wanted;
}
