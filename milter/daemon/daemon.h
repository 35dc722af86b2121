#ifndef MILTER_DAEMON_DAEMON_H
#define MILTER_DAEMON_DAEMON_H

/*
 * The process: what all its sessions share, and the snapshot that new ones
 * get. There is one; milter/ alone knows it.
 */

#include "policy/judge/judge.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/budget.h"
#include "policy/message/snapshot.h"

struct counters;
struct copy;
struct journal;
struct report_book;
struct dnslist_health;

struct daemon {
	struct services judge;
	struct dnslist_health *lists;  /* of all snapshots, once it is there */
	struct snapshot_source source; /* what a reload reads again */
	struct counters *counters;
	struct room room; /* what all messages keep */
	const char *version;
	/* NULL: decisions are not kept. A reload may begin it. */
	_Atomic(struct journal *) journal;
	/* NULL: nobody copies the journal. The same. */
	_Atomic(struct copy *) copy;
	/* NULL: nothing is counted for reports. The same. */
	_Atomic(struct report_book *) reports;
};

/* The one and only. Set up by main before the engine runs. */
struct daemon *daemon_self(void);

/* A reference to the current snapshot. Any thread. */
struct snapshot *daemon_snapshot(void);
/*
 * Reads the configuration again and makes it current. On an error the old one
 * stays, and also where a list of files has shrunk to half or to nothing,
 * until it is ordered again as it is: files that change by themselves are
 * truncated by accident. ordered: somebody has said so, and it was not just
 * seen that a list has changed. Appends to report what was found, for log and control socket. Any
 * thread; one reload at a time.
 */
bool daemon_reload(bool ordered, struct buf *report);
/* Begins the journal, and counting for reports, if the settings have it on.
 * At start, when privileges have been given up; a reload sees to itself. */
void daemon_keep_journal(const struct config *c);
void daemon_keep_reports(const struct config *c);
/* The first snapshot; takes the reference. */
void daemon_begin(struct snapshot *first);
/*
 * The settings that the first snapshot had, for what is read at start alone and
 * again at the end, such as the pid file's path. They outlive all reloads.
 */
const struct config *daemon_config_at_start(void);

#endif
