#ifndef TOOL_JOURNAL_HISTORY_FILTER_H
#define TOOL_JOURNAL_HISTORY_FILTER_H

/*
 * Which decisions are sought: by whom, to whom, from where, by which rule, to
 * which end. For `verdict history` and the page that shows the same.
 */

#include "policy/base/address.h"
#include "policy/journal/journal_read.h"
#include "rules/base/ip.h"

/* Whose mail: an address, or a domain with all below it, in A-labels or in the
 * letters that they stand for. */
struct history_party {
	struct span text; /* "" : anybody */
	struct span hash; /* of an address, as a hashed journal has it */
	bool address;
	bool null; /* "<>": the null sender */
};

/* Zeroed: all. */
struct history_filter {
	struct history_party from, to;
	struct ip_net client;
	bool by_client;
	struct span rule, verdict;
	/* In any of: id, queue id, sender, author's domain, recipients,
	 * client; as people look for words (rules/text/shown.h). */
	struct span words;
	/* What the message says of itself, which stands in the record alone
	 * (history_told.h): words of the Subject, looked for in the same way,
	 * and who the author is. */
	struct span subject;
	struct history_party author;
};

enum history_field {
	HISTORY_FROM,
	HISTORY_TO,
	HISTORY_CLIENT,
	HISTORY_RULE,
	HISTORY_VERDICT,
	HISTORY_WORDS,
	HISTORY_SUBJECT,
	HISTORY_AUTHOR,
};

/*
 * Takes a value, which must live as long as the filter. False: it is none of
 * that field's, and *why says what it is not, to stand behind the value; NULL
 * when it is empty.
 */
bool history_filter_read(struct history_filter *f, enum history_field field,
    const char *value, const char **why);
/*
 * When all values are there and before the first decision is looked at: what
 * words and domains are looked for as, and in a journal with hashed addresses what the
 * sought ones are there, by the secret that lies beside the journal, where it
 * may be read. In the arena.
 */
void history_filter_ready(
    struct history_filter *f, const char *journal, struct arena *a);
bool history_filter_wants(
    const struct history_filter *f, const struct journal_row *row);
/*
 * For one that this wants: whether its record is what is sought as well, which
 * costs some ten microseconds where something of it is. *lacks: the record has
 * neither author nor subject, as with hashed addresses. The scratch arena is
 * emptied.
 */
bool history_filter_wants_record(const struct history_filter *f,
    struct journal_reader *r, int64_t seq, struct arena *scratch, bool *lacks);

#endif
