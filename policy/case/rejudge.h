#ifndef POLICY_CASE_REJUDGE_H
#define POLICY_CASE_REJUDGE_H

/*
 * Judging a decision of the journal again, by the facts that it kept: with
 * other rules for `verdict replay`, with one fact changed for `verdict
 * explain`. No check runs, nothing is asked but the DNS answers and entries of
 * the store that stand in the record, and what the journal lacks is unknown,
 * never absent; so is what a list says that was not asked then, unless it is
 * asked now.
 *
 * A rule that stands unchanged in the rules of then and reads what the
 * journal does not keep (the text of the body) has its answer of then.
 */

#include "policy/base/json.h"
#include "policy/journal/journal_read.h"
#include "policy/message/session.h"
#include "policy/message/verdict.h"

struct rejudge;

/* Takes a reference to the snapshot to judge with. */
struct rejudge *rejudge_new(struct snapshot *s);
void rejudge_free(struct rejudge **r);

/*
 * From here on lists that a record says nothing of are asked what they say
 * now. pause, or NULL, is called before each question, so that whoever is
 * asked is asked at a bounded rate. The resolver must outlive r.
 */
struct resolver;
struct rejudge_asking {
	struct resolver *resolver;
	int64_t wait_ms; /* for one answer */
	void (*pause)(void *ctx);
	void *ctx;
};
void rejudge_ask(struct rejudge *r, const struct rejudge_asking *asking);
/* Questions that were asked. */
uint64_t rejudge_asked(const struct rejudge *r);

struct rejudge_result {
	/* Until the next run; its ruling answers ruling_truth and so on. */
	struct message *message;
	struct verdict verdict;
	size_t rcpt; /* whom it was judged for: 0, or RCPT_NONE */
	/* An early decision, and the message goes on now: what would have
	 * become of it is not known. */
	bool goes_on;
	/* It rests on what lists say now, not on what they said then. */
	bool asked_now;
	/* It hangs on what the journal lacks: names of facts, "list NAME",
	 * "the store". */
	bool uncertain;
	const char *const *lacks;
	size_t lacks_count;
};

/*
 * A decision of the journal: its record (journal_entry.h), which must live as
 * long as the result, and what it was made with, by name.
 */
struct rejudge_case {
	struct jsonr record;
	struct span snapshot;
	const struct journal_snapshot *made_with;
	/* What is to be different: facts (facts_given.h) over those of the
	 * record, or absent; a rule that is taken not to match, or NULL. */
	struct jsonr change;
	const char *without;
};

/* False with *why (static text) when the record can't be read. */
bool rejudge_run(struct rejudge *r, const struct rejudge_case *c,
    struct rejudge_result *out, const char **why);

#endif
