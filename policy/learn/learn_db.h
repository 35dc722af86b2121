#ifndef POLICY_LEARN_LEARN_DB_H
#define POLICY_LEARN_LEARN_DB_H

/*
 * learned.db: what was taught, and the features of decisions that may still be
 * taught. No text of any message stands in it: features are hashes keyed with
 * a secret of the site, and so is the sender.
 *
 *   sample  one message that was taught: which kind, when, by whom, the
 *           decision's id where it had one, whose mail it was, its features
 *   kept    features of decisions, for LEARN_KEPT_DAYS
 *
 * The order of samples is by time and then by key, so it is the same on every
 * host that has them. Every call waits for the disk. One thread at a time for
 * one struct.
 */

#include "policy/base/sqlite.h"
#include "policy/learn/learn_cut.h"
#include "rules/learn/sample.h"

#define LEARN_GONE_TIMES  3 /* what was forgotten is kept, by samples_max */
#define LEARN_KEPT_DAYS   14
#define LEARN_WHO_MAX     128
#define LEARN_ID_MAX      40

struct learn_db;

struct learn_sample {
	char key[LEARN_KEY_OCTETS + 1]; /* hash of its features */
	bool spam;
	int64_t time_s;
	struct span who;      /* "" for the administrator */
	struct span id;       /* of the decision; "" when it is not known */
	uint64_t sender;      /* keyed hash of the author; 0: none */
	struct span features; /* packed */
};

/* What a rule says of a decision. */
enum learn_lesson { LESSON_NONE, LESSON_SPAM, LESSON_HAM };

struct learn_kept {
	struct span id;
	int64_t time_s;
	uint64_t sender;
	bool good; /* surely wanted mail, as far as a machine can tell */
	struct span features;
	enum learn_lesson lesson; /* to be taught at once; not kept */
};

/*
 * As sqlite_renew: a damaged file is set aside. NULL and why when there can
 * be none. reading: it exists and is only looked at.
 */
struct learn_db *learn_db_open(const char *path, int64_t now_s, bool reading,
    bool *renewed, char why[SQLITE_WHY_MAX]);
/* NULL inside is fine. */
void learn_db_close(struct learn_db **db);
const char *learn_db_error(const struct learn_db *db);

/*
 * The site's secret, by which features are hashed: it lies with them, for one
 * is worth nothing without the other. Made when there is none yet; false with
 * another error.
 */
bool learn_db_key(struct learn_db *db, uint64_t *key);
/* Takes that of another host; only into a file without samples. */
bool learn_db_adopt(struct learn_db *db, uint64_t key);

/* Puts it in, in place of the one with that key. */
bool learn_db_put(struct learn_db *db, const struct learn_sample *s);
enum learn_found { LEARN_FOUND, LEARN_NONE, LEARN_ERROR };
/* Texts lie in the arena. */
enum learn_found learn_db_get(struct learn_db *db, const char *key,
    struct arena *a, struct learn_sample *out);
/* The one that was taught by this decision's id. */
enum learn_found learn_db_by_id(struct learn_db *db, struct span id,
    struct arena *a, struct learn_sample *out);
/* Removes it and remembers that, so that other hosts forget it, too: every
 * word on it up to time_s. */
bool learn_db_remove(struct learn_db *db, const char *key, int64_t time_s);
typedef bool learn_db_gone_visit(void *ctx, const char *key, int64_t time_s);
bool learn_db_gone(struct learn_db *db, learn_db_gone_visit *visit, void *ctx);

/*
 * Visits samples in their order, those behind the time and key first (0 and
 * "": from the beginning), until visit returns false. Spans live until it
 * returns. False after an error.
 */
typedef bool learn_db_visit(void *ctx, const struct learn_sample *s);
bool learn_db_each(struct learn_db *db, int64_t after_s, const char *after,
    learn_db_visit *visit, void *ctx);

/* All of them, without features and ids. */
bool learn_db_roll(struct learn_db *db, learn_db_visit *visit, void *ctx);

/*
 * Which samples to forget; members that are 0 or NULL say nothing. Where a
 * sender is named and no teacher, what decisions saw of his mail goes as well:
 * that reads all of it. *count is of samples.
 */
struct learn_forget {
	const char *who; /* "" is the administrator */
	uint64_t sender;
	int64_t since_s, before_s;
};
bool learn_db_forget(
    struct learn_db *db, const struct learn_forget *f, uint64_t *count);
/*
 * Takes what was forgotten from the disk: until then it stands in the log
 * behind the file, and before that in the file. Outside of a transaction. Where
 * somebody is reading, the next call does it.
 */
void learn_db_scrub(struct learn_db *db);

/* How many of a kind there are; how many one teacher taught since then. */
bool learn_db_count(struct learn_db *db, uint64_t *spam, uint64_t *ham);
bool learn_db_taught(
    struct learn_db *db, struct span who, int64_t since_s, uint64_t *count);
/* Each teacher, with how many of each kind; as learn_db_each. */
typedef bool learn_db_teacher(
    void *ctx, struct span who, uint64_t spam, uint64_t ham);
bool learn_db_teachers(struct learn_db *db, learn_db_teacher *visit, void *ctx);
/*
 * Forgets what is too old, and, where there are more than samples_max, of each
 * kind what is more than half of it (learn_cut); of keys that are gone what is too many; of kept
 * ones what is older than keep_s and more than kept_max. *removed: samples
 * that went.
 */
bool learn_db_expire(struct learn_db *db, int64_t now_s, uint64_t samples_max,
    int64_t keep_s, uint64_t kept_max, uint64_t *removed);

/* Several in one transaction: all of it, where ok and it can be written, or
 * none, and false. learn_db_error says what went wrong first. */
bool learn_db_begin(struct learn_db *db);
/* The same for reading alone: all that is read until the end is of one time. */
bool learn_db_look(struct learn_db *db);
bool learn_db_end(struct learn_db *db, bool ok);
bool learn_db_keep(struct learn_db *db, const struct learn_kept *k);
enum learn_found learn_db_kept(struct learn_db *db, struct span id,
    struct arena *a, struct learn_kept *out);
bool learn_db_kept_count(struct learn_db *db, uint64_t *count, uint64_t *good);
/*
 * The newest good ones, at most max, whose sender nobody taught to be spam and
 * which were not taught themselves.
 */
typedef bool learn_db_kept_visit(void *ctx, const struct learn_kept *k);
bool learn_db_good(
    struct learn_db *db, uint64_t max, learn_db_kept_visit *visit, void *ctx);

#endif
