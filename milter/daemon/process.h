#ifndef MILTER_DAEMON_PROCESS_H
#define MILTER_DAEMON_PROCESS_H

/* What the process is to the system: user, background, readiness. */

#include "policy/config/conf.h"
#include "rules/base/arena.h"

/*
 * Goes into the background; to be called before any thread exists. The caller
 * continues in the child, the parent waits for process_ready and exits with 0
 * then, or with 1 if the child dies first.
 */
bool process_background(struct arena *a, const char **why);
/* Gives up root for good; does nothing when we are not root. */
bool process_drop(const struct config *c, struct arena *a, const char **why);
/* Gives path to the user that process_drop will make us; does nothing when we
 * are not root. */
bool process_give(const char *path, const struct config *c, struct arena *a,
    const char **why);
/*
 * Locks the directory of state (which is made if it is not there) as long as
 * the process lives: two that write the same store and journal overwrite what
 * the other knows. With the rights that it is written with, so after
 * process_drop. One that cannot be written to needs no lock.
 */
bool process_state_lock(
    const struct config *c, struct arena *a, const char **why);
/* Before process_drop, while the directory may be root's. "" does nothing. */
/* Locks the file as long as the process lives; with the rights of the start. */
bool process_pid_file(const char *path, struct arena *a, const char **why);
/* Or empties it, where its directory is not ours to write to any more. */
void process_pid_remove(const char *path);
/* Tells the waiting parent and systemd that connections are taken. */
void process_ready(void);
/* For systemd: a line such as "RELOADING=1", "STOPPING=1", "WATCHDOG=1". */
void process_notify(const char *state);

#endif
