#ifndef POLICY_BASE_THREAD_H
#define POLICY_BASE_THREAD_H

/* Threads of ours beside those that serve sessions. */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Starts a thread with all signals blocked in it: they are for the thread
 * that waits for them. False when there are no more threads to be had.
 */
bool thread_start(pthread_t *out, void *(*run)(void *), void *argument);

/*
 * Timed waits go by the monotonic clock, whose time until_ms is: somebody may
 * set the other one meanwhile. thread_cond_wait is called with the lock held,
 * and returns false when nobody has woken it up to then.
 */
void thread_cond_init(pthread_cond_t *c);
bool thread_cond_wait(
    pthread_cond_t *c, pthread_mutex_t *lock, int64_t until_ms);

#endif
