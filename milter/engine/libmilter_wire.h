#ifndef MILTER_ENGINE_LIBMILTER_WIRE_H
#define MILTER_ENGINE_LIBMILTER_WIRE_H

/*
 * What lies between libmilter and its sockets: octets read ahead, so that
 * many commands cost one system call, and answers that wait for the one that
 * ends them. For libmilter_poll.c, which knows what libmilter's polls mean; the other
 * calls (read, writev, close) are replaced in libmilter_wire.c itself.
 *
 * What a thread has read ahead is its own; libmilter handles a connection on
 * one thread at a time.
 */

#include <stdbool.h>

/* Whether the code at this address belongs to libmilter. */
bool wire_is_libmilter(const void *caller);

/* True when this thread is the one that serves the connection. */
bool wire_serves(int fd);
/*
 * A worker asks whether the next command of a connection is there, and waits
 * at most timeout_ms. True only when the whole command is, or as much of it as
 * is read ahead, or the connection's end: a client that sends an octet a
 * second holds no worker, for its connection goes back to the controller with
 * what came so far.
 */
bool wire_command_ready(int fd, int timeout_ms);
/* True when a read would be served from what is read ahead. */
bool wire_has_octets(int fd);
/* A worker asks whether it may write, and would wait at most timeout_ms. */
void wire_will_write(int fd, int timeout_ms);

#endif
