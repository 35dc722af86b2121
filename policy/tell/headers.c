/*
 * The plan of header edits: see headers.h for what goes and what comes. It
 * reads the verdict and what the checks have to say, and decides nothing.
 */
#include "config.h"

#include "policy/tell/headers.h"

#include <math.h>
#include <stdio.h>

#include "policy/message/check.h"
#include "policy/message/snapshot.h"
#include "policy/tell/header_prefix.h"
#include "policy/tell/header_text.h"
#include "rules/base/jsonw.h"
#include "rules/mail/authres.h"
#include "rules/mail/header_hidden.h"

#define SPAM_LEVEL_MAX 50
#define SPAM_TESTS_MAX 3000 /* octets up to the last of the tests= */
#define AUTHRES        "Authentication-Results"
#define ROW(member, key, standard, help) \
	SETTING(struct header_settings, member, key, standard, 0, 0, NULL, help)

static bool
headers_directions_fit(const void *base, struct arena *a, const char **why)
{
	const struct header_settings *s = base;

	for (size_t i = 0; i < s->directions.count; i++) {
		size_t k = 0;

		while (k < ARRAY_COUNT(direction_names) &&
		       !span_is(s->directions.item[i], direction_names[k]))
			k++;
		if (k < ARRAY_COUNT(direction_names))
			continue;
		*why = arena_printf(a,
		    "headers.directions takes inbound, relay, submission and "
		    "local, not %.*s",
		    SPAN_FMT(s->directions.item[i]));
		return false;
	}
	return true;
}

static const struct setting_row header_setting_rows[] = {
	ROW(remove, "headers.remove",
	    "X-Verdict* X-Spam* X-Bogosity X-DSPAM-* X-Virus-*",
	    "header fields that are forged when they come from outside"),
	ROW(spam, "headers.spam", "on",
	    "write X-Spam-Flag, -Status, -Level and -Score"),
	SETTING_OF(struct header_settings, directions, "headers.directions",
	    "inbound relay", 0, 0, NULL,
	    "directions of mail that carries our results and marks",
	    headers_directions_fit, false),
};

/* It finds nothing: a row in the table of checks for the settings alone. */
extern const struct check check_marks;
const struct check check_marks = {
	.name = "marks",
	.settings = header_setting_rows,
	.setting_count = ARRAY_COUNT(header_setting_rows),
	.settings_size = sizeof(struct header_settings),
	.slot_size = 1,
};

static const struct header_settings *
header_settings(const struct message *m)
{
	return check_settings(m, &check_marks);
}

/* ---- removing ------------------------------------------------------------ */

static struct span
headers_our_id(const struct message *m)
{
	const char *id = m->session->snapshot->config.authserv_id;

	if (id != NULL && id[0] != '\0')
		return span_of(id);
	return m->session->hostname.n > 0 ? m->session->hostname
					  : SPAN("localhost");
}

static struct authres_ids
headers_our_ids(const struct message *m)
{
	const struct setting_list *also =
	    &m->session->snapshot->config.authserv_also;
	struct span *id = arena_array(m->arena, also->count + 1, sizeof(*id));

	id[0] = authres_id(headers_our_id(m), m->arena);
	for (size_t i = 0; i < also->count; i++)
		id[i + 1] = authres_id(also->item[i], m->arena);
	return (struct authres_ids){ id, also->count + 1 };
}

static bool
headers_is_listed(const struct setting_list *names, struct span name)
{
	for (size_t i = 0; i < names->count; i++)
		if (header_name_is(name, names->item[i]))
			return true;
	return false;
}

static bool
headers_is_set(const struct verdict *v, struct span name)
{
	for (size_t i = 0; i < v->record.header_count; i++)
		if (v->record.header[i].set && span_case_eq(v->record.header[i].name, name))
			return true;
	return false;
}

/*
 * Does some reader see a forged field inside of this one? Then all of it goes,
 * whatever it is. What only those see who do not know folds must claim to be
 * our result: reports quote the other fields in good faith.
 */
static bool
headers_hides_forged(const struct message *m, const struct header_field *f,
    const struct authres_ids *ours)
{
	struct header_walk w = { .raw_name = f->raw_name, .raw = f->raw };
	struct header_hidden hidden;

	while (header_hidden_next(&w, &hidden)) {
		if (!hidden.fold &&
		    headers_is_listed(&header_settings(m)->remove, hidden.name))
			return true;
		if (span_case_is(hidden.name, AUTHRES) &&
		    authres_claims(hidden.value, ours))
			return true;
	}
	return false;
}

/* A field of which we kept only a part could say anything behind it. */
static bool
headers_is_forged(const struct message *m, const struct header_field *f,
    const struct authres_ids *ours)
{
	if (headers_is_listed(&header_settings(m)->remove, f->name))
		return true;
	if (span_case_is(f->name, AUTHRES) &&
	    (f->cut || authres_claims(f->raw, ours)))
		return true;
	return headers_hides_forged(m, f, ours);
}

static void
headers_remove(
    struct message *m, struct header_edits *out, const struct header_field *f)
{
	out->removal = arena_grow(m->arena, out->removal, &out->removal_cap,
	    out->removal_count + 1, sizeof(*out->removal));
	out->removal[out->removal_count++] =
	    (struct header_edit){ f->name, f->index, SPAN("") };
}

/* From the last field to the first: for each name, the highest index first. */
static void
headers_removals(
    struct message *m, const struct verdict *v, bool subject,
    struct header_edits *out)
{
	bool trusted = m->direction == DIRECTION_RELAY;
	struct authres_ids ours = headers_our_ids(m);

	for (size_t i = m->headers.count; i-- > 0;) {
		const struct header_field *f = &m->headers.field[i];

		if (headers_is_set(v, f->name) ||
		    (subject && f->index == 1 &&
			span_case_is(f->name, "Subject")) ||
		    (!trusted && headers_is_forged(m, f, &ours)))
			headers_remove(m, out, f);
	}
}

/* ---- the Subject --------------------------------------------------------- */

/*
 * What is to be written in place of the Subject; p NULL: nothing. Each prefix
 * stands before those of rules above, and a rule that sets it has the last
 * word.
 */
static struct span
headers_subject(struct message *m, const struct verdict *v)
{
	const struct header_field *first =
	    header_get(&m->headers, "Subject", 0);
	struct header_field f;
	struct span value = { NULL, 0 };

	for (size_t i = 0; i < v->record.header_count; i++) {
		const struct ruled_header *h = &v->record.header[i];
		struct span next;

		if (!h->prefix || headers_is_set(v, h->name))
			continue;
		if (first != NULL)
			f = *first;
		if (value.p != NULL)
			f = (struct header_field){ .raw = value,
				.value = value };
		next = header_prefixed(m->arena,
		    first == NULL && value.p == NULL ? NULL : &f, h->value);
		value = next.p == NULL ? value : next;
	}
	return value;
}

/* ---- adding -------------------------------------------------------------- */

static void
headers_add(struct message *m, struct header_edits *out, struct span name,
    struct span value)
{
	if (value.n == 0)
		return;
	out->addition = arena_grow(m->arena, out->addition, &out->addition_cap,
	    out->addition_count + 1, sizeof(*out->addition));
	out->addition[out->addition_count++] =
	    (struct header_edit){ name, 0, value };
}

static void
headers_add_rules(
    struct message *m, const struct verdict *v, struct header_edits *out)
{
	for (size_t i = v->record.header_count; i-- > 0;) {
		struct span name = v->record.header[i].name;

		if (!v->record.header[i].prefix && header_text_is_name(name))
			headers_add(m, out, name,
			    header_text(m->arena, name,
				v->record.header[i].value, HEADER_TEXT_SPACES));
	}
}

/* One decimal, and no "-0.0". */
static double
headers_score(double score)
{
	return fabs(score) < 0.05 ? 0 : score;
}

static struct span
headers_spam_status(struct message *m, const struct verdict *v)
{
	struct span text;
	struct buf b;
	size_t tests = 0;

	buf_init(&b, HEADER_TEXT_MAX / 2);
	(void)buf_printf(&b, "%s, score=%.1f",
	    v->action == OUTCOME_JUNK ? "Yes" : "No", headers_score(v->record.score));
	if (!isnan(v->junk_at))
		(void)buf_printf(&b, " required=%.1f", v->junk_at);
	for (size_t i = 0; i < v->record.matched_count && b.n < SPAM_TESTS_MAX; i++)
		if (!v->record.matched[i].shadow)
			(void)buf_printf(&b, "%s%s",
			    tests++ == 0 ? " tests=" : ",", v->record.matched[i].name);
	(void)buf_printf(&b, "%s autolearn=no version=%s-%s",
	    tests == 0 ? " tests=none" : "", PACKAGE_NAME, PACKAGE_VERSION);
	text = header_text(
	    m->arena, SPAN("X-Spam-Status"), buf_span(&b), HEADER_TEXT_COMMAS);
	buf_free(&b);
	return text;
}

static void
headers_add_spam(
    struct message *m, const struct verdict *v, struct header_edits *out)
{
	static const char stars[SPAM_LEVEL_MAX + 1] =
	    "**************************************************";
	size_t level = v->record.score >= SPAM_LEVEL_MAX ? SPAM_LEVEL_MAX
		       : v->record.score > 0             ? (size_t)v->record.score
						  : 0;

	headers_add(m, out, SPAN("X-Spam-Score"),
	    span_of(arena_printf(
		m->arena, "%.1f", headers_score(v->record.score))));
	headers_add(m, out, SPAN("X-Spam-Level"), span_make(stars, level));
	headers_add(m, out, SPAN("X-Spam-Status"), headers_spam_status(m, v));
	if (v->action == OUTCOME_JUNK)
		headers_add(m, out, SPAN("X-Spam-Flag"), SPAN("YES"));
}

/* RFC 8601, 2.7.4; the checks speak of mail from outside only. */
static void
headers_authres_auth(const struct message *m, struct authres *ar)
{
	if (m->auth_user.n == 0)
		return;
	authres_method(ar, "auth", "pass");
	authres_property(ar, "smtp", "auth", m->auth_user);
	if (m->sender.raw.n > 0)
		authres_property(ar, "smtp", "mailfrom", m->sender.raw);
}

static void
headers_add_authres(struct message *m, struct header_edits *out)
{
	const struct check_table *checks = checks_of(m);
	struct authres ar;
	struct span value;
	bool say;

	authres_init(&ar, m->arena, headers_our_id(m));
	if (m->direction == DIRECTION_SUBMISSION)
		headers_authres_auth(m, &ar);
	for (size_t i = 0; i < checks->count; i++)
		if (checks->check[i]->authres != NULL)
			checks->check[i]->authres(m, m->slot[i], &ar);
	say = ar.begun || message_is_foreign(m);
	value = authres_finish(&ar);
	if (say)
		headers_add(m, out, SPAN(AUTHRES), value);
}

/* Does mail of this direction carry our results and marks? */
static bool
headers_tell(const struct message *m)
{
	const struct setting_list *d = &header_settings(m)->directions;

	for (size_t i = 0; i < d->count; i++)
		if (span_is(d->item[i], direction_names[m->direction]))
			return true;
	return false;
}

void
headers_plan(
    struct message *m, const struct verdict *v, struct header_edits *out)
{
	struct span subject = headers_subject(m, v);

	*out = (struct header_edits){ 0 };
	headers_removals(m, v, subject.p != NULL, out);
	headers_add(m, out, SPAN("Subject"), subject);
	headers_add_rules(m, v, out);
	if (!headers_tell(m)) {
		/* A rule made it junk: that is for whoever gets it. */
		if (header_settings(m)->spam && v->action == OUTCOME_JUNK)
			headers_add(m, out, SPAN("X-Spam-Flag"), SPAN("YES"));
		return;
	}
	if (header_settings(m)->spam)
		headers_add_spam(m, v, out);
	headers_add(m, out, SPAN("X-Verdict"), headers_verdict(m, v));
	headers_add_authres(m, out);
}

const struct header_edits *
headers_of(struct message *m, const struct verdict *v)
{
	struct header_edits *edits;

	if (v->edits != NULL)
		return v->edits;
	edits = arena_alloc(m->arena, sizeof(*edits));
	headers_plan(m, v, edits);
	return edits;
}

void
headers_json(const struct header_edits *e, struct jsonw *out)
{
	jsonw_array(out, "headers_removed");
	for (size_t i = 0; i < e->removal_count; i++) {
		jsonw_array(out, NULL);
		jsonw_text(out, NULL, e->removal[i].name);
		jsonw_number(out, NULL, (double)e->removal[i].index);
		jsonw_end(out);
	}
	jsonw_end(out);
	jsonw_array(out, "headers_added");
	for (size_t i = e->addition_count; i-- > 0;) {
		jsonw_array(out, NULL);
		jsonw_text(out, NULL, e->addition[i].name);
		jsonw_text(out, NULL, e->addition[i].value);
		jsonw_end(out);
	}
	jsonw_end(out);
}
