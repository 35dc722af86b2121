#ifndef POLICY_REPORT_REPORT_FILE_H
#define POLICY_REPORT_REPORT_FILE_H

/*
 * report.db: rows as they are counted, the reports that are made of them, and
 * what became of each mail. Everything here waits for the disk. One thread at
 * a time for one that is open; the daemon and the tool may each have it open.
 *
 *   meta      which host counts here
 *   policy    a record as it was found, once
 *   row       messages of one day that a report says the same of
 *   tally     how many rows that are, and what there was no room for
 *   report    one for each policy and day; its Report-ID does not change
 *   delivery  one mail of a report: to whom, how far it is
 *
 * A mail is sent at most once: just before the server is given the end of it,
 * the delivery is marked DELIVERY_SENDING, for which one sender alone finds it
 * waiting. What a crash leaves so marked may have been sent or not, and is
 * in doubt: nobody sends it again unless he is told to.
 */

#include "policy/base/sqlite.h"
#include "policy/report/report_row.h"

#define REPORT_FILE "report.db" /* in the state directory */

#define REPORT_DAY_S INT64_C(86400)

/* Bounds of one host and day, with the texts of policies that are new; messages
 * beyond are counted as omitted, where there is a report to say so. */
struct report_bounds {
	uint64_t rows, octets;               /* of one policy */
	uint64_t rows_of_all, octets_of_all; /* of all policies */
};
extern const struct report_bounds report_bounds_standard;

#define REPORT_ROWS_KEPT_DAYS    10
#define REPORT_REPORTS_KEPT_DAYS 60

struct report_file;

/*
 * Creates it when it is not there. check: every page is read first. What can't
 * be used is set aside and a new one begun, as sqlite_renew says it: then
 * *renewed is true. NULL with why.
 */
struct report_file *report_file_open(const char *path, int64_t now_s,
    bool check, bool *renewed, char why[SQLITE_WHY_MAX]);
/* NULL inside is fine. */
void report_file_close(struct report_file **f);
const char *report_file_error(const struct report_file *f);
bool report_file_damaged(const struct report_file *f);

/*
 * Counts the list for the day (since 1970, UTC) that runs, in one transaction:
 * all of it or none. A day that is over has no rows to come, so its reports
 * do not change.
 */
bool report_file_add(struct report_file *f, const struct report_row *list,
    int64_t day, const struct report_bounds *bounds);
/* Forgets what is too old. */
bool report_file_expire(struct report_file *f, int64_t today);

/* ---- reports ------------------------------------------------------------------- */

enum delivery_state {
	DELIVERY_WAITING,
	DELIVERY_SENDING,
	DELIVERY_SENT,
	DELIVERY_UNWANTED, /* the host does not want it */
	DELIVERY_REFUSED,  /* by our own mail server, for good */
	DELIVERY_GIVEN_UP, /* it could not be sent for too long */
	DELIVERY_DOUBTFUL, /* see above */
};
#define DELIVERY_STATE_COUNT (DELIVERY_DOUBTFUL + 1)
extern const char *const delivery_state_names[DELIVERY_STATE_COUNT];

struct report_delivery {
	int64_t report, number; /* the mail is number of its report, from 1 */
	int64_t day;
	struct span id;     /* the Report-ID */
	struct span domain; /* whose record it is about */
	struct span published, problem;
	struct span to;
	enum delivery_state state;
	int64_t attempts, next_s;
	uint64_t rows, messages, omitted;
	struct span why; /* of the last attempt; "" for none */
};

/*
 * Makes the reports of a day that is over, of all policies that have none
 * yet; each begins to be sent at a time of its own, between begin_s and
 * spread_s later. False after an error.
 */
bool report_file_make(
    struct report_file *f, int64_t day, int64_t begin_s, int64_t spread_s);
/* Whether some were made of that day. */
bool report_file_made(struct report_file *f, int64_t day);
/* The oldest of the last days, before today, that has rows of which there is
 * no report; false when there is none. */
bool report_file_unmade(struct report_file *f, int64_t today, int64_t *day);

/* Deliveries of a day (-1: all) and domain ("": all), in order; texts live
 * until visit returns, which is false to stop. */
typedef bool report_visit(void *ctx, const struct report_delivery *d);
bool report_file_each(struct report_file *f, int64_t day, struct span domain,
    report_visit *visit, void *ctx);
/* The waiting one whose time came first, in the arena; false: there is none.
 * now_s INT64_MAX: whatever its time. */
bool report_file_next(struct report_file *f, int64_t day, struct span domain,
    int64_t now_s, struct arena *a, struct report_delivery *out);
/* The rows of its report, those of all hosts together. */
typedef void report_row_visit(
    void *ctx, struct span ip, uint64_t count, struct span rest);
bool report_file_rows(struct report_file *f, const struct report_delivery *d,
    report_row_visit *visit, void *ctx);

/* Marks a waiting one as being sent; false: somebody else has it, or an error.
 * On the disk when it returns. */
bool report_file_claim(
    struct report_file *f, const struct report_delivery *d, int64_t now_s);
/* What came of it. */
bool report_file_settle(struct report_file *f, const struct report_delivery *d,
    enum delivery_state state, int64_t now_s, int64_t next_s, const char *why);
/* What is marked as being sent for longer than a sender can take is in doubt;
 * *count: so many. */
bool report_file_doubt(struct report_file *f, int64_t now_s, uint64_t *count);
/* What was not sent or is in doubt waits again. */
bool report_file_again(
    struct report_file *f, int64_t day, struct span domain, int64_t now_s);

/*
 * Takes the rows of that day from another host's file; those that were taken
 * from that host before are replaced. all: the file is of all hosts together,
 * and takes the place of whatever there is of the day. False with why, also
 * when reports of the day were made already.
 */
bool report_file_merge(struct report_file *f, const char *path, int64_t day,
    bool all, char why[SQLITE_WHY_MAX]);

/* ---- between the files of the room ------------------------------------------------ */

struct sqlite *report_file_db(struct report_file *f);
/* Runs sql with numbers for ?1 and on; true when that worked. */
bool report_file_run(
    struct report_file *f, const char *sql, const int64_t *number, size_t n);
struct span report_file_host(const struct report_file *f);

#endif
