#ifndef MILTER_DAEMON_LOG_SINK_H
#define MILTER_DAEMON_LOG_SINK_H

/*
 * Where lines are handed to somebody else's process, who may stand still:
 * syslog's socket, or what reads our standard error.
 *
 * The life of a line: log_sink_put tries to hand it over at once without
 * waiting. While the other side takes nothing it waits in a bounded queue that
 * a thread empties; what finds the queue full is dropped and counted. When the
 * queue is empty again a line of ours says how many were dropped. syslog(3)
 * instead waits inside of libc, with a lock held, for as long as the reader
 * likes: ten lines were enough to stop all mail.
 */

#include "rules/base/span.h"

struct log_sink;

struct log_sink_options {
	const char *path;  /* of a socket of syslog; NULL: fd */
	int fd;            /* a pipe, socket, terminal or file */
	size_t lines_max;  /* 0: 4,096 */
	size_t octets_max; /* 0: 4 MB */
	int64_t retry_ms;  /* between tries to reach path; 0: 500 */
	/* Makes the line that tells how many were dropped. */
	size_t (*told)(uint64_t dropped, char *out, size_t size);
};

/* Starts the thread: after a fork. The options' text must live as long. */
struct log_sink *log_sink_new(const struct log_sink_options *o);
/* A whole line as the other side wants it. Any thread; never waits. */
void log_sink_put(struct log_sink *s, struct span line);
/*
 * The same when this process is about to end: takes no lock, tries once and
 * keeps nothing.
 */
void log_sink_put_last(struct log_sink *s, struct span line);
/* Waits until all is handed over, for wait_ms at most; false: not all. */
bool log_sink_flush_join(struct log_sink *s, int64_t wait_ms);
/* Ends the thread; what is queued is lost. NULL inside is fine. */
void log_sink_free(struct log_sink **s);

struct log_sink_figures {
	uint64_t dropped;
	uint64_t queued; /* now */
};
/* s NULL: all zero. */
void log_sink_figures(struct log_sink *s, struct log_sink_figures *out);

#endif
