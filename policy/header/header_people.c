/*
 * Whom the header names: authors, sender, where replies go, recipients. The
 * addresses are read by rules/mail/addr_list.c and the author by rules/mail/author.c,
 * as DMARC's are; here they become facts.
 */
#include "config.h"

#include "policy/base/suffix.h"
#include "policy/header/check_header.h"
#include "policy/message/message.h"
#include "rules/base/utf8.h"
#include "rules/mail/author.h"
#include "rules/text/decode.h"
#include "rules/text/shown.h"

#define AUTHORS_MAX    100 /* mailboxes of all From fields that become facts */
#define RECIPIENTS_MAX 500 /* of To, of Cc */
#define FIELDS_MAX     20  /* fields of one name that are read */

/* The display name as it is shown: without quotes, encoded words decoded,
 * and what looks like ASCII as such. */
static struct value
people_name(struct message *m, const struct mailbox *box)
{
	char *text;
	size_t n = 0;
	bool quoted = false;
	struct span name;
	struct value charset;

	if (box->name.n == 0)
		return value_absent();
	text = arena_alloc(m->arena, box->name.n);
	for (size_t i = 0; i < box->name.n; i++) {
		char c = box->name.p[i];

		if (c == '"') {
			quoted = !quoted;
			continue;
		}
		if (c == '\\' && quoted && i + 1 < box->name.n)
			c = box->name.p[++i];
		text[n++] = c;
	}
	name = span_make(text, n);
	charset = header_charset(m, name);
	if (charset.state != FACT_KNOWN)
		return charset;
	name = mime_decode_text_as(name, charset.text, m->arena);
	name = span_trim(shown_text(name, m->arena));
	return name.n == 0 ? value_absent() : value_text(name);
}

static struct value
people_text(struct message *m, struct span text)
{
	return text.n == 0 ? value_absent()
			   : value_text(utf8_clean(text, m->arena));
}

/* local@domain, with the domain in the form in which it is compared. */
static struct value
people_address(struct message *m, const struct mailbox *box)
{
	if (box->local.n == 0 || box->domain.n == 0)
		return value_absent();
	return people_text(
	    m, span_of(arena_printf(m->arena, "%.*s@%.*s", SPAN_FMT(box->local),
		   SPAN_FMT(box->domain))));
}

/*
 * The mailboxes of all fields of this name, as the elements of a group whose
 * fields address, domain and name follow its row. first: those of the first
 * field, where they are known, or NULL.
 */
static void
people_group(struct message *m, const char *field,
    const struct addr_list *first, enum header_fact group, size_t max)
{
	const struct header_field *f = header_get(&m->headers, field, 0);
	fact_id id = header_fact(m, group);
	struct addr_list list;
	bool pending = false;

	if (facts_count(m->facts, id) > 0)
		facts_clear_group(m->facts, id);
	for (size_t fields = 0; f != NULL && fields < FIELDS_MAX;
	     fields++, f = header_next(&m->headers, f)) {
		if (fields == 0 && first != NULL)
			list = *first;
		else
			addr_list_parse(f->value, m->arena, &list);
		for (size_t i = 0; i < list.count && max > 0; i++, max--) {
			size_t e = facts_element(m->facts, id);
			struct value name = people_name(m, &list.box[i]);

			pending = pending || name.state == FACT_PENDING;
			facts_field(m->facts, (fact_id)(id + 1), e,
			    people_address(m, &list.box[i]));
			facts_field(m->facts, (fact_id)(id + 2), e,
			    people_text(m, list.box[i].domain));
			facts_field(m->facts, (fact_id)(id + 3), e, name);
		}
	}
	if (!pending)
		facts_group_end(m->facts, id);
}

static void
people_set(struct message *m, enum header_fact f, struct value v)
{
	facts_set(m->facts, header_fact(m, f), v);
}

/*
 * The first mailbox of a field that has one: facts first (address) to
 * first + 2 (domain, name). Returns its domain, "" without one.
 */
static struct span
people_first(struct message *m, const char *field, enum header_fact first)
{
	const struct header_field *f = header_get(&m->headers, field, 0);
	struct addr_list list = { .count = 0 };
	struct mailbox none = { .name = SPAN("") };
	const struct mailbox *box = &none;

	if (f != NULL)
		addr_list_parse(f->value, m->arena, &list);
	if (list.count > 0)
		box = &list.box[0];
	people_set(m, first, people_address(m, box));
	people_set(m, first + 1, people_text(m, box->domain));
	people_set(m, first + 2, people_name(m, box));
	return box->domain;
}

/*
 * Does the name or a comment show an address of somebody else? Two domains of
 * one registered domain are of one owner. Where the author is not certain, or
 * more is shown than is kept, any other domain is somebody else's.
 */
static bool
people_spoof(const struct author *author)
{
	const struct addr_list *list = &author->list;

	if ((list->traits & ADDR_NAME_ADDRESS) == 0)
		return false;
	for (size_t i = 0; i < list->shown_count; i++)
		if (i == ADDR_SHOWN_MAX || author->domain.n == 0 ||
		    !suffix_same(list->shown[i], author->domain))
			return true;
	return false;
}

/* What the author is called and where he is, as far as that is certain. */
static void
people_author(struct message *m, const struct author *author)
{
	bool sure = author->status == AUTHOR_OK && author->list.count > 0;
	struct mailbox none = { .name = SPAN("") };
	const struct mailbox *box =
	    author->list.count > 0 ? &author->list.box[0] : &none;

	facts_word(m->facts, header_fact(m, F_FROM_STATUS),
	    author_status_names[author->status]);
	people_set(m, F_FROM_COUNT, value_number((double)author->fields));
	people_set(
	    m, F_FROM_DOMAINS, value_number((double)author->domain_count));
	people_set(m, F_FROM_DOMAIN, people_text(m, author->domain));
	people_set(
	    m, F_FROM_ADDRESS, sure ? people_address(m, box) : value_absent());
	people_set(m, F_FROM_LOCAL,
	    sure ? people_text(m, box->local) : value_absent());
	people_set(m, F_FROM_NAME, people_name(m, box));
	people_set(m, F_FROM_SPOOF, value_bool(people_spoof(author)));
}

static void
people_reply(struct message *m, const struct author *author)
{
	struct span reply = people_first(m, "Reply-To", F_REPLY_ADDRESS);

	people_set(m, F_REPLY_DIFFERS,
	    reply.n == 0 || author->domain.n == 0
		? value_absent()
		: value_bool(!suffix_same(reply, author->domain)));
}

void
header_people(struct message *m)
{
	const struct author *author = message_author(m);

	people_author(m, author);
	for (size_t i = 0; i < author->flag_count; i++)
		message_flag(m, author->flag[i]);
	if (header_reads(m, F_AUTHOR, F_AUTHOR_NAME))
		people_group(m, "From", &author->list, F_AUTHOR, AUTHORS_MAX);
	if (header_reads(m, F_SENDER_ADDRESS, F_SENDER_NAME))
		(void)people_first(m, "Sender", F_SENDER_ADDRESS);
	if (header_reads(m, F_REPLY_ADDRESS, F_REPLY_DIFFERS))
		people_reply(m, author);
	if (header_reads(m, F_TO, F_TO_NAME))
		people_group(m, "To", NULL, F_TO, RECIPIENTS_MAX);
	if (header_reads(m, F_CC, F_CC_NAME))
		people_group(m, "Cc", NULL, F_CC, RECIPIENTS_MAX);
}
