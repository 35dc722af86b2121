/*
 * What all sessions of the process share, and replacing it while they run.
 */
#include "config.h"

#include "milter/daemon/daemon.h"

#include <pthread.h>
#include <string.h>

#include "policy/load/snapshot_load.h"
#include "policy/lists/dnslist_health.h"
#include "policy/base/file.h"
#include "policy/journal/journal.h"
#include "policy/lists/list_lookup.h"
#include "rules/source/diag.h"

#define DIAGS_REPORT_MAX 65536
#define VALUE_MAX        4096

/* Settings that a reload does not change. */
static const char *const at_start[] = { "listen", "listen.mode", "listen.group",
	"user", "group", "pid-file", "control", "log", "state", "store",
	"store.fallback", "store.timeout", "store.entries", "header.max",
	"metrics", "resolver", "dns.timeout", "dns.cache" };

static struct daemon self;
static const struct snapshot *first; /* that the process started with */
static struct snapshot *current;
static pthread_mutex_t current_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t reload_mutex = PTHREAD_MUTEX_INITIALIZER;

struct daemon *
daemon_self(void)
{
	return &self;
}

void
daemon_begin(struct snapshot *s)
{
	first = snapshot_ref(s);
	current = s;
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

static bool
is_at_start(const char *key)
{
	for (size_t i = 0; i < ARRAY_COUNT(at_start); i++)
		if (strcmp(at_start[i], key) == 0)
			return true;
	return false;
}

/* Names the settings that only a restart would change. */
static void
report_at_start(const struct config *now, struct buf *report)
{
	for (size_t i = 0; i < config_row_count; i++) {
		const struct setting_row *row = &config_rows[i];
		struct buf was, is;

		if (!is_at_start(row->key))
			continue;
		buf_init(&was, VALUE_MAX);
		buf_init(&is, VALUE_MAX);
		setting_format(row, &first->config, &was);
		setting_format(row, now, &is);
		if (!span_eq(buf_span(&was), buf_span(&is)))
			(void)buf_printf(report,
			    "warning: %s is read at start: for its new value "
			    "restart verdict-milter\n",
			    row->key);
		buf_free(&was);
		buf_free(&is);
	}
}

/*
 * Once begun it stays: whether a decision is kept is the question of the
 * snapshot that it was made with. Its path lives as long as the process.
 */
void
daemon_keep_journal(const struct config *c)
{
	struct journal_options o = { .clock = clock_system,
		.alert = self.judge.alert };

	if (!c->journal || self.journal != NULL)
		return;
	o.path = path_join(first->config.state, "journal.db", arena_new());
	self.journal = journal_new(&o);
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
		dnslist_health_watch(self.lists, dnslists_of(fresh));
		report_at_start(&fresh->config, report);
		daemon_keep_journal(&fresh->config);
		daemon_swap(fresh);
	}
	(void)pthread_mutex_unlock(&reload_mutex);
	diags_print(&diags, report, false);
	arena_free(&arena);
	return fresh != NULL;
}
