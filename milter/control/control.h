#ifndef MILTER_CONTROL_CONTROL_H
#define MILTER_CONTROL_CONTROL_H

/*
 * The control socket: one line with a command, an answer until the end of the
 * connection. Its first line is "ok" or "error"; commands are rows in
 * control.c. Commands run one after the other; clients have a thread each,
 * sixteen at most, five seconds to ask and a minute to read the answer.
 */

#include "policy/config/conf.h"
#include "rules/base/arena.h"

/*
 * Binds the socket (mode 0600 in a directory that is made 0700 if missing, and
 * then belongs to whom we become, for only its owner can remove the socket at
 * the end); before privileges are dropped. Starts no thread.
 */
bool control_open(const struct config *c, struct arena *a, const char **why);
/* Starts the thread; also the one that waits for SIGUSR1. */
void control_start(void);
/* As `verdict reload` does; what comes of it stands in the log. ordered:
 * somebody asks for it (daemon_reload). */
void control_reload(bool ordered);
/* Says how far the patterns of the rules in force are compiled. */
void control_log_patterns(void);
/* Which rules are in force, and whether they are the shipped ones. */
void control_log_rules(void);
void control_close(void);

#endif
