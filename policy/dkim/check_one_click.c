/*
 * Can whoever wants no more of this mail leave by one click (RFC 8058)? It
 * says so in List-Unsubscribe-Post, names where to in an https URI, and is held
 * to it by a signature over both fields (RFC 8058, 4): anybody else could have
 * put them there to learn who reads.
 */
#include "config.h"

#include "policy/dkim/check_dkim.h"
#include "policy/message/check.h"
#include "policy/message/session.h"

extern const struct check check_one_click;

enum one_click_fact { F_ONE_CLICK, F_COUNT };

static const struct fact_row one_click_fact_rows[] = {
	[F_ONE_CLICK] = { "list.one_click", FACT_BOOL, STAGE_EOM, FACT_CHEAP,
	    NULL,
	    "List-Unsubscribe works by one click (RFC 8058), and a good DKIM signature says so" },
};
_Static_assert(ARRAY_COUNT(one_click_fact_rows) == F_COUNT, "a row per fact");

static const char list_field[] = "List-Unsubscribe";
static const char post_field[] = "List-Unsubscribe-Post";

/* A URI of https among those in angle brackets (RFC 2369, 2). */
static bool
one_click_has_https(struct span value)
{
	size_t at;

	while ((at = span_find(value, '<')) != SIZE_MAX) {
		value = span_slice(value, at + 1, value.n);
		while (value.n > 0 && (value.p[0] == ' ' || value.p[0] == '\t'))
			value = span_slice(value, 1, value.n);
		if (span_case_starts(value, SPAN("https://")))
			return true;
	}
	return false;
}

static bool
one_click_said(const struct message *m)
{
	const struct header_field *list =
	    header_get(&m->headers, list_field, 0);
	const struct header_field *post =
	    header_get(&m->headers, post_field, 0);

	return list != NULL && post != NULL &&
	       header_count(&m->headers, list_field) == 1 &&
	       header_count(&m->headers, post_field) == 1 &&
	       span_case_is(post->value, "List-Unsubscribe=One-Click") &&
	       one_click_has_https(list->value);
}

static bool
one_click_signs(const struct dkim_sig *sig, const char *name)
{
	for (size_t i = 0; i < sig->name_count; i++)
		if (span_case_is(sig->name[i], name))
			return true;
	return false;
}

/* By the signatures that cover both: one is good, or might be. */
static struct value
one_click_value(struct message *m)
{
	const struct dkim_signature *s;
	bool unknown = header_lost(&m->headers);

	if (!unknown && !one_click_said(m))
		return value_bool(false);
	for (size_t i = 0; (s = dkim_signature(m, i)) != NULL; i++) {
		if (!one_click_signs(&s->sig, list_field) ||
		    !one_click_signs(&s->sig, post_field))
			continue;
		if (s->outcome.result == DKIM_PASS)
			return value_bool(true);
		unknown = unknown || s->outcome.result == DKIM_TEMPERROR;
	}
	return unknown ? value_unknown("its signature could not be checked")
		       : value_bool(false);
}

static bool
one_click_judge(struct message *m, void *slot, enum stage stage)
{
	fact_id fact = check_fact(m, &check_one_click, F_ONE_CLICK);

	(void)slot;
	if (stage != STAGE_EOM)
		return false;
	if (!message_is_foreign(m) || m->envelope_only) {
		facts_absent(m->facts, fact);
		return true;
	}
	if (!dkim_settled(m))
		return false;
	facts_set(m->facts, fact, one_click_value(m));
	return true;
}

const struct check check_one_click = {
	.name = "one_click",
	.facts = one_click_fact_rows,
	.fact_count = F_COUNT,
	.slot_size = 1,
	.judge = one_click_judge,
};
