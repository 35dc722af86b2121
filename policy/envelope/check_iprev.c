/*
 * The check of reverse DNS (RFC 8601 2.7.3 and 3): does the client's address
 * lead to a name that leads back to the address? It says what the name is,
 * and nothing of whether that is a good one.
 */
#include "config.h"

#include "policy/message/check.h"
#include "policy/message/session.h"
#include "rules/base/jsonw.h"
#include "rules/mail/authres.h"
#include "rules/text/domain.h"

#define IPREV_NAMES_MAX 10 /* of those that the address leads to */
#define IPREV_ROOM      80 /* of the longest name below ip6.arpa */

extern const struct check check_iprev;

enum iprev_result {
	IPREV_PASS,
	IPREV_FAIL,
	IPREV_TEMPERROR,
	IPREV_PERMERROR,
};

static const char *const iprev_words[] = { "pass", "fail", "temperror",
	"permerror", NULL };

enum iprev_fact {
	F_RESULT,
	F_NAME,
	F_COUNT,
};

static const struct fact_row iprev_fact_rows[] = {
	[F_RESULT] = { "iprev", FACT_WORD, STAGE_CONNECT, FACT_CHEAP,
	    iprev_words,
	    "whether the client's address has a name that leads back to it" },
	[F_NAME] = { "client.ptr", FACT_DOMAIN, STAGE_CONNECT,
	    FACT_CHEAP | FACT_PROVES, NULL,
	    "that name of the client, if iprev passes" },
};
_Static_assert(ARRAY_COUNT(iprev_fact_rows) == F_COUNT, "a row per fact");

struct iprev_slot {
	bool known;
	enum iprev_result result;
	struct span name;    /* that leads back, when it passed */
	const char *problem; /* of the temporary error, when it is one */

	bool names_known;
	size_t names_count;                 /* that the address leads to */
	struct span names[IPREV_NAMES_MAX]; /* those that are domains */
	size_t names_kept;
};

/* ---- asking --------------------------------------------------------------- */

static bool
iprev_applies(const struct message *m)
{
	return message_is_foreign(m) && m->client.family != 0;
}

static const struct dns_answer *
iprev_ask_names(struct message *m)
{
	char name[IPREV_ROOM];
	size_t n = ip_reverse(m->client, NULL, name, sizeof(name));

	return dns_ask(m->dns, span_make(name, n), DNS_PTR);
}

static enum dns_type
iprev_type(const struct message *m)
{
	return m->client.family == 4 ? DNS_A : DNS_AAAA;
}

static bool
iprev_is_host(struct message *m, struct span said, struct span *name)
{
	const char *why;

	return span_find(said, '.') != SIZE_MAX &&
	       domain_to_ascii(said, m->arena, name, &why);
}

/*
 * Mostly an address leads to the name that its client goes by: the one that
 * the MTA found, or, where that is "unknown" or an address, HELO's. Where that
 * leads is asked along with the names, so that a client who has not been here
 * before is waited for once and not twice. An answer counts only if the names
 * say so, too.
 */
static void
iprev_guess(struct message *m)
{
	struct span name;

	if (iprev_is_host(m, m->session->client_name, &name) ||
	    iprev_is_host(m, m->session->helo, &name))
		(void)dns_ask(m->dns, name, iprev_type(m));
}

static bool
iprev_has_client(const struct message *m, const struct dns_answer *a)
{
	for (size_t i = 0; a->status == DNS_DATA && i < a->count; i++)
		if (ip_eq(a->ip[i], m->client))
			return true;
	return false;
}

static void
iprev_keep_names(
    struct message *m, struct iprev_slot *s, const struct dns_answer *names)
{
	const char *why;

	for (size_t i = 0; i < names->count && i < IPREV_NAMES_MAX; i++)
		if (domain_to_ascii(names->text[i], m->arena,
			&s->names[s->names_kept], &why))
			s->names_kept++;
	s->names_count = names->count;
	s->names_known = true;
}

/*
 * Looks whether one of the names leads back, the first of them that does.
 * Asks for all of them before any answer is there. Returns false when it
 * has to wait.
 */
static bool
iprev_look_back(struct message *m, struct iprev_slot *s)
{
	enum dns_type type = iprev_type(m);
	bool waiting = false;

	s->result = IPREV_FAIL;
	for (size_t i = 0; i < s->names_kept; i++) {
		const struct dns_answer *a = dns_ask(m->dns, s->names[i], type);

		waiting = waiting || a->status == DNS_PENDING;
		if (!waiting && iprev_has_client(m, a)) {
			s->result = IPREV_PASS;
			s->name = s->names[i];
			return true;
		}
		if (a->status == DNS_TEMP) {
			s->result = IPREV_TEMPERROR;
			s->problem = a->problem;
		}
	}
	return !waiting;
}

/* Returns false when it has to wait. */
static bool
iprev_run(struct message *m, struct iprev_slot *s)
{
	const struct dns_answer *names;

	if (s->names_known)
		return iprev_look_back(m, s);
	names = iprev_ask_names(m);
	switch (names->status) {
	case DNS_PENDING:
		return false;
	case DNS_DATA:
		iprev_keep_names(m, s, names);
		return iprev_look_back(m, s);
	case DNS_NODATA:
	case DNS_NXDOMAIN:
		s->result = IPREV_PERMERROR;
		return true;
	case DNS_TEMP:
		s->result = IPREV_TEMPERROR;
		s->problem = names->problem;
		return true;
	}
	return true;
}

/* Each stage that passes helps the second questions along. */
static void
iprev_gather(struct message *m, void *slot, enum stage stage)
{
	struct iprev_slot *s = slot;

	if (!iprev_applies(m) || s->known)
		return;
	s->known = iprev_run(m, s);
	if (!s->known && !s->names_known && stage <= STAGE_HELO)
		iprev_guess(m);
}

static bool
iprev_judge(struct message *m, void *slot, enum stage stage)
{
	struct iprev_slot *s = slot;
	fact_id result = check_fact(m, &check_iprev, F_RESULT);
	fact_id name = check_fact(m, &check_iprev, F_NAME);

	(void)stage;
	if (!iprev_applies(m)) {
		facts_absent(m->facts, result);
		facts_absent(m->facts, name);
		return true;
	}
	if (!s->known)
		s->known = iprev_run(m, s);
	if (!s->known)
		return false;
	facts_word(m->facts, result, iprev_words[s->result]);
	if (s->result == IPREV_PASS)
		facts_text(m->facts, name, s->name);
	else if (s->result == IPREV_TEMPERROR)
		facts_unknown(m->facts, name, s->problem);
	else
		facts_absent(m->facts, name);
	return true;
}

/* ---- telling -------------------------------------------------------------- */

static bool
iprev_judged(struct message *m, const struct iprev_slot *s)
{
	return iprev_applies(m) && s->known;
}

static void
iprev_authres(struct message *m, void *slot, struct authres *out)
{
	const struct iprev_slot *s = slot;
	char ip[IP_TEXT_MAX];

	if (!iprev_judged(m, s))
		return;
	authres_method(out, "iprev", iprev_words[s->result]);
	if (s->result == IPREV_TEMPERROR)
		authres_reason(out, span_of(s->problem));
	authres_property(
	    out, "policy", "iprev", span_of(ip_format(m->client, ip)));
}

static void
iprev_json(struct message *m, void *slot, struct jsonw *out)
{
	const struct iprev_slot *s = slot;

	if (!iprev_judged(m, s)) {
		jsonw_null(out, "iprev");
		return;
	}
	jsonw_object(out, "iprev");
	jsonw_textz(out, "result", iprev_words[s->result]);
	jsonw_text(
	    out, "name", s->result == IPREV_PASS ? s->name : span_of(NULL));
	jsonw_end(out);
}

static void
iprev_explain(struct message *m, void *slot, struct buf *out, int level)
{
	const struct iprev_slot *s = slot;
	char ip[IP_TEXT_MAX];

	(void)level;
	if (!iprev_judged(m, s))
		return;
	(void)buf_printf(out, "Reverse DNS: %s ", ip_format(m->client, ip));
	switch (s->result) {
	case IPREV_PASS:
		(void)buf_printf(out,
		    "is %.*s, and that name leads back to it.\n",
		    SPAN_FMT(s->name));
		break;
	case IPREV_FAIL:
		(void)buf_printf(out,
		    "has %zu name%s in DNS, none of which leads back to it.\n",
		    s->names_count, s->names_count == 1 ? "" : "s");
		break;
	case IPREV_TEMPERROR:
		(void)buf_printf(
		    out, "could not be looked up now: %s.\n", s->problem);
		break;
	case IPREV_PERMERROR:
		(void)buf_addz(out, "has no name in DNS.\n");
		break;
	}
}

static const struct result_row iprev_results[] = {
	{ .fact = F_RESULT,
	    .key = "iprev",
	    .title = "reverse DNS",
	    .of = "client.ptr",
	    .counts = "Results of reverse DNS.",
	    .temporary = "temperror" },
};

const struct check check_iprev = {
	.name = "iprev",
	.facts = iprev_fact_rows,
	.fact_count = F_COUNT,
	.results = iprev_results,
	.result_count = ARRAY_COUNT(iprev_results),
	.slot_size = sizeof(struct iprev_slot),
	.gather = iprev_gather,
	.judge = iprev_judge,
	.authres = iprev_authres,
	.json = iprev_json,
	.explain = iprev_explain,
};
