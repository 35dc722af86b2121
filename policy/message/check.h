#ifndef POLICY_MESSAGE_CHECK_H
#define POLICY_MESSAGE_CHECK_H

/*
 * A check finds out one kind of thing about a message (SPF, DKIM, a list) and
 * states it as facts. It is one file in a room of policy/ with one row in
 * policy/load/checks.def, and nothing else in the program names it: no field
 * in the session, no branch in the verdict.
 *
 * The life of one check with one message: its slot is zeroed when the message
 * begins. gather is called at each stage as that stage's data arrives (once
 * per recipient at STAGE_RCPT), header and body for each field and chunk; all
 * of them start lookups on message->dns and never wait. At STAGE_RCPT,
 * STAGE_EOH and STAGE_EOM judge is called: it states the facts it can with
 * the answers known so far and returns true when all of them are stated. At
 * STAGE_EOM it is called again whenever a DNS answer has come, until it
 * returns true or the deadline has passed (a check whose lists rules ask is
 * called again even then, for what others state may be looked up in them); then pending answers have become
 * DNS_TEMP and judge is called a last time. release frees what is not in the
 * message's arena; it may come at any time after gather.
 *
 * A message that follows another on the same connection gets STAGE_CONNECT
 * and STAGE_HELO replayed, so a check needs no state per connection.
 *
 * Calls for one message come one at a time, from changing threads.
 */

#include "policy/config/setting.h"
#include "rules/fact/fact.h"
#include "rules/lang/extension.h"
#include "rules/mail/header.h"

struct message;
struct authres;
struct jsonw;
struct buf;
struct verdict;
struct loading;
struct services;

/*
 * What a check adds to the rule language: rows that live as long as the
 * program (rules/lang/extension.h).
 */
struct language_rows {
	const struct rule_action_row *action;
	size_t action_count;
	const struct rule_condition_row *condition;
	size_t condition_count;
	const struct rule_list_kind *list_kind;
	size_t list_kind_count;
	/* Looks at the options of a list of these kinds when rules are read;
	 * false with *why. */
	bool (*list_fits)(const struct loading *l,
	    const struct rule_list_info *list, const char **why);
	/* Is the value in that list of the rule set? *detail says where; it
	 * lies in the message's arena. TRUTH_PENDING: it has been asked. */
	enum truth (*listed)(struct message *m, size_t list,
	    const struct value *value, struct span *detail);
};

/*
 * What a check has come to, named once: the log line, verdict explain, the
 * counters, the metrics and verdict stats walk these rows.
 */
struct result_row {
	size_t fact;        /* row of its facts; or of a field in a group */
	const char *key;    /* in the log line, and the metric's name: "spf" */
	const char *title;  /* for people, "SPF"; NULL: the check has its own */
	const char *each;   /* in a group: an element, "DKIM signature" */
	const char *of;     /* the fact, or field, that it is about; or NULL */
	const char *why;    /* the fact, or field, that says why; or NULL */
	const char *silent; /* the word that is not worth saying; or NULL */
	/* Where its words are counted: what the metric says of itself. */
	const char *counts;
	const char *temporary; /* the word that means: not found out now */
};

struct check {
	const char *name;
	/*
	 * The checks whose facts, or slots, this one reads, with blanks
	 * between: they stand before it in the table, so that one pass in its
	 * order suffices. NULL: none.
	 */
	const char *after;

	/*
	 * With the process: makes what all its messages share of this check,
	 * such as a thread that talks to others, for *lent; the services'
	 * clock and alert are there. Never where mail is judged without a
	 * daemon: check_lent is NULL then, and what it would have found out is
	 * not known. open asks nobody and does not wait.
	 */
	void (*open)(const struct services *s, void **lent);
	void (*close)(void **lent);

	const struct fact_row *facts;
	size_t fact_count;
	const struct result_row *results;
	size_t result_count;
	const struct setting_row *settings;
	size_t setting_count;
	size_t settings_size; /* of the struct that the rows fill */
	size_t slot_size;
	struct language_rows adds;

	/*
	 * With a snapshot, once its rules are read: makes what the settings
	 * name, such as a file that is looked into, for *data. May read files
	 * and asks nobody. False with *why (arena or static text) makes the
	 * configuration wrong. unload gives *data back; the snapshot's arena
	 * goes after it.
	 */
	bool (*load)(const struct loading *l, const void *settings, void **data,
	    const char **why);
	void (*unload)(void **data);

	void (*gather)(struct message *m, void *slot, enum stage stage);
	void (*header)(
	    struct message *m, void *slot, const struct header_field *f);
	/* Canonical CRLF body octets as they arrive, split anywhere. */
	void (*body)(struct message *m, void *slot, struct span chunk);
	bool (*judge)(struct message *m, void *slot, enum stage stage);
	void (*release)(struct message *m, void *slot);
	/*
	 * How long the end of the message may wait for what this check has
	 * asked, in ms from then; NULL: as long as for all, the setting
	 * `deadline`. After it, while the check has not finished, give_up is
	 * called once, and judge again: what has not come is not known.
	 */
	int64_t (*patience_ms)(const struct message *m);
	void (*give_up)(struct message *m, void *slot);
	/*
	 * A verdict that ends the transaction, or refuses recipient number rcpt
	 * (RCPT_NONE: the whole message), has been made: what the check
	 * remembers of it for later messages.
	 */
	void (*learn)(struct message *m, void *slot, const struct verdict *v,
	    size_t rcpt);

	/* What the check has to say once judged; each may be NULL. */
	void (*authres)(struct message *m, void *slot, struct authres *out);
	/* Adds members such as "spf": {...} to the answer (verdict-cases(5)). */
	void (*json)(struct message *m, void *slot, struct jsonw *out);
	/* Sentences for a person; level 1 also the trace. */
	void (*explain)(
	    struct message *m, void *slot, struct buf *out, int level);
};

/*
 * Which checks there are, in the order in which they judge. A snapshot carries
 * its table; the program's own is policy/load/checks.def, tests may bring one
 * of a single check.
 */
struct check_table {
	const struct check *const *check;
	size_t count;
};
#define CHECKS_MAX 64

struct snapshot;
/* Those of the snapshot that the message is judged by. */
const struct check_table *checks_of(const struct message *m);
/* Index of a check in the snapshot's table; panics for one not in it. */
size_t check_index(const struct snapshot *s, const struct check *c);

/* Whether any rule of the snapshot reads any fact of the check. */
bool check_is_read(const struct snapshot *s, const struct check *c);

/* What the check has of the process; NULL without a daemon. */
void *check_lent(const struct message *m, const struct check *c);
/* What the check has loaded for the snapshot; NULL when nothing. */
void *check_data(const struct snapshot *s, const struct check *c);
/* The check's slot of this message and its settings in the snapshot. */
void *check_slot(struct message *m, const struct check *c);
const void *check_settings(const struct message *m, const struct check *c);
/* The id of row number row of the check's facts. */
fact_id check_fact(const struct message *m, const struct check *c, size_t row);
/* False when no rule, header or journal reads any fact of this check. */
bool check_wanted(const struct message *m, const struct check *c);
/* Whether any rule, or whoever wants all facts, reads the fact of row number
 * row of the check. */
bool check_reads(const struct message *m, const struct check *c, size_t row);
/* Whether rules compare it, and only with numbers below most: then it is the
 * same to them which one from there on it is. */
bool check_reads_below(
    const struct message *m, const struct check *c, size_t row, double most);

#endif
