/*
 * The second opinion of libspf2. The only file that knows this library, and
 * it trusts it with little: answers come from the batch alone, input is
 * bounded, and where the library would end the process it ends the opinion.
 */
#include "config.h"

#include "policy/compare/compare_spf.h"

#include <stdio.h>

#ifndef HAVE_SPF2

void
compare_spf(
    const struct spf_query *q, struct dns_batch *dns, struct spf_second *out)
{
	(void)q;
	(void)dns;
	*out = (struct spf_second){ .why = "libspf2 is not built in" };
}

void
compare_spf_library(char *out, size_t size)
{
	(void)snprintf(out, size, "%s", "");
}

#else

#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <string.h>

#include <spf2/spf.h>

#define COMPARE_RECORD_MAX 4096
#define COMPARE_TERM_MAX   255
#define COMPARE_MACROS_MAX 50
#define COMPARE_NAME_MAX   255 /* HELO name and local part */
#define COMPARE_TTL_S      3600

/* One opinion. resolver is the library's view of our batch. */
struct compare {
	SPF_dns_server_t resolver;
	SPF_server_t *server;
	SPF_request_t *request;
	SPF_response_t *response;
	const struct spf_query *query;
	const struct dns_batch *dns;
	const char *why; /* it saw less than ours did */
	SPF_result_t result;
};

/* ---- errors --------------------------------------------------------------- */

/*
 * The library calls its error handler where it would abort: it hands over
 * neither a context nor a way to go on. So the handler jumps back to where
 * this thread called the library. What it had allocated is lost; none of the
 * input that we let through is known to bring it there.
 */
static _Thread_local jmp_buf *compare_return;

static void compare_error(
    const char *file, int line, const char *text) ATTR_NORETURN;
static void
compare_error(const char *file, int line, const char *text)
{
	(void)file;
	(void)line;
	(void)text;
	longjmp(*compare_return, 1);
}

static void
compare_handlers(void)
{
	SPF_error_handler = compare_error;
	SPF_warning_handler = NULL;
	SPF_info_handler = NULL;
	SPF_debug_handler = NULL;
}

/* ---- DNS: what the batch has ---------------------------------------------- */

struct compare_search {
	struct span name;
	enum dns_type type;
	const struct dns_answer *found;
};

static void
compare_seen(void *ctx, struct span name, const struct dns_answer *answer)
{
	struct compare_search *s = ctx;

	if (answer->type == s->type && span_case_eq(name, s->name))
		s->found = answer;
}

/* No word may be long, nor the whole; macros count in the whole of an
 * explanation and in each term of a record. */
static bool
compare_fits(struct span text, bool record)
{
	size_t length = 0, macros = 0;

	if (text.n > COMPARE_RECORD_MAX)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == ' ' && record)
			length = macros = 0;
		length++;
		macros += text.p[i] == '%';
		if (length > COMPARE_TERM_MAX || macros > COMPARE_MACROS_MAX)
			return false;
	}
	return true;
}

static bool
compare_is_record(struct span text)
{
	return span_case_starts(text, SPAN("v=spf1"));
}

/* A text as element i of the library's answer, with a NUL behind it. */
static bool
compare_put_text(SPF_dns_rr_t *rr, int i, struct span text)
{
	char *to;

	if (SPF_dns_rr_buf_realloc(rr, i, text.n + 1) != SPF_E_SUCCESS)
		return false;
	to = (char *)rr->rr[i];
	if (text.n > 0)
		memcpy(to, text.p, text.n);
	to[text.n] = '\0';
	return true;
}

static bool
compare_put_address(SPF_dns_rr_t *rr, int i, struct ip ip)
{
	if (SPF_dns_rr_buf_realloc(rr, i, sizeof(struct in6_addr)) !=
	    SPF_E_SUCCESS)
		return false;
	memcpy(rr->rr[i], ip.octets, ip.family == 6 ? 16 : 4);
	return true;
}

/* Where there are SPF records, other texts are left out: they may be long. */
static bool
compare_put_texts(
    struct compare *c, SPF_dns_rr_t *rr, const struct dns_answer *answer)
{
	bool records = false;

	for (size_t i = 0; i < answer->count; i++)
		records = records || compare_is_record(answer->text[i]);
	for (size_t i = 0; i < answer->count; i++) {
		struct span text = answer->text[i];

		if (records && !compare_is_record(text))
			continue;
		if (!compare_fits(text, records)) {
			c->why = "not compared: record too long";
			return false;
		}
		if (!compare_put_text(rr, rr->num_rr, text))
			return false;
		rr->num_rr++;
	}
	return true;
}

static bool
compare_put(
    struct compare *c, SPF_dns_rr_t *rr, const struct dns_answer *answer)
{
	bool fits = true;

	if (answer->type == DNS_TXT)
		return compare_put_texts(c, rr, answer);
	for (size_t i = 0; i < answer->count && fits; i++) {
		if (answer->type == DNS_MX)
			fits = compare_put_text(
			    rr, rr->num_rr, answer->mx[i].host);
		else if (answer->type == DNS_PTR)
			fits =
			    compare_put_text(rr, rr->num_rr, answer->text[i]);
		else
			fits =
			    compare_put_address(rr, rr->num_rr, answer->ip[i]);
		rr->num_rr += fits;
	}
	return fits;
}

/* The type in our terms; false for one that we do not ask for. */
static bool
compare_type(ns_type type, enum dns_type *out)
{
	*out = type == ns_t_a      ? DNS_A
	       : type == ns_t_aaaa ? DNS_AAAA
	       : type == ns_t_mx   ? DNS_MX
	       : type == ns_t_ptr  ? DNS_PTR
				   : DNS_TXT;
	return type == ns_t_txt || *out != DNS_TXT;
}

/* Never returns NULL unless memory is out: the library would abort. */
static SPF_dns_rr_t *
compare_lookup(
    SPF_dns_server_t *layer, const char *domain, ns_type type, int should_cache)
{
	struct compare *c = layer->hook;
	struct compare_search search = { .name = span_of(domain) };
	SPF_dns_rr_t *rr =
	    SPF_dns_rr_new_init(layer, domain, type, COMPARE_TTL_S, TRY_AGAIN);

	(void)should_cache;
	/* Records of type SPF are no more (RFC 7208, 3.1). */
	if (rr != NULL && !compare_type(type, &search.type)) {
		rr->herrno = NO_DATA;
		return rr;
	}
	if (search.name.n > 0 && search.name.p[search.name.n - 1] == '.')
		search.name.n--;
	dns_each(c->dns, compare_seen, &search);
	if (rr == NULL)
		return NULL;
	if (search.found == NULL || search.found->status == DNS_PENDING) {
		c->why = "not compared: it needs an answer that ours did not";
	} else if (search.found->status == DNS_DATA) {
		if (compare_put(c, rr, search.found))
			rr->herrno = NETDB_SUCCESS;
		else
			rr->num_rr = 0;
	} else if (search.found->status != DNS_TEMP) {
		rr->herrno = search.found->status == DNS_NODATA
				 ? NO_DATA
				 : HOST_NOT_FOUND;
	}
	return rr;
}

/* ---- the opinion ---------------------------------------------------------- */

/* A span as a C string; false when it is too long or holds a NUL. */
static bool
compare_text(struct span s, char out[COMPARE_NAME_MAX + 1])
{
	if (s.n > COMPARE_NAME_MAX || span_find(s, '\0') != SIZE_MAX)
		return false;
	if (s.n > 0)
		memcpy(out, s.p, s.n);
	out[s.n] = '\0';
	return true;
}

static bool
compare_request(struct compare *c)
{
	char helo[COMPARE_NAME_MAX + 1], name[COMPARE_NAME_MAX + 1];
	char sender[2 * COMPARE_NAME_MAX + 2] = "postmaster";
	const struct spf_query *q = c->query;
	struct in6_addr six;
	struct in_addr four;
	SPF_errcode_t error;

	if (!compare_text(q->helo, helo) || !compare_text(q->domain, name) ||
	    (q->local.n > 0 && !compare_text(q->local, sender)))
		return false;
	strcat(strcat(sender, "@"), name);
	memcpy(&six, q->client.octets, sizeof(six));
	memcpy(&four, q->client.octets, sizeof(four));
	c->server = SPF_server_new_dns(&c->resolver, 0);
	if (c->server == NULL ||
	    SPF_server_set_rec_dom(c->server, "unknown") != SPF_E_SUCCESS)
		return false;
	c->request = SPF_request_new(c->server);
	if (c->request == NULL)
		return false;
	error = q->client.family == 6 ? SPF_request_set_ipv6(c->request, six)
				      : SPF_request_set_ipv4(c->request, four);
	return error == SPF_E_SUCCESS &&
	       SPF_request_set_helo_dom(c->request, helo) == SPF_E_SUCCESS &&
	       SPF_request_set_env_from(c->request, sender) == 0;
}

/* A record that it cannot read leaves it with an error and no result. */
static SPF_result_t
compare_query(struct compare *c)
{
	SPF_errcode_t error =
	    SPF_request_query_mailfrom(c->request, &c->response);
	SPF_result_t result = c->response == NULL
				  ? SPF_RESULT_INVALID
				  : SPF_response_result(c->response);

	if (result == SPF_RESULT_INVALID && c->response != NULL &&
	    (error != SPF_E_SUCCESS || SPF_response_errors(c->response) > 0))
		return SPF_RESULT_PERMERROR;
	return result;
}

static void
compare_judge(struct compare *c)
{
	if (compare_request(c))
		c->result = compare_query(c);
	else
		c->why = "not compared: input not accepted";
	if (c->response != NULL)
		SPF_response_free(c->response);
	if (c->request != NULL)
		SPF_request_free(c->request);
	if (c->server != NULL)
		SPF_server_free(c->server);
}

static void
compare_guarded(struct compare *c)
{
	jmp_buf here;

	compare_return = &here;
	if (setjmp(here) == 0)
		compare_judge(c);
	else
		c->why = "not compared: libspf2 gave up";
	compare_return = NULL;
}

static const enum spf_result compare_results[] = {
	[SPF_RESULT_NEUTRAL] = SPF_NEUTRAL,
	[SPF_RESULT_PASS] = SPF_PASS,
	[SPF_RESULT_FAIL] = SPF_FAIL,
	[SPF_RESULT_SOFTFAIL] = SPF_SOFTFAIL,
	[SPF_RESULT_NONE] = SPF_NONE,
	[SPF_RESULT_TEMPERROR] = SPF_TEMPERROR,
	[SPF_RESULT_PERMERROR] = SPF_PERMERROR,
};

void
compare_spf(
    const struct spf_query *q, struct dns_batch *dns, struct spf_second *out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct compare c = {
		.resolver = { .lookup = compare_lookup, .name = "batch" },
		.query = q,
		.dns = dns,
	};

	*out = (struct spf_second){ .why = "not compared: no domain" };
	if (q->domain.n == 0 || q->client.family == 0)
		return;
	c.resolver.hook = &c;
	(void)pthread_once(&once, compare_handlers);
	compare_guarded(&c);
	out->why = c.why;
	if (c.why != NULL)
		return;
	if (c.result > SPF_RESULT_INVALID && c.result <= SPF_RESULT_PERMERROR)
		out->result = compare_results[c.result];
	else
		out->why = "not compared: no result";
}

void
compare_spf_library(char *out, size_t size)
{
	int major = 0, minor = 0, patch = 0;

	SPF_get_lib_version(&major, &minor, &patch);
	(void)snprintf(out, size, "libspf2 %d.%d.%d", major, minor, patch);
}

#endif
