/*
 * The check of the header: its fields, its people and its oddities as facts.
 * Nothing is looked up; all is known at the end of the header, but for the
 * flags that the body adds and for raw text whose charset the body says.
 */
#include "config.h"

#include "policy/header/check_header.h"

#include "policy/header/header_flags.h"
#include "policy/tell/headers.h"
#include "rules/base/utf8.h"
#include "rules/mail/author.h"
#include "rules/mail/date.h"
#include "rules/text/decode.h"
#include "rules/text/folded.h"
#include "rules/text/rune.h"

#define CHEAP FACT_CHEAP
#define EOH   STAGE_EOH

/* clang-format off */
static const struct fact_row header_fact_rows[] = {
	[F_HEADER] = { "header", FACT_GROUP, EOH, 0, NULL,
	    "the header fields, from the top" },
	[F_HEADER_NAME] = { "header.name", FACT_TEXT, EOH, FACT_IMPERSONAL, NULL,
	    "name of the field, in lower case" },
	[F_HEADER_VALUE] = { "header.value", FACT_TEXT, EOH, 0, NULL,
	    "its value, unfolded and decoded, without what is not drawn" },
	[F_HEADER_RAW] = { "header.raw", FACT_BYTES, EOH, FACT_PRIVATE, NULL,
	    "its value as it came, folds and all" },
	[F_HEADER_INDEX] = { "header.index", FACT_NUMBER, EOH, FACT_COUNTS, NULL,
	    "1 for the first field of this name, 2 for the second ..." },
	[F_HEADER_ENCODING] = { "header.needs_encoding", FACT_WORD, EOH, 0, header_encoding_names,
	    "whether it has octets that are not ASCII, and which: utf-8, or other" },
	[F_FIELDS_ORDER] = { "fields.order", FACT_TEXT, EOH, FACT_IMPERSONAL, NULL,
	    "names of the header fields from the top, in lower case, with a space between" },
	[F_SUBJECT] = { "subject", FACT_TEXT, EOH, CHEAP | FACT_PROSE, NULL,
	    "the (first) Subject, decoded and as people read it, like body" },
	[F_SUBJECT_NAMES] = { "subject.names_rcpt", FACT_WORD, EOH, CHEAP, header_named_names,
	    "whether the Subject holds the address of a recipient, or its local part (name)" },
	[F_SUBJECT_BRAND] = { "subject.brand", FACT_TEXT, EOH, CHEAP | FACT_IMPERSONAL, NULL,
	    "the well-known name that the Subject shows, as from.brand" },
	[F_SUBJECT_BRAND_OWN] = { "subject.brand_own", FACT_BOOL, EOH, CHEAP, NULL,
	    "the author domain belongs to who has that name; absent without one" },
	[F_MESSAGE_ID] = { "message_id", FACT_TEXT, EOH, CHEAP, NULL,
	    "the (first) Message-ID" },
	[F_MESSAGE_ID_DOMAIN] = { "message_id.domain", FACT_DOMAIN, EOH, CHEAP, NULL,
	    "what stands behind its @; absent when that is no domain" },
	[F_DATE] = { "date", FACT_TEXT, EOH, CHEAP | FACT_IMPERSONAL, NULL,
	    "the (first) Date, as written" },
	[F_DATE_AGE] = { "date.age", FACT_NUMBER, EOH, CHEAP, NULL,
	    "seconds since the Date; negative when it is ahead; absent when it is no date" },
	[F_DATE_ZONE] = { "date.zone", FACT_NUMBER, EOH, CHEAP, NULL,
	    "its time zone, in minutes east of UTC" },
	[F_DATE_LAG] = { "date.lag", FACT_NUMBER, EOH, CHEAP, NULL,
	    "seconds from the Date to the topmost Received; negative when that is earlier" },
	[F_LIST_ID] = { "list.id", FACT_TEXT, EOH, CHEAP, NULL,
	    "the List-Id of a mailing list" },
	[F_LIST_UNSUBSCRIBE] = { "list.unsubscribe", FACT_BOOL, EOH, CHEAP, NULL,
	    "there is a List-Unsubscribe" },
	[F_PRECEDENCE] = { "precedence", FACT_TEXT, EOH, CHEAP | FACT_IMPERSONAL, NULL,
	    "the Precedence, in lower case: bulk, list, junk ..." },
	[F_AUTO_SUBMITTED] = { "auto_submitted", FACT_TEXT, EOH, CHEAP | FACT_IMPERSONAL, NULL,
	    "the Auto-Submitted, in lower case: no, auto-generated, auto-replied" },
	[F_RECEIVED_COUNT] = { "received.count", FACT_NUMBER, EOH, CHEAP | FACT_COUNTS, NULL,
	    "Received fields" },
	[F_FROM_STATUS] = { "from.status", FACT_WORD, EOH, CHEAP, author_status_names,
	    "what the From field is: ok, or why it shows no single author domain" },
	[F_FROM_COUNT] = { "from.count", FACT_NUMBER, EOH, CHEAP | FACT_COUNTS, NULL,
	    "From fields" },
	[F_FROM_DOMAINS] = { "from.domains", FACT_NUMBER, EOH, CHEAP | FACT_COUNTS, NULL,
	    "different domains in the first From field" },
	[F_FROM_DOMAIN] = { "from.domain", FACT_DOMAIN, EOH, CHEAP | FACT_CLAIMED, NULL,
	    "the author domain; absent unless from.status is ok" },
	[F_FROM_ADDRESS] = { "from.address", FACT_ADDRESS, EOH, CHEAP | FACT_CLAIMED, NULL,
	    "the (first) author's address; absent unless from.status is ok" },
	[F_FROM_LOCAL] = { "from.local", FACT_TEXT, EOH, CHEAP | FACT_CLAIMED, NULL,
	    "its local part" },
	[F_FROM_NAME] = { "from.name", FACT_TEXT, EOH, CHEAP | FACT_CLAIMED, NULL,
	    "the (first) author's display name, decoded, as people see it" },
	[F_FROM_SPOOF] = { "from.name_spoof", FACT_BOOL, EOH, CHEAP, NULL,
	    "the display name or a comment shows an address of another domain" },
	[F_FROM_BRAND] = { "from.brand", FACT_TEXT, EOH, CHEAP | FACT_IMPERSONAL, NULL,
	    "the well-known name that the display name shows, seen through what looks alike" },
	[F_FROM_BRAND_OWN] = { "from.brand_own", FACT_BOOL, EOH, CHEAP, NULL,
	    "the author domain belongs to who has that name; absent without one" },
	[F_FROM_FAMILY] = { "from.family", FACT_TEXT, EOH, CHEAP | FACT_IMPERSONAL, NULL,
	    "all domains of who has a well-known name and the author domain; absent for others" },
	[F_AUTHOR] = { "author", FACT_GROUP, EOH, CHEAP, NULL,
	    "every mailbox in every From field, certain or not" },
	[F_AUTHOR_ADDRESS] = { "author.address", FACT_ADDRESS, EOH, CHEAP | FACT_CLAIMED, NULL,
	    "its address" },
	[F_AUTHOR_DOMAIN] = { "author.domain", FACT_DOMAIN, EOH, CHEAP | FACT_CLAIMED, NULL,
	    "its domain" },
	[F_AUTHOR_NAME] = { "author.name", FACT_TEXT, EOH, CHEAP | FACT_CLAIMED, NULL,
	    "its display name, decoded" },
	[F_SENDER_ADDRESS] = { "sender_header.address", FACT_ADDRESS, EOH, CHEAP | FACT_CLAIMED, NULL,
	    "the address in Sender" },
	[F_SENDER_DOMAIN] = { "sender_header.domain", FACT_DOMAIN, EOH, CHEAP | FACT_CLAIMED, NULL,
	    "the domain in Sender" },
	[F_SENDER_NAME] = { "sender_header.name", FACT_TEXT, EOH, CHEAP | FACT_CLAIMED, NULL,
	    "the display name in Sender, decoded" },
	[F_REPLY_ADDRESS] = { "reply_to.address", FACT_ADDRESS, EOH, CHEAP | FACT_CLAIMED, NULL,
	    "the (first) address in Reply-To" },
	[F_REPLY_DOMAIN] = { "reply_to.domain", FACT_DOMAIN, EOH, CHEAP | FACT_CLAIMED, NULL,
	    "its domain" },
	[F_REPLY_NAME] = { "reply_to.name", FACT_TEXT, EOH, CHEAP | FACT_CLAIMED, NULL,
	    "its display name, decoded" },
	[F_REPLY_DIFFERS] = { "reply_to.differs", FACT_BOOL, EOH, CHEAP, NULL,
	    "replies go to another registered domain than the author's" },
	[F_RCPT_ADDRESSED] = { "rcpt.addressed", FACT_BOOL, EOH, CHEAP, NULL,
	    "To or Cc names a recipient of the envelope" },
	[F_TO] = { "to", FACT_GROUP, EOH, CHEAP, NULL,
	    "the mailboxes in To" },
	[F_TO_ADDRESS] = { "to.address", FACT_ADDRESS, EOH, CHEAP, NULL,
	    "address of one of them" },
	[F_TO_DOMAIN] = { "to.domain", FACT_DOMAIN, EOH, CHEAP, NULL,
	    "its domain" },
	[F_TO_NAME] = { "to.name", FACT_TEXT, EOH, CHEAP, NULL,
	    "its display name, decoded" },
	[F_CC] = { "cc", FACT_GROUP, EOH, CHEAP, NULL,
	    "the mailboxes in Cc" },
	[F_CC_ADDRESS] = { "cc.address", FACT_ADDRESS, EOH, CHEAP, NULL,
	    "address of one of them" },
	[F_CC_DOMAIN] = { "cc.domain", FACT_DOMAIN, EOH, CHEAP, NULL,
	    "its domain" },
	[F_CC_NAME] = { "cc.name", FACT_TEXT, EOH, CHEAP, NULL,
	    "its display name, decoded" },
};
/* clang-format on */
_Static_assert(
    ARRAY_COUNT(header_fact_rows) == HEADER_FACT_COUNT, "a row per fact");

static const struct setting_row header_setting_rows[] = {
	SETTING(struct brand_settings, brands, "header.brands",
	    "shipped:brands", 0, 0, NULL,
	    "files of well-known names and the domains of who has them"),
};

fact_id
header_fact(const struct message *m, enum header_fact f)
{
	return check_fact(m, &check_header, f);
}

bool
header_reads(
    const struct message *m, enum header_fact first, enum header_fact last)
{
	for (size_t f = first; f <= last; f++)
		if (check_reads(m, &check_header, f))
			return true;
	return false;
}

/* A field's value as people read it; pending and unknown as its charset. */
static struct value
header_drawn(struct message *m, const struct header_field *field)
{
	struct value charset = header_charset(m, field->value);

	if (charset.state != FACT_KNOWN)
		return charset;
	return value_text(rune_drawn(
	    mime_decode_text_as(field->value, charset.text, m->arena),
	    m->arena));
}

static void
header_state_fields(struct message *m)
{
	struct facts *f = m->facts;
	size_t seen = header_seen(&m->headers);
	bool pending = false;

	if (facts_count(f, header_fact(m, F_HEADER)) > 0)
		facts_clear_group(f, header_fact(m, F_HEADER));
	for (size_t i = 0; i < seen; i++) {
		const struct header_field *field = &m->headers.field[i];
		size_t e = facts_element(f, header_fact(m, F_HEADER));
		struct value drawn = header_drawn(m, field);

		pending = pending || drawn.state == FACT_PENDING;
		facts_field(f, header_fact(m, F_HEADER_NAME), e,
		    value_text(utf8_clean(
			arena_lower(m->arena, field->name), m->arena)));
		facts_field(f, header_fact(m, F_HEADER_VALUE), e, drawn);
		facts_field(
		    f, header_fact(m, F_HEADER_RAW), e, value_text(field->raw));
		facts_field(f, header_fact(m, F_HEADER_INDEX), e,
		    value_number((double)field->index));
		facts_field(f, header_fact(m, F_HEADER_ENCODING), e,
		    header_needs_encoding(field));
	}
	if (!pending)
		facts_group_end(f, header_fact(m, F_HEADER));
}

/* The first field of this name as text; absent without one. */
static void
header_state_text(
    struct message *m, const char *name, enum header_fact fact, bool lower)
{
	const struct header_field *f = header_get(&m->headers, name, 0);
	struct value v = value_absent();

	if (f != NULL)
		v = header_drawn(m, f);
	if (v.state == FACT_KNOWN && lower)
		v.text = arena_lower(m->arena, v.text);
	facts_set(m->facts, header_fact(m, fact), v);
}

/* Phrases are looked for in it as in the body. */
static void
header_state_subject(struct message *m)
{
	const struct header_field *f = header_get(&m->headers, "Subject", 0);
	struct value v = value_absent();

	if (f != NULL)
		v = header_drawn(m, f);
	if (v.state == FACT_KNOWN)
		v.text = folded_text(v.text, false, m->arena);
	facts_set(m->facts, header_fact(m, F_SUBJECT), v);
}

static void
header_state_date(struct message *m)
{
	const struct header_field *f = header_get(&m->headers, "Date", 0);
	int64_t when;

	header_state_text(m, "Date", F_DATE, false);
	facts_set(m->facts, header_fact(m, F_DATE_AGE),
	    f != NULL && date_parse(f->value, &when)
		? value_number((double)(m->time_s - when))
		: value_absent());
}

/* What is stated again is what it was. */
static void
header_state(struct message *m)
{
	if (header_reads(m, F_HEADER, F_HEADER_ENCODING))
		header_state_fields(m);
	header_state_subject(m);
	header_state_text(m, "Message-ID", F_MESSAGE_ID, false);
	if (header_reads(m, F_DATE, F_DATE_AGE))
		header_state_date(m);
	header_state_text(m, "List-Id", F_LIST_ID, false);
	facts_bool(m->facts, header_fact(m, F_LIST_UNSUBSCRIBE),
	    header_count(&m->headers, "List-Unsubscribe") > 0);
	header_state_text(m, "Precedence", F_PRECEDENCE, true);
	header_state_text(m, "Auto-Submitted", F_AUTO_SUBMITTED, true);
	facts_number(m->facts, header_fact(m, F_RECEIVED_COUNT),
	    (double)header_count(&m->headers, "Received"));
	header_marks(m);
	header_people(m);
	header_brand(m);
}

static void
header_gather(struct message *m, void *slot, enum stage stage)
{
	(void)slot;
	if (m->envelope_only)
		return;
	if (stage == STAGE_EOH) {
		header_state(m);
		header_flag_message(m);
	} else if (stage == STAGE_EOM) {
		if (header_charset_found(m))
			header_state(m);
		header_flag_body(m);
	}
}

static bool
header_judge(struct message *m, void *slot, enum stage stage)
{
	(void)m;
	(void)slot;
	return stage == STAGE_EOM;
}

const struct check check_header = {
	.name = "header",
	.facts = header_fact_rows,
	.fact_count = ARRAY_COUNT(header_fact_rows),
	.settings = header_setting_rows,
	.setting_count = ARRAY_COUNT(header_setting_rows),
	.settings_size = sizeof(struct brand_settings),
	.slot_size = sizeof(struct header_slot),
	.load = header_brands_load,
	.gather = header_gather,
	.judge = header_judge,
};
