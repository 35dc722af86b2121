/*
 * Is a bounce about mail of ours? What it encloses, by whatever form, carries
 * a Message-ID or a DKIM signature of a domain of those to whom it came back,
 * or the Message-ID of this host; what others sent in our name does not, unless
 * they took care of that, too. So "no" says more than "yes".
 */
#include "config.h"

#include "policy/base/suffix.h"
#include "policy/config/conf.h"
#include "policy/message/check.h"
#include "policy/message/session.h"
#include "policy/message/snapshot.h"
#include "rules/text/domain.h"

extern const struct check check_bounce;

enum bounce_fact { F_OURS, F_COUNT };

static const struct fact_row bounce_fact_rows[] = {
	[F_OURS] = { "bounce.ours", FACT_BOOL, STAGE_EOM, 0, NULL,
	    "the mail that a bounce encloses carries a Message-ID or a DKIM signature of ours; absent for what is no bounce or encloses none" },
};
_Static_assert(ARRAY_COUNT(bounce_fact_rows) == F_COUNT, "a row per fact");

/* So much of a bounce is looked at, and so many fields in it. */
#define BOUNCE_OCTETS_MAX ((size_t)256 * 1024)
#define BOUNCE_FIELDS_MAX 200

static bool
bounce_domain_is_ours(const struct message *m, struct span domain)
{
	struct span ascii;
	const char *why;

	if (!domain_to_ascii(domain, m->arena, &ascii, &why))
		return false;
	for (size_t i = 0; i < m->rcpt_count; i++)
		if (!m->rcpt[i].refused && m->rcpt[i].address.domain.n > 0 &&
		    suffix_same(ascii, m->rcpt[i].address.domain))
			return true;
	return domain_is_sub(
	    ascii, span_of(m->session->snapshot->config.authserv_id));
}

/* What stands behind the last @ of <left@right>. */
static bool
bounce_id_is_ours(const struct message *m, struct span value)
{
	size_t at = span_find_last(value, '@');
	size_t end;

	if (at == SIZE_MAX)
		return false;
	value = span_slice(value, at + 1, value.n);
	for (end = 0; end < value.n; end++)
		if (value.p[end] == '>' || ascii_space(value.p[end]))
			break;
	return bounce_domain_is_ours(m, span_slice(value, 0, end));
}

/* The tag d= of a signature (RFC 6376, 3.5), folds and all. */
static bool
bounce_signature_is_ours(const struct message *m, struct span value)
{
	while (value.n > 0) {
		size_t end = span_find(value, ';');
		struct span tag = span_trim(
		    span_slice(value, 0, end == SIZE_MAX ? value.n : end));

		if (tag.n > 2 && tag.p[0] == 'd') {
			tag = span_trim(span_slice(tag, 1, tag.n));
			if (tag.n > 1 && tag.p[0] == '=')
				return bounce_domain_is_ours(
				    m, span_trim(span_slice(tag, 1, tag.n)));
		}
		if (end == SIZE_MAX)
			return false;
		value = span_slice(value, end + 1, value.n);
	}
	return false;
}

/* The field that begins the text, with its folds. */
static struct span
bounce_field(struct span text)
{
	size_t at = 0, n;

	while (
	    (n = span_find(span_slice(text, at, text.n), '\n')) != SIZE_MAX) {
		at += n + 1;
		if (at >= text.n || (text.p[at] != ' ' && text.p[at] != '\t'))
			return span_slice(text, 0, at);
	}
	return text;
}

/*
 * By lines, not by parts: what a mail server encloses is a part of its own, its
 * header alone, or text below the words of the bounce. *whole: all of the body
 * was looked at.
 */
static bool
bounce_looks_ours(
    const struct message *m, struct span body, bool *encloses, bool *whole)
{
	static const struct {
		const char *name;
		bool (*ours)(const struct message *m, struct span value);
	} field[] = {
		{ "Message-ID:", bounce_id_is_ours },
		{ "DKIM-Signature:", bounce_signature_is_ours },
	};
	size_t seen = 0, n;

	while (body.n > 0 && seen < BOUNCE_FIELDS_MAX) {
		for (size_t i = 0; i < ARRAY_COUNT(field); i++) {
			struct span name = span_of(field[i].name);

			if (!span_case_starts(body, name))
				continue;
			*encloses = true;
			seen++;
			if (field[i].ours(m,
				span_slice(bounce_field(body), name.n, body.n)))
				return true;
		}
		n = span_find(body, '\n');
		if (n == SIZE_MAX)
			break;
		body = span_slice(body, n + 1, body.n);
	}
	*whole = *whole && seen < BOUNCE_FIELDS_MAX;
	return false;
}

static struct value
bounce_value(const struct message *m)
{
	struct span body = span_slice(buf_span(&m->body), 0, BOUNCE_OCTETS_MAX);
	bool encloses = false, whole = m->body.n <= BOUNCE_OCTETS_MAX, ours;

	if (!message_is_foreign(m) || m->envelope_only || m->sender.raw.n > 0)
		return value_absent();
	ours = bounce_looks_ours(m, body, &encloses, &whole);
	if (!ours && (m->body.over || (m->body_cut && m->body_whole < body.n)))
		return value_unknown("the bounce is not kept whole");
	if (!ours && !whole)
		return value_unknown("not all of the bounce is looked at");
	return encloses ? value_bool(ours) : value_absent();
}

static void
bounce_gather(struct message *m, void *slot, enum stage stage)
{
	(void)slot;
	if (stage == STAGE_EOM && check_wanted(m, &check_bounce))
		facts_set(m->facts, check_fact(m, &check_bounce, F_OURS),
		    bounce_value(m));
}

static bool
bounce_judge(struct message *m, void *slot, enum stage stage)
{
	(void)m;
	(void)slot;
	return stage == STAGE_EOM;
}

const struct check check_bounce = {
	.name = "bounce",
	.facts = bounce_fact_rows,
	.fact_count = F_COUNT,
	.slot_size = 1,
	.gather = bounce_gather,
	.judge = bounce_judge,
};
