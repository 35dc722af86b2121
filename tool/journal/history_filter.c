/*
 * What is sought in the journal, and whether a decision is that.
 */
#include "config.h"

#include "tool/journal/history_filter.h"

#include "policy/journal/journal.h"
#include "policy/journal/journal_entry.h"
#include "policy/message/verdict.h"
#include "rules/base/utf8.h"
#include "rules/text/domain.h"
#include "rules/text/shown.h"
#include "tool/journal/history_told.h"

/* ---- looking ---------------------------------------------------------------- */

/* An address or a domain with its domain in A-labels; itself where it has
 * none that could be so. */
static struct span
party_ascii(struct span address, struct arena *a)
{
	size_t at = span_find_last(address, '@');
	size_t from = at == SIZE_MAX ? 0 : at + 1;
	struct span domain = span_slice(address, from, address.n);
	const char *why;

	if (utf8_ascii(domain) || !domain_to_ascii(domain, a, &domain, &why))
		return address;
	return span_of(arena_printf(
	    a, "%.*s%.*s", (int)from, address.p, SPAN_FMT(domain)));
}

static bool
party_is_ascii(const struct history_party *p, struct span address)
{
	size_t at = span_find_last(address, '@');
	struct span domain =
	    at == SIZE_MAX ? address : span_slice(address, at + 1, address.n);

	if (p->null)
		return address.n == 0;
	if (p->address)
		return span_case_eq(address, p->text) ||
		       (p->hash.n > 0 && span_eq(address, p->hash));
	return span_case_eq(domain, p->text) ||
	       (span_case_ends(domain, p->text) && domain.n > p->text.n &&
		   domain.p[domain.n - p->text.n - 1] == '.');
}

/* Some MTAs hand on a domain in U-labels, as it was typed. */
static bool
party_is(const struct history_party *p, struct span address)
{
	struct arena *a;
	bool is;

	if (utf8_ascii(address))
		return party_is_ascii(p, address);
	a = arena_new();
	is = party_is_ascii(p, party_ascii(address, a)) ||
	     (p->hash.n > 0 && span_eq(address, p->hash));
	arena_free(&a);
	return is;
}

static bool
any_party_is(const struct history_party *p, struct span lines)
{
	struct span line;

	while (span_cut(&lines, '\n', &line))
		if (party_is(p, line))
			return true;
	return false;
}

static bool
has_line(struct span lines, struct span wanted)
{
	struct span line;

	while (span_cut(&lines, '\n', &line))
		if (span_eq(line, wanted))
			return true;
	return false;
}

static bool
client_is(const struct history_filter *f, struct span text)
{
	struct ip ip;

	return ip_parse(text, &ip) && ip_in(ip, f->client);
}

static bool
has_words(const struct journal_row *row, struct span words)
{
	const struct span text[] = { row->id, row->queue, row->sender,
		row->author, row->rcpt, row->client };

	for (size_t i = 0; i < ARRAY_COUNT(text); i++)
		if (shown_has(text[i], words))
			return true;
	return false;
}

bool
history_filter_wants(
    const struct history_filter *f, const struct journal_row *row)
{
	if (f->from.text.n > 0 && !party_is(&f->from, row->sender) &&
	    (f->from.address || f->from.null ||
		!party_is(&f->from, row->author)))
		return false;
	if (f->to.text.n > 0 && !any_party_is(&f->to, row->rcpt))
		return false;
	if (f->by_client && !client_is(f, row->client))
		return false;
	if (f->rule.n > 0 && !span_eq(row->rule, f->rule) &&
	    !has_line(row->rules, f->rule))
		return false;
	if (f->words.n > 0 && !has_words(row, f->words))
		return false;
	return f->verdict.n == 0 || span_eq(row->verdict, f->verdict) ||
	       span_eq(row->wanted, f->verdict);
}

/* ---- looking into the record ------------------------------------------------- */

/* Text that stands in JSON as it is. */
static bool
is_plain(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ' ||
		    (unsigned char)text.p[i] > '~' || text.p[i] == '"' ||
		    text.p[i] == '\\' || text.p[i] == '/')
			return false;
	return true;
}

/* Most records are no match, and reading one costs more than looking for the
 * octets. */
static bool
may_have(struct span record, struct span text)
{
	return !is_plain(text) || span_case_search(record, text) != SIZE_MAX;
}

#define SUBJECT_KEY "\"subject\":\""

/* The same for a Subject, in which other letters may stand for these. */
static bool
may_have_subject(struct span record, struct span words)
{
	size_t at, end;

	if (words.n == 0 || !is_plain(words))
		return true;
	while ((at = span_search(record, SPAN(SUBJECT_KEY))) != SIZE_MAX) {
		record = span_slice(
		    record, at + sizeof(SUBJECT_KEY) - 1, record.n);
		end = span_find(record, '"');
		if (end == SIZE_MAX || !is_plain(span_slice(record, 0, end)) ||
		    span_case_search(span_slice(record, 0, end), words) !=
			SIZE_MAX)
			return true;
	}
	return false;
}

bool
history_filter_wants_record(const struct history_filter *f,
    struct journal_reader *r, int64_t seq, struct arena *scratch, bool *lacks)
{
	struct history_told told;
	struct span record;

	*lacks = false;
	if (f->subject.n == 0 && f->author.text.n == 0)
		return true;
	arena_reset(scratch);
	record = journal_record(r, seq, scratch);
	*lacks =
	    span_search(record, SPAN(SUBJECT_KEY)) == SIZE_MAX &&
	    span_search(record, SPAN("\"from.address\":\"")) == SIZE_MAX;
	if (*lacks || !may_have_subject(record, f->subject) ||
	    !may_have(record, f->author.text))
		return false;
	history_told_read(record, scratch, &told);
	return (f->subject.n == 0 ||
		   shown_has(told.subject, f->subject)) &&
	       (f->author.text.n == 0 || party_is(&f->author, told.author));
}

/* ---- what is sought --------------------------------------------------------- */

static bool
party_read(struct history_party *p, const char *value)
{
	p->text = span_of(value);
	p->null = span_is(p->text, "<>");
	if (p->text.n > 0 && p->text.p[0] == '@')
		p->text = span_slice(p->text, 1, p->text.n);
	else
		p->address = span_find(p->text, '@') != SIZE_MAX;
	return p->text.n > 0;
}

static bool
verdict_read(struct history_filter *f, const char *value, const char **why)
{
	for (size_t i = OUTCOME_ACCEPT; i < OUTCOME_COUNT; i++)
		if (strcmp(outcome_names[i], value) == 0) {
			f->verdict = span_of(value);
			return true;
		}
	*why = "is no verdict: say accept, junk, quarantine, tempfail, reject "
	       "or discard";
	return false;
}

bool
history_filter_read(struct history_filter *f, enum history_field field,
    const char *value, const char **why)
{
	*why = NULL;
	switch (field) {
	case HISTORY_FROM:
		return party_read(&f->from, value);
	case HISTORY_TO:
		return party_read(&f->to, value);
	case HISTORY_CLIENT:
		f->by_client = ip_net_parse(span_of(value), &f->client);
		if (!f->by_client)
			*why = "is no address and no network";
		return f->by_client;
	case HISTORY_RULE:
		f->rule = span_of(value);
		return true;
	case HISTORY_VERDICT:
		return verdict_read(f, value, why);
	case HISTORY_WORDS:
		f->words = span_of(value);
		return true;
	case HISTORY_SUBJECT:
		f->subject = span_of(value);
		return f->subject.n > 0;
	case HISTORY_AUTHOR:
		return party_read(&f->author, value);
	}
	return false;
}

void
history_filter_ready(
    struct history_filter *f, const char *journal, struct arena *a)
{
	struct history_party *const party[] = { &f->from, &f->to, &f->author };
	uint8_t secret[JOURNAL_SECRET_OCTETS];
	const char *why;

	f->words = shown_sought(f->words, a);
	f->subject = shown_sought(f->subject, a);
	for (size_t i = 0; i < ARRAY_COUNT(party); i++) {
		/* As it was typed, for so it came. */
		if (party[i]->address &&
		    journal_secret_read(journal, secret, &why))
			party[i]->hash =
			    journal_address(party[i]->text, secret, a);
		party[i]->text = party_ascii(party[i]->text, a);
	}
}
