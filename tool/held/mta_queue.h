#ifndef TOOL_HELD_MTA_QUEUE_H
#define TOOL_HELD_MTA_QUEUE_H

/*
 * The mail that an MTA holds: which there is, and letting one go. Each MTA is
 * a row of functions over its own commands; nothing of its queue is touched
 * but by these.
 */

#include "rules/base/arena.h"
#include "rules/base/buf.h"

/* Octets of a queue id: letters and digits alone. */
#define MTA_ID_MAX 32
/* Recipients of a message that are told. */
#define MTA_RCPTS_MAX 100

struct mta_held {
	struct span id; /* of the queue */
	int64_t time_s; /* 0: not known */
	uint64_t octets;
	struct span sender; /* "" : the null sender */
	struct span rcpt;   /* addresses, a line each; MTA_RCPTS_MAX at most */
	size_t rcpts;
	struct span reason; /* as the MTA has it; "" */
};

struct mta_list {
	struct arena *arena;
	struct mta_held *item;
	size_t count, cap;
};

/* Beyond these nothing is listed. */
#define MTA_HELD_MAX 100000

struct mta_queue {
	const char *name;
	const char *command; /* which is there where the MTA is */
	/* False: *why, in the list's arena. */
	bool (*list)(struct mta_list *out, const char **why);
	bool (*release)(struct span id, struct arena *a, const char **why);
};

extern const struct mta_queue mta_postfix, mta_sendmail;
/* The one of this machine, or, where name is not NULL, of that name in lower
 * case; NULL: there is none. */
const struct mta_queue *mta_queue_here(const char *name);

bool mta_id_valid(struct span id);
struct mta_held *mta_list_add(struct mta_list *l);
/* One more recipient; nothing where there are MTA_RCPTS_MAX, for who sent the
 * message chose how many. */
void mta_rcpt_add(
    const struct mta_list *l, struct mta_held *h, struct span address);

/*
 * Runs a command with its arguments, without a shell, and appends what it
 * prints, errors as well. Looked for by PATH, then in /usr/sbin. Returns its
 * exit status; 127: it is not there or was killed.
 */
int mta_run(const char *const *argv, struct buf *out);
/* Whether mta_run would find it. */
bool mta_there(const char *command);

#endif
