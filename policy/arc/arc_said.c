/*
 * Picks out of a sealer's results those that rules ask for. Knows no chain and
 * trusts nobody.
 */
#include "config.h"

#include "policy/arc/arc_said.h"

#include "rules/base/ip.h"
#include "rules/text/domain.h"

const char *const arc_spf_words[] = { "pass", "fail", "softfail", "neutral",
	"none", "policy", "temperror", "permerror", NULL };
const char *const arc_dkim_words[] = { "pass", "fail", "policy", "neutral",
	"none", "temperror", "permerror", NULL };
const char *const arc_dmarc_words[] = { "pass", "fail", "none", "temperror",
	"permerror", NULL };

/* NULL for a word that is not among them. */
static const char *
arc_said_word(const char *const *words, const struct authres_result *r)
{
	for (; r != NULL && *words != NULL; words++)
		if (span_is(r->result, *words))
			return *words;
	return NULL;
}

/* The first result of the method for which prefer says yes, or the first. */
static const struct authres_result *
arc_said_find(const struct authres_said *said, const char *method,
    bool (*prefer)(const struct authres_result *r))
{
	const struct authres_result *first = NULL;

	for (size_t i = 0; i < said->count; i++) {
		const struct authres_result *r = &said->result[i];

		if (!span_is(r->method, method))
			continue;
		if (prefer(r))
			return r;
		if (first == NULL)
			first = r;
	}
	return first;
}

/* "smtp.mfrom" is what the drafts of ARC had. */
static bool
arc_said_of_sender(const struct authres_result *r)
{
	return authres_pair_get(r, "smtp", "mailfrom").n > 0 ||
	       authres_pair_get(r, "smtp", "mfrom").n > 0;
}

static bool
arc_said_pass(const struct authres_result *r)
{
	return span_is(r->result, "pass");
}

/* NULL, too, when there are several. */
static const struct authres_result *
arc_said_dmarc(const struct authres_said *said)
{
	const struct authres_result *found = NULL;

	for (size_t i = 0; i < said->count; i++) {
		if (!span_is(said->result[i].method, "dmarc"))
			continue;
		if (found != NULL)
			return NULL;
		found = &said->result[i];
	}
	return found;
}

static struct span
arc_said_author(struct arena *a, const struct authres_result *dmarc)
{
	struct span text, domain;
	const char *why;
	size_t at;

	if (dmarc == NULL)
		return SPAN("");
	text = authres_pair_get(dmarc, "header", "from");
	at = span_find_last(text, '@');
	if (at != SIZE_MAX)
		text = span_slice(text, at + 1, text.n);
	return domain_to_ascii(text, a, &domain, &why) ? domain : SPAN("");
}

static struct span
arc_said_remote_ip(struct arena *a, const struct authres_said *said)
{
	struct span text = SPAN("");
	struct ip ip;

	for (size_t i = 0; text.n == 0 && i < said->count; i++)
		text = authres_pair_get(&said->result[i], "smtp", "remote-ip");
	for (size_t i = 0; text.n == 0 && i < said->count; i++)
		text = authres_pair_get(&said->result[i], "policy", "iprev");
	return ip_parse(text, &ip) ? arena_dup(a, text) : SPAN("");
}

static struct span
arc_said_server(struct arena *a, struct span server)
{
	for (size_t i = 0; i < server.n; i++)
		if (server.p[i] <= ' ' || server.p[i] >= 0x7F)
			return SPAN("");
	return arena_dup(a, server);
}

struct arc_said
arc_said_of(struct arena *a, const struct authres_said *said)
{
	const struct authres_result *dmarc = arc_said_dmarc(said);

	return (struct arc_said){
		.server = arc_said_server(a, said->server),
		.spf = arc_said_word(arc_spf_words,
		    arc_said_find(said, "spf", arc_said_of_sender)),
		.dkim = arc_said_word(
		    arc_dkim_words, arc_said_find(said, "dkim", arc_said_pass)),
		.dmarc = arc_said_word(arc_dmarc_words, dmarc),
		.author = arc_said_author(a, dmarc),
		.remote_ip = arc_said_remote_ip(a, said),
	};
}
