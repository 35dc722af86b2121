/*
 * A decision told to whoever sent the message, or says so: the one thing to
 * mend. Ids can be guessed, so nothing stands here but what the sender's own
 * server knows anyhow: no recipients, no subject, no rules, no scores.
 */
#include "config.h"

#include "rules/lang/ruleset.h"
#include "tool/journal/explain.h"
#include "tool/journal/journal.h"
#include "tool/journal/tree.h"

/*
 * What a deciding rule may have read, and what is to be mended then; the first
 * row that fits is told. value NULL: any that is known. A text may name the
 * author's domain (%D), the domain of the envelope (%E) and the address of the
 * server (%I).
 */
static const struct mend {
	const char *fact, *value;
	const char *text;
} mends[] = {
	{ "dmarc", "fail",
	    "The domain %D asks, by DMARC, that mail in its name is refused "
	    "unless SPF or DKIM vouches for it. Have this mail signed by DKIM "
	    "for %D, or send it through a server that the SPF record of %D "
	    "names." },
	{ "dmarc", "permerror",
	    "The DMARC record of %D can't be read. It is at _dmarc.%D." },
	{ "spf", "fail",
	    "The SPF record of %E does not allow the server %I. Add it there, "
	    "or send through a server that it allows." },
	{ "spf", "softfail",
	    "The SPF record of %E does not name the server %I. Add it there, "
	    "or send through a server that it names." },
	{ "spf", "permerror", "The SPF record of %E can't be read. Mend it." },
	{ "spf", "none",
	    "%E has no SPF record. Publish one that names the server %I." },
	{ "dkim", "fail",
	    "The DKIM signature of the message does not hold: something "
	    "changes messages after they were signed." },
	{ "iprev", NULL,
	    "The server %I wants a name in reverse DNS that leads back to "
	    "it. Whoever runs it can set that." },
	{ "client.ptr", NULL,
	    "The server %I wants a name of its own in reverse DNS." },
	{ "helo", NULL,
	    "The server %I should say its own full host name in HELO." },
	{ "attachment", NULL,
	    "Files of this kind are not taken here. Send a link, or another "
	    "kind of file." },
	{ "member", NULL,
	    "Files of this kind are not taken here, inside of archives "
	    "neither." },
	{ "virus", NULL,
	    "A scanner took a part of the message for malware. Have the "
	    "computer that sent it looked at." },
	{ "anomaly", NULL,
	    "The message is not built as RFC 5322 wants it. The program that "
	    "wrote it must be mended." },
	{ "url", NULL,
	    "A link in the message leads to a host of bad repute. Send it "
	    "without." },
	{ "limit", NULL,
	    "Too much came in too short a time. Send more slowly." },
	{ "from", NULL,
	    "The From field looks as if the message was somebody else's. "
	    "Write it with your own name and address." },
};

#define MEND_LIST                                                             \
	"The server %I, or a domain in the message, stands on a public list " \
	"of senders of spam. Have it taken off there."
#define MEND_ELSE                                                             \
	"The message as a whole looks like mail that nobody wants. Write it " \
	"in your own words, without links and files, or ask the recipient "   \
	"by another way."

static const char *
mend_text(struct explained *e, const char *text)
{
	struct jsonr facts = jsonr_get(e->record, "facts");
	struct span author = jsonr_get_text(facts, "from.domain");
	struct span from = jsonr_get_text(e->record, "mailfrom");
	size_t at = span_find_last(from, '@');
	struct span envelope = at == SIZE_MAX
				   ? jsonr_get_text(e->record, "helo")
				   : span_slice(from, at + 1, from.n);
	const char *out = "";

	for (; *text != '\0'; text++) {
		struct span piece = span_make(text, 1);

		if (*text == '%') {
			text++;
			piece = *text == 'D' && author.n > 0 ? author
				: *text == 'I' ? jsonr_get_text(e->record, "ip")
					       : envelope;
		}
		out = arena_printf(e->arena, "%s%.*s", out, SPAN_FMT(piece));
	}
	return out;
}

/* Whether the record has it so. Of a group one element is enough. */
static bool
mend_fits(struct jsonr facts, const struct mend *m)
{
	struct jsonr group = jsonr_get(facts, m->fact);

	if (m->value == NULL)
		return true;
	for (size_t i = 0;
	     jsonr_type(group) == JSONR_ARRAY && i < jsonr_count(group); i++)
		if (span_is(
			jsonr_get_text(jsonr_at(group, i), "result"), m->value))
			return true;
	return span_is(jsonr_get_text(facts, m->fact), m->value);
}

/* "dmarc" of "dmarc.applied". */
static bool
fact_is_of(const char *name, const char *family)
{
	size_t n = strlen(family);

	return strncmp(name, family, n) == 0 &&
	       (name[n] == '\0' || name[n] == '.' || name[n] == '_');
}

static bool
rule_reads(
    const struct explained *e, const struct rule_info *info, const char *family)
{
	for (size_t i = 0; i < info->fact_count; i++)
		if (fact_is_of(schema_row(e->then->schema, info->fact[i])->name,
			family))
			return true;
	return false;
}

/* By what the deciding rule reads; without it, by what failed at all. */
static const char *
mend_find(struct explained *e)
{
	struct jsonr facts = jsonr_get(e->record, "facts");
	const struct ruleset *rs = e->then == NULL ? NULL : e->then->ruleset;
	size_t rule = rs == NULL
			  ? SIZE_MAX
			  : ruleset_find(rs, jsonr_get_text(e->record, "rule"));
	struct rule_info info = { .fact_count = 0 };

	if (rule != SIZE_MAX)
		info = ruleset_rule(rs, rule);
	for (size_t i = 0; i < ARRAY_COUNT(mends); i++)
		if (mend_fits(facts, &mends[i]) &&
		    (rule == SIZE_MAX ? mends[i].value != NULL
				      : rule_reads(e, &info, mends[i].fact)))
			return mends[i].text;
	return rule != SIZE_MAX && info.list_count > 0 ? MEND_LIST : MEND_ELSE;
}

/* Codes that say it all. */
static const struct {
	const char *enhanced, *text;
} codes[] = {
	{ "5.1.1", "There is no such address here." },
	{ "5.1.0", "There is no such address here." },
	{ "5.2.2", "The mailbox is full. Try again later." },
	{ "5.3.4", "The message is too large." },
	{ "5.7.10", "Mail is taken over TLS only." },
};

static const char *
mend_of(struct explained *e)
{
	struct span enhanced =
	    jsonr_get_text(jsonr_get(e->record, "reply"), "enhanced");

	for (size_t i = 0; i < ARRAY_COUNT(codes); i++)
		if (span_is(enhanced, codes[i].enhanced))
			return codes[i].text;
	return mend_find(e);
}

void
explain_sender(struct explained *e)
{
	struct jsonr reply = jsonr_get(e->record, "reply");
	enum outcome verdict =
	    outcome_find(jsonr_get_text(e->record, "verdict"));
	struct arena *a = e->arena;
	char time[24];
	bool refused = verdict == OUTCOME_REJECT;

	tool_time(explain_time(e->record), time);
	if (!refused && verdict != OUTCOME_TEMPFAIL) {
		(void)printf("The message of %s was taken.\n", time);
		(void)printf("Nothing is to be mended for that. If the "
			     "recipient does not find it, ask him to look "
			     "among his junk.\n");
		return;
	}
	(void)printf("The message of %s was %s.\n", time,
	    refused ? "refused" : "put off");
	if (jsonr_given(reply))
		(void)printf("Your server was told: %g %s %s\n",
		    jsonr_get_number(reply, "code"),
		    tree_clean(a, jsonr_get_text(reply, "enhanced")),
		    tree_clean(a, jsonr_get_text(reply, "text")));
	if (refused)
		(void)printf("To mend: %s\n",
		    tree_clean(a, span_of(mend_text(e, mend_of(e)))));
	else
		(void)printf("To mend: nothing, as a rule. Mail servers try "
			     "again by themselves, for days.\n");
}
