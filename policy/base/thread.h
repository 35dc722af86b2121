#ifndef POLICY_BASE_THREAD_H
#define POLICY_BASE_THREAD_H

/* Threads of ours beside those that serve sessions. */

#include <pthread.h>
#include <stdbool.h>

/*
 * Starts a thread with all signals blocked in it: they are for the thread
 * that waits for them. False when there are no more threads to be had.
 */
bool thread_start(pthread_t *out, void *(*run)(void *), void *argument);

#endif
