#ifndef POLICY_JOURNAL_JOURNAL_READ_H
#define POLICY_JOURNAL_JOURNAL_READ_H

/*
 * The journal as its readers see it: `verdict history`, `explain`, `replay`.
 * The daemon may write meanwhile. Everything here waits for the disk. One
 * thread at a time.
 */

#include "policy/base/json.h"
#include "policy/base/sqlite.h"
#include "policy/message/snapshot.h"
#include "rules/base/arena.h"

struct journal_reader;

/* NULL: why says why not. */
struct journal_reader *journal_reader_open(
    const char *path, char why[SQLITE_WHY_MAX]);
void journal_reader_close(struct journal_reader **r);

/* Spans live until the next row is read. */
struct journal_row {
	int64_t seq, time_s;
	struct span id, queue, client, sender, author;
	struct span rcpt; /* addresses, a line each */
	struct span verdict, wanted, stage, rule;
	struct span rules; /* names of those that matched, a line each */
	/* "pass none fail": what SPF, DKIM and DMARC came to, "-" for not
	 * known; "" in rows of files that had no such column. */
	struct span auth;
	struct span reply; /* "550 5.7.1 text"; "" for none */
	struct span snapshot;
	struct span host; /* "" in a journal of one host */
	double score;
	struct span record; /* "" unless asked for */
	struct jsonr value; /* absent unless asked for, or when it is damaged */
};

struct journal_query {
	int64_t since_s, until_s; /* both included; 0: no bound */
	bool newest_first;
	bool records;
	bool values; /* the same, read already: what a walk over many wants */
	/* Those for which this rule matched, and perhaps some more; "": all. */
	struct span rule;
	/* From this decision id on, its recipients' included; "": all. */
	struct span id_prefix;
	/* Behind this one, in the order that is asked for; 0: from its
	 * beginning. */
	int64_t after_seq;
};

/*
 * False ends the walk. However long it takes, the file is not held meanwhile:
 * rows are read some hundred at a time, and what is written or deleted between
 * is seen or not.
 */
typedef bool journal_visit(void *ctx, const struct journal_row *row);
/* False after an error of the file; journal_reader_error says which. */
bool journal_each(struct journal_reader *r, const struct journal_query *q,
    journal_visit *visit, void *ctx);
const char *journal_reader_error(const struct journal_reader *r);
/* Decisions in these bounds, for progress. */
uint64_t journal_count(struct journal_reader *r, const struct journal_query *q);

/*
 * The seq behind all decisions that were made up to then, by some probes
 * instead of a walk: where clocks were set back, more or less. 0: there are
 * none; INT64_MAX: it is not known here, and a walk must tell.
 */
int64_t journal_seq_at(struct journal_reader *r, int64_t time_s);

/*
 * The record of one decision, as JSON in the arena; "" when it is gone or
 * damaged. May be called from within a walk.
 */
struct span journal_record(
    struct journal_reader *r, int64_t seq, struct arena *a);

/* What a decision was made with. */
struct journal_snapshot {
	struct span config; /* p NULL: there was no file */
	struct span rules;
	const struct snapshot_file *file;
	size_t file_count;
	bool files_cut;
	const struct span *gathered; /* names of facts */
	size_t gathered_count;
};
/* The same as the journal has it, a JSON object; "" when it has none. */
struct span journal_snapshot_text(
    struct journal_reader *r, struct span name, struct arena *a);
/* In the arena. False when the journal does not have it. */
bool journal_snapshot(struct journal_reader *r, struct span name,
    struct arena *a, struct journal_snapshot *out);

/*
 * Where decisions lie, for those that read from elsewhere than the file. Each
 * function is that of the same name above; snapshot is journal_snapshot_text.
 */
struct journal_source {
	bool (*each)(void *self, const struct journal_query *q,
	    journal_visit *visit, void *ctx);
	uint64_t (*count)(void *self, const struct journal_query *q);
	struct span (*record)(void *self, int64_t seq, struct arena *a);
	int64_t (*seq_at)(void *self, int64_t time_s); /* may be NULL */
	struct span (*snapshot)(void *self, struct span name, struct arena *a);
	const char *(*error)(const void *self);
	void (*close)(void *self);
};
/* Takes self. */
struct journal_reader *journal_reader_of(
    const struct journal_source *source, void *self);

#endif
