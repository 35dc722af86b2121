/*
 * What all sessions of the process share, and replacing it while they run.
 */
#include "config.h"

#include "milter/daemon.h"

#include <pthread.h>

#include "policy/dnslist_health.h"
#include "rules/diag.h"

#define DIAGS_REPORT_MAX 65536

static struct daemon self;
static struct snapshot *current;
static pthread_mutex_t current_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t reload_mutex = PTHREAD_MUTEX_INITIALIZER;

struct daemon *
daemon_self(void)
{
	return &self;
}

void
daemon_begin(struct snapshot *first)
{
	current = first;
}

struct snapshot *
daemon_snapshot(void)
{
	struct snapshot *s;

	(void)pthread_mutex_lock(&current_mutex);
	s = snapshot_ref(current);
	(void)pthread_mutex_unlock(&current_mutex);
	return s;
}

static void
daemon_swap(struct snapshot *fresh)
{
	struct snapshot *old;

	(void)pthread_mutex_lock(&current_mutex);
	old = current;
	current = fresh;
	(void)pthread_mutex_unlock(&current_mutex);
	snapshot_unref(&old);
}

bool
daemon_reload(struct buf *report)
{
	struct arena *arena = arena_new();
	struct diags diags;
	struct snapshot *fresh;

	diags_init(&diags, arena);
	(void)pthread_mutex_lock(&reload_mutex);
	fresh = snapshot_load(&self.source, &diags);
	if (fresh != NULL) {
		dnslist_health_watch(self.lists, &fresh->dnslists);
		daemon_swap(fresh);
	}
	(void)pthread_mutex_unlock(&reload_mutex);
	diags_print(&diags, report, false);
	arena_free(&arena);
	return fresh != NULL;
}
