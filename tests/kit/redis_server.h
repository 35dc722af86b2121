#ifndef TESTS_KIT_REDIS_SERVER_H
#define TESTS_KIT_REDIS_SERVER_H

/* Debian's redis-server as a child of the test. */

#include <stdbool.h>
#include <sys/types.h>

/*
 * Starts it with these arguments, the program's name first and NULL last, and
 * waits until it takes connections. False when it ends before, as where it is
 * not installed.
 */
bool redis_server_start(const char *const arguments[], pid_t *out);
void redis_server_stop(pid_t pid, int signal_number);

#endif
