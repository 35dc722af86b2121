/*
 * Contacts: has the author of a message corresponded with its recipients, and
 * does he show the name of somebody who has, or of one of ours, on another
 * address? Filled by what our users send and by what is accepted; nobody keeps
 * a list of important people.
 *
 * What a stranger can bring about is small: only mail of ours makes somebody
 * known or a name remembered, and mail that comes counts for an author who is
 * authenticated. What has come alone is forgotten sooner than what we sent, so
 * a flood of strangers pushes out strangers.
 */
#include "config.h"

#include "policy/base/suffix.h"
#include "policy/memory/contact_book.h"
#include "policy/message/check.h"
#include "policy/message/session.h"
#include "policy/message/verdict.h"
#include "rules/base/jsonw.h"
#include "rules/eval/truth.h"

extern const struct check check_contact;

struct contact_settings {
	bool on;
	setting_duration lifetime, strangers;
};

static const struct setting_row contact_setting_rows[] = {
	SETTING(struct contact_settings, on, "contacts", "on", 0, 0, NULL,
	    "remember who has corresponded with whom"),
	SETTING(struct contact_settings, lifetime, "contacts.lifetime", "400d",
	    86400000, 315360000000.0, NULL,
	    "after which silence a correspondent is forgotten"),
	SETTING(struct contact_settings, strangers, "contacts.strangers", "90d",
	    86400000, 315360000000.0, NULL,
	    "after which silence one is to whom nobody here has written"),
};

enum contact_fact {
	F_KNOWN,
	F_REPLIED,
	F_FIRST,
	F_DOMAIN_KNOWN,
	F_NAME_OF_KNOWN,
	F_COUNT,
};

/* clang-format off */
static const struct fact_row contact_facts[] = {
	[F_KNOWN] = { "contact.known", FACT_BOOL, STAGE_EOM, FACT_PROVES, NULL,
	  "all recipients have written to this author before, who is authenticated" },
	[F_REPLIED] = { "contact.replied", FACT_BOOL, STAGE_EOM, FACT_PROVES, NULL,
	  "and have had mail from him: both sides have written" },
	[F_FIRST] = { "contact.first", FACT_BOOL, STAGE_EOM, 0, NULL,
	  "no recipient has had mail from this author before, or he is not authenticated" },
	[F_DOMAIN_KNOWN] = { "contact.domain_known", FACT_BOOL, STAGE_EOM, 0, NULL,
	  "somebody here has written to the author's organization, who is authenticated" },
	[F_NAME_OF_KNOWN] = { "from.name_of_known", FACT_BOOL, STAGE_EOM, 0, NULL,
	  "the author shows the name of a known correspondent or of one of ours, on another address" },
};
/* clang-format on */
_Static_assert(ARRAY_COUNT(contact_facts) == F_COUNT, "a row per fact");

/* Recipients of one message that are looked up or remembered. */
#define RCPTS_MAX 20

struct contact_slot {
	bool asked;
	enum truth fact[F_COUNT];
};

/* ---- what others have found --------------------------------------------------- */

/* Does the author's domain speak for this message? */
static enum truth
author_authenticated(const struct message *m)
{
	const struct value *dmarc = facts_named(m->facts, "dmarc");
	const struct value *dkim = facts_named(m->facts, "dmarc.dkim_aligned");

	if (dmarc->state == FACT_KNOWN && span_is(dmarc->text, "pass"))
		return TRUTH_YES;
	if (dkim->state == FACT_KNOWN && dkim->yes)
		return TRUTH_YES;
	if (dmarc->state == FACT_UNKNOWN || dkim->state == FACT_UNKNOWN ||
	    (dmarc->state == FACT_KNOWN && span_is(dmarc->text, "temperror")))
		return TRUTH_UNKNOWN;
	return TRUTH_NO;
}

static bool
contact_on(const struct message *m)
{
	const struct contact_settings *set = check_settings(m, &check_contact);

	return set->on && m->session->store != NULL;
}

/* ---- judging -------------------------------------------------------------------- */

static enum truth
and_also(enum truth a, enum truth b)
{
	return truth_join(a, b, TRUTH_NO);
}

/* One recipient's history with the author. */
static void
contact_rcpt(const struct book *b, struct contact_slot *slot,
    struct span author, const struct rcpt *rcpt)
{
	struct store_record r;
	enum truth sent = TRUTH_UNKNOWN, received = TRUTH_UNKNOWN;

	if (recall_get(b->m, RECALL_PERSONAL,
		book_pair_key(b, author, rcpt->address.raw), &r)) {
		bool there = r.count == BOOK_NUMBERS;

		sent = there && r.number[BOOK_SENT] > 0 ? TRUTH_YES : TRUTH_NO;
		received =
		    there && r.number[BOOK_RECEIVED] > 0 ? TRUTH_YES : TRUTH_NO;
	}
	slot->fact[F_KNOWN] = and_also(slot->fact[F_KNOWN], sent);
	slot->fact[F_REPLIED] =
	    and_also(slot->fact[F_REPLIED], and_also(sent, received));
	slot->fact[F_FIRST] = and_also(
	    slot->fact[F_FIRST], received == TRUTH_UNKNOWN ? TRUTH_UNKNOWN
				 : received == TRUTH_YES   ? TRUTH_NO
							   : TRUTH_YES);
}

static void
contact_pairs(const struct book *b, struct contact_slot *slot)
{
	struct span author = facts_named_text(b->m->facts, "from.address");
	size_t asked = 0;

	for (size_t i = 0; i < b->m->rcpt_count; i++) {
		if (b->m->rcpt[i].refused)
			continue;
		if (asked++ == RCPTS_MAX) {
			for (size_t f = F_KNOWN; f <= F_FIRST; f++)
				slot->fact[f] =
				    and_also(slot->fact[f], TRUTH_UNKNOWN);
			return;
		}
		contact_rcpt(b, slot, author, &b->m->rcpt[i]);
	}
	if (asked == 0)
		slot->fact[F_KNOWN] = slot->fact[F_REPLIED] = TRUTH_NO;
}

static void
contact_domain(const struct book *b, struct contact_slot *slot)
{
	struct span domain = facts_named_text(b->m->facts, "from.domain");
	struct store_record r;

	if (!recall_get(b->m, RECALL_PERSONAL,
		book_domain_key(b, suffix_registrable(domain)), &r))
		slot->fact[F_DOMAIN_KNOWN] = TRUTH_UNKNOWN;
	else
		slot->fact[F_DOMAIN_KNOWN] =
		    r.count == BOOK_NUMBERS && r.number[BOOK_SENT] > 0
			? TRUTH_YES
			: TRUTH_NO;
}

static void
contact_name(const struct book *b, struct contact_slot *slot)
{
	struct span key =
	    book_name_key(b, facts_named_text(b->m->facts, "from.name"));

	slot->fact[F_NAME_OF_KNOWN] = TRUTH_NO;
	if (key.n == 0)
		return;
	switch (book_name_of(
	    b, key, facts_named_text(b->m->facts, "from.address"))) {
	case BOOK_NAME_OTHER:
		slot->fact[F_NAME_OF_KNOWN] = TRUTH_YES;
		break;
	case BOOK_NAME_LOST:
		slot->fact[F_NAME_OF_KNOWN] = TRUTH_UNKNOWN;
		break;
	case BOOK_NAME_UNKNOWN:
	case BOOK_NAME_THIS:
	case BOOK_NAME_COMMON:
		break;
	}
}

static void
contact_find(struct message *m, struct contact_slot *slot)
{
	enum truth author = author_authenticated(m);
	struct book b;

	if (facts_named_text(m->facts, "from.address").n == 0)
		author = TRUTH_NO;
	for (size_t i = 0; i < F_COUNT; i++)
		slot->fact[i] = author;
	slot->fact[F_FIRST] = author == TRUTH_NO ? TRUTH_YES : author;
	if (!book_open(&b, m, false)) {
		/* Nobody has written yet, or the store is lost. */
		struct store_record r;
		bool lost = !store_get(
		    m->session->store, SPAN("contact:key"), m->kept_s, &r);

		for (size_t i = 0; i < F_COUNT; i++)
			slot->fact[i] = lost           ? TRUTH_UNKNOWN
					: i == F_FIRST ? TRUTH_YES
						       : TRUTH_NO;
		return;
	}
	contact_name(&b, slot);
	if (author != TRUTH_YES)
		return;
	contact_pairs(&b, slot);
	contact_domain(&b, slot);
}

static void
contact_state(struct message *m, const struct contact_slot *slot)
{
	for (size_t i = 0; i < F_COUNT; i++) {
		fact_id id = check_fact(m, &check_contact, i);

		if (slot->fact[i] == TRUTH_UNKNOWN)
			facts_unknown(
			    m->facts, id, "the store or DMARC did not answer");
		else
			facts_bool(m->facts, id, slot->fact[i] == TRUTH_YES);
	}
}

static bool
contact_judge(struct message *m, void *opaque, enum stage stage)
{
	struct contact_slot *slot = opaque;

	if (!contact_on(m) || !message_is_foreign(m) ||
	    !check_wanted(m, &check_contact)) {
		facts_settle(m->facts, check_fact(m, &check_contact, 0),
		    F_COUNT, FACT_ABSENT, NULL);
		return true;
	}
	if (stage != STAGE_EOM ||
	    facts_named(m->facts, "dmarc")->state == FACT_PENDING)
		return false;
	slot->asked = true;
	contact_find(m, slot);
	contact_state(m, slot);
	return true;
}

/* ---- remembering ------------------------------------------------------------------ */

/*
 * Was it written by a machine: an answer of somebody who is away, a receipt
 * (RFC 3834, RFC 8098)? Whoever wants one has but to write, so it makes nobody
 * known.
 */
static bool
contact_by_machine(const struct message *m)
{
	static const char *const words[] = { "bulk", "junk", "list",
		"auto_reply" };
	const struct value *null = facts_named(m->facts, "sender.null");
	const struct header_field *type =
	    header_get(&m->headers, "Content-Type", 0);
	struct span by = facts_named_text(m->facts, "auto_submitted");
	struct span precedence = facts_named_text(m->facts, "precedence");

	for (size_t i = 0; i < ARRAY_COUNT(words); i++)
		if (span_is(precedence, words[i]))
			return true;
	return (null->state == FACT_KNOWN && null->yes) ||
	       (by.n > 0 && !span_is(by, "no")) ||
	       (type != NULL && span_case_starts(span_trim(type->value),
				    SPAN("multipart/report")));
}

/* One of our users writes: to whom, and what he is called. */
static void
contact_sent(const struct book *b, int64_t lifetime_s)
{
	struct span author = facts_named_text(b->m->facts, "from.address"),
		    name;
	size_t noted = 0;

	if (author.n == 0 || contact_by_machine(b->m))
		return;
	for (size_t i = 0; i < b->m->rcpt_count && noted < RCPTS_MAX; i++) {
		const struct envelope_address *to = &b->m->rcpt[i].address;

		if (b->m->rcpt[i].refused || to->domain.n == 0)
			continue;
		noted++;
		(void)book_count(b, book_pair_key(b, to->raw, author),
		    BOOK_SENT, lifetime_s);
		(void)book_count(b,
		    book_domain_key(b, suffix_registrable(to->domain)),
		    BOOK_SENT, lifetime_s);
	}
	name = book_name_key(b, facts_named_text(b->m->facts, "from.name"));
	if (name.n > 0)
		(void)book_name_add(b, name, author, lifetime_s);
}

/* The name of a correspondent is remembered once somebody here has written to
 * him; strangers choose theirs as they like. */
static void
contact_received(const struct book *b, const struct contact_settings *set)
{
	struct span author = facts_named_text(b->m->facts, "from.address"),
		    name;
	bool known = false;
	size_t noted = 0;

	if (author.n == 0 || author_authenticated(b->m) != TRUTH_YES)
		return;
	for (size_t i = 0; i < b->m->rcpt_count && noted < RCPTS_MAX; i++) {
		struct span key =
		    book_pair_key(b, author, b->m->rcpt[i].address.raw);
		struct store_record r;

		if (b->m->rcpt[i].refused)
			continue;
		noted++;
		if (store_get(b->m->session->store, key, b->m->kept_s, &r) &&
		    r.count == BOOK_NUMBERS && r.number[BOOK_SENT] > 0)
			known = true;
		(void)book_count(
		    b, key, BOOK_RECEIVED, set->strangers.ms / 1000);
	}
	name = book_name_key(b, facts_named_text(b->m->facts, "from.name"));
	if (known && name.n > 0)
		(void)book_name_add(b, name, author, set->lifetime.ms / 1000);
}

static void
contact_learn(
    struct message *m, void *slot, const struct verdict *v, size_t rcpt)
{
	const struct contact_settings *set = check_settings(m, &check_contact);
	struct book b;

	(void)slot;
	if (rcpt != RCPT_NONE || v->stage != STAGE_EOM ||
	    v->action != OUTCOME_ACCEPT || !contact_on(m) ||
	    m->direction == DIRECTION_LOCAL || !book_open(&b, m, true))
		return;
	if (m->direction == DIRECTION_SUBMISSION)
		contact_sent(&b, set->lifetime.ms / 1000);
	else
		contact_received(&b, set);
}

/* ---- telling ------------------------------------------------------------------------ */

static void
contact_json(struct message *m, void *opaque, struct jsonw *out)
{
	static const char *const names[F_COUNT] = { "known", "replied", "first",
		"domain_known", "name_of_known" };
	const struct contact_slot *slot = opaque;

	(void)m;
	if (!slot->asked)
		return;
	jsonw_object(out, "contact");
	for (size_t i = 0; i < F_COUNT; i++)
		jsonw_textz(out, names[i], truth_names[slot->fact[i]]);
	jsonw_end(out);
}

static void
contact_explain(struct message *m, void *opaque, struct buf *out, int level)
{
	const struct contact_slot *slot = opaque;

	(void)m;
	(void)level;
	if (!slot->asked)
		return;
	if (slot->fact[F_KNOWN] == TRUTH_YES)
		(void)buf_addz(out,
		    "Contacts: the recipients have written to the author.\n");
	else if (slot->fact[F_FIRST] == TRUTH_YES)
		(void)buf_addz(out, "Contacts: the author is new here.\n");
	if (slot->fact[F_NAME_OF_KNOWN] == TRUTH_YES)
		(void)buf_addz(out,
		    "Contacts: somebody who is known here has the name that "
		    "the author shows, and another address.\n");
}

const struct check check_contact = {
	.name = "contact",
	.after = "session header dmarc",
	.facts = contact_facts,
	.fact_count = F_COUNT,
	.settings = contact_setting_rows,
	.setting_count = ARRAY_COUNT(contact_setting_rows),
	.settings_size = sizeof(struct contact_settings),
	.slot_size = sizeof(struct contact_slot),
	.judge = contact_judge,
	.learn = contact_learn,
	.json = contact_json,
	.explain = contact_explain,
};
