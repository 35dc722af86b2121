/*
 * Who is taken for one of our own users? Services of Postfix that are meant
 * for users and let strangers in, and a daemon to which much of its mail seems
 * to come from this house. What either leads to is verdict.conf(5)'s.
 */
#include "config.h"

#include "policy/base/json.h"
#include "tool/doctor/postfix.h"

/* ---- services of master.cf ----------------------------------------------- */

/* Meant for users: by its port, or by the name that it tells us. */
static bool
users_service(const struct postfix *p, const struct postfix_service *s)
{
	const struct setting_list *names = &p->d->snapshot->config.submission;
	struct span name = postfix_own(p, s, "milter_macro_daemon_name");

	if (postfix_kind(s) == POSTFIX_USERS)
		return true;
	for (size_t i = 0; i < names->count; i++)
		if (name.n > 0 && span_case_eq(names->item[i], name))
			return true;
	return false;
}

/*
 * A list ends with a bare `reject` for all whom nothing before it permits.
 * Every list must let a client by, so one that ends so is enough. Lists that
 * refuse some only (reject_unauth_destination) let strangers in to us.
 */
static bool
users_only(const struct postfix *p, const struct postfix_service *s)
{
	static const char *const lists[] = { "smtpd_client_restrictions",
		"smtpd_helo_restrictions", "smtpd_sender_restrictions",
		"smtpd_relay_restrictions", "smtpd_recipient_restrictions" };

	for (size_t i = 0; i < ARRAY_COUNT(lists); i++) {
		struct span list = postfix_value(p, s, lists[i]);

		if (postfix_word_in(list, "reject") &&
		    !postfix_word_in(list, "permit"))
			return true;
	}
	return false;
}

void
doctor_users(struct postfix *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct postfix_service *s = &p->service[i];

		if (!users_service(p, s) || users_only(p, s))
			continue;
		doctor_found(p->d, FINDING_FAIL, "postfix",
		    arena_printf(p->d->arena,
			"postconf -P '%s/smtpd_client_restrictions = "
			"permit_sasl_authenticated,reject' && postfix reload",
			doctor_quoted(p->d, s->name)),
		    "%s is meant for your users and lets strangers in: no "
		    "list of restrictions ends with reject there",
		    s->name);
	}
}

/* ---- the running daemon -------------------------------------------------- */

/* With fewer messages their shares say nothing. */
#define USERS_MESSAGES_MIN 100

void
doctor_direction(struct doctor *d, struct jsonr metrics)
{
	struct jsonr by = jsonr_get(metrics, "messages_by_direction");
	double local = jsonr_get_number(by, "local");
	double all = local + jsonr_get_number(by, "inbound") +
		     jsonr_get_number(by, "submission") +
		     jsonr_get_number(by, "relay");

	if (all < USERS_MESSAGES_MIN || local < all / 2)
		return;
	doctor_found(d, FINDING_WARN, "direction",
	    "look whether a NAT, a container network or a proxy stands "
	    "before the MTA: have it hand on the client's address (PROXY "
	    "protocol), or take its network out of \"trust\" in verdict.conf",
	    "%.0f of %.0f messages came from networks of \"trust\" and were "
	    "judged as local mail, without SPF, DKIM, DMARC and lists",
	    local, all);
}
