/*
 * pthread_create(3) as Debian's libmilter sees it.
 *
 * That libmilter starts a worker for a session when none is idle. When the
 * system has no more threads it writes a line to the log and forgets the
 * session, which stays marked as running: its MTA waits for an answer that
 * never comes, and the client for as long. So a start that fails is kept and
 * tried again, by a thread that was started while there were some; workers
 * that find nothing to do end, so it comes to its turn. The session gets its
 * answer late.
 *
 * This definition replaces the C library's for the whole program, so it acts
 * only on calls out of libmilter's code; everybody else gets plain
 * pthread_create(3). Clang links its sanitizers into the program and wants to
 * see all threads begin: there nothing is replaced.
 */
#include "config.h"

#include "milter/engine/libmilter_thread.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "milter/engine/libmilter_wire.h"
#include "policy/base/clock.h"
#include "policy/base/thread.h"
#include "rules/base/panic.h"
#include "rules/base/span.h"

#if defined(__clang__)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define THREADS_ARE_WATCHED
#endif
#endif

#ifdef THREADS_ARE_WATCHED

bool
libmilter_threads_begin(void)
{
	return false;
}

#else

/* Between two tries, while a start waits. */
#define TRY_MS 20

typedef int thread_create(pthread_t *out, const pthread_attr_t *attr,
    void *(*run)(void *), void *argument);

struct start {
	struct start *next;
	void *(*run)(void *);
	void *argument;
};

static struct {
	pthread_once_t once; /* finds the next */
	thread_create *plain;
	pthread_mutex_t lock; /* of the rest */
	pthread_cond_t wake;
	bool begun; /* somebody tries */
	struct start *first, **last;
} late = { .once = PTHREAD_ONCE_INIT, .lock = PTHREAD_MUTEX_INITIALIZER };

/* Functions and data have pointers of one kind here, as dlsym(3) says. */
static void
plain_find(void)
{
	union {
		void *symbol;
		thread_create *call;
	} found = { dlsym(RTLD_NEXT, "pthread_create") };

	INVARIANT(found.symbol != NULL);
	late.plain = found.call;
}

static int
plain_create(pthread_t *out, const pthread_attr_t *attr, void *(*run)(void *),
    void *argument)
{
	(void)pthread_once(&late.once, plain_find);
	return late.plain(out, attr, run, argument);
}

/* False: nobody would try it again. */
static bool
start_keep(void *(*run)(void *), void *argument)
{
	struct start *s;
	bool begun;

	(void)pthread_mutex_lock(&late.lock);
	begun = late.begun;
	if (begun) {
		s = xcalloc(1, sizeof(*s));
		s->run = run;
		s->argument = argument;
		*late.last = s;
		late.last = &s->next;
		(void)pthread_cond_signal(&late.wake);
	}
	(void)pthread_mutex_unlock(&late.lock);
	return begun;
}

/* libmilter's workers detach themselves, so whose thread out is is no matter
 * to it. */
int
pthread_create(pthread_t *out, const pthread_attr_t *attr, void *(*run)(void *),
    void *argument)
{
	int error = plain_create(out, attr, run, argument);

	if (error != EAGAIN || !wire_is_libmilter(CALLER_ADDRESS()) ||
	    !start_keep(run, argument))
		return error;
	*out = pthread_self();
	return 0;
}

/* Starts those that wait, in their order, until one cannot be. */
static void
starts_try(void)
{
	pthread_t thread;

	while (late.first != NULL) {
		struct start *s = late.first;

		if (plain_create(&thread, NULL, s->run, s->argument) != 0)
			return;
		late.first = s->next;
		if (late.first == NULL)
			late.last = &late.first;
		free(s);
	}
}

static void *
starts_thread(void *argument)
{
	(void)pthread_mutex_lock(&late.lock);
	for (;;) {
		while (late.first == NULL)
			(void)pthread_cond_wait(&late.wake, &late.lock);
		starts_try();
		if (late.first != NULL)
			(void)thread_cond_wait(&late.wake, &late.lock,
			    clock_system.monotonic_ms(clock_system.ctx) +
				TRY_MS);
	}
	return argument;
}

bool
libmilter_threads_begin(void)
{
	pthread_t thread;

	thread_cond_init(&late.wake);
	late.last = &late.first;
	if (!thread_start(&thread, starts_thread, NULL))
		return false;
	(void)pthread_detach(thread);
	(void)pthread_mutex_lock(&late.lock);
	late.begun = true;
	(void)pthread_mutex_unlock(&late.lock);
	return true;
}

#endif
