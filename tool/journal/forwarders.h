#ifndef TOOL_JOURNAL_FORWARDERS_H
#define TOOL_JOURNAL_FORWARDERS_H

/*
 * Who forwards whose mail, gathered from decisions of the journal. One thread
 * at a time; all lies in the tally's arena.
 */

#include "policy/base/json.h"
#include "policy/journal/journal_read.h"

/* A journal of all the world's hosts shall not cost more than this. */
#define FORWARDERS_MAX 20000
/* Counted exactly up to there, of one forwarder. */
#define FORWARDER_NAMES_MAX 1000
#define FORWARDER_EXAMPLES  3

/* Different names, each with how often it was seen. */
struct forwarder_names {
	struct forwarder_name {
		struct span text;
		uint64_t count;
	} * name;
	size_t count, cap;
};

struct forwarder {
	struct span name;  /* a domain, or a network where none is known */
	bool domain;       /* it is a domain */
	uint64_t messages; /* that somebody else wrote */
	uint64_t proved;   /* of them, with a good or restored signature of the
	                      author's domain */
	uint64_t sealed;   /* with a chain of ARC that holds and is its own */
	uint64_t srs;      /* with a sender of SRS */
	uint64_t stopped;  /* not accepted */
	int64_t first_s, last_s;
	struct forwarder_names authors; /* registered domains of the proved */
	struct forwarder_names rcpt;
	struct span example[FORWARDER_EXAMPLES]; /* ids, the newest first */
	size_t example_count;
};

struct forwarders {
	struct arena *arena;
	struct forwarder *forwarder;
	size_t count, cap;
	uint32_t *bucket; /* of numbers counted from 1; 0: none */
	bool over;        /* there were more than FORWARDERS_MAX */
	uint64_t rows;    /* that were looked at */
};

void forwarders_init(struct forwarders *f, struct arena *a);
/* Looks at a decision, with its record; rows come the newest first. */
void forwarders_add(struct forwarders *f, const struct journal_row *row);

/* What makes one worth to be proposed. */
struct forwarders_bounds {
	uint64_t authors;  /* domains at least */
	uint64_t messages; /* at least */
};
/*
 * Is it likely that recipients of ours have their mail sent on from there?
 * Many authors are proved, most of the mail is theirs, and it comes again and
 * again for the same recipients: who sends for many, or forges many, fails
 * one of these.
 */
bool forwarder_likely(
    const struct forwarder *w, const struct forwarders_bounds *bounds);

#endif
