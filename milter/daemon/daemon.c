/*
 * What all sessions of the process share, and replacing it while they run.
 */
#include "config.h"

#include "milter/daemon/daemon.h"

#include <pthread.h>
#include <string.h>

#include "policy/base/file.h"
#include "policy/copy/copy.h"
#include "policy/journal/journal.h"
#include "policy/judge/sessions.h"
#include "policy/lists/dnslist_health.h"
#include "policy/lists/list_lookup.h"
#include "policy/load/snapshot_load.h"
#include "policy/load/snapshot_shrink.h"
#include "policy/report/report_book.h"
#include "rules/base/panic.h"
#include "rules/source/diag.h"

#define DIAGS_REPORT_MAX 65536
#define VALUE_MAX        4096

static struct daemon self;
static struct snapshot *first; /* settings at start, without rules */
static struct arena *first_text;
static struct snapshot *current;
static pthread_mutex_t current_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t reload_mutex = PTHREAD_MUTEX_INITIALIZER;

struct daemon *
daemon_self(void)
{
	return &self;
}

/*
 * What was configured in s without its rules and lists, which are most of it
 * and go with the first reload. From the same text, so it cannot have errors
 * that s had not. What the text is kept in outlives the result.
 */
static struct snapshot *
settings_alone(const struct snapshot *s, struct arena *kept)
{
	struct snapshot_source source = self.source;
	struct snapshot *made;
	struct diags diags;

	diags_init(&diags, kept);
	source.checks = s->checks;
	source.settings_only = true;
	source.config_text = s->config_text;
	if (s->config_text.p == NULL)
		source.file = NULL;
	else
		source.config_text = arena_dup(kept, s->config_text);
	made = snapshot_load(&source, &diags);
	INVARIANT(made != NULL);
	return made;
}

void
daemon_begin(struct snapshot *s)
{
	snapshot_unref(&first); /* of tests, which begin more than once */
	arena_free(&first_text);
	first_text = arena_new();
	first = settings_alone(s, first_text);
	current = s;
}

const struct config *
daemon_config_at_start(void)
{
	return &first->config;
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

/* Names the settings that only a restart would change. */
static void
report_at_start(const struct snapshot *now, struct buf *report)
{
	for (size_t p = 0; p < now->parts.count; p++) {
		const struct config_part *part = &now->parts.part[p];

		for (size_t i = 0; i < part->count; i++) {
			struct buf was, is;

			if (!part->row[i].at_start)
				continue;
			buf_init(&was, VALUE_MAX);
			buf_init(&is, VALUE_MAX);
			setting_format(
			    &part->row[i], first->parts.part[p].base, &was);
			setting_format(&part->row[i], part->base, &is);
			if (!span_eq(buf_span(&was), buf_span(&is)))
				(void)buf_printf(report,
				    "warning: %s is read at start: for its new "
				    "value restart verdict-milter\n",
				    part->row[i].key);
			buf_free(&was);
			buf_free(&is);
		}
	}
}

/* Once begun it stays, as the journal does, perhaps with nothing to do. */
static void
keep_copy(const struct config *c)
{
	struct copy_options o = { .host = self.judge.hostname,
		.clock = clock_system,
		.alert = self.judge.alert };

	if (self.copy == NULL && c->journal_copy[0] != '\0') {
		o.journal =
		    path_join(first->config.state, "journal.db", arena_new());
		self.copy = copy_new(&o);
	}
	if (self.copy != NULL)
		copy_target(
		    self.copy, c->journal_copy, c->journal_copy_keep.ms / 1000);
}

/*
 * Once begun it stays: whether a decision is kept is the question of the
 * snapshot that it was made with. Its path lives as long as the process.
 */
void
daemon_keep_journal(const struct config *c)
{
	struct journal_options o = { .clock = clock_system,
		.alert = self.judge.alert,
		.keep_s = c->journal_keep.ms / 1000,
		.size = c->journal_size.octets };

	journal_bounds(self.journal, o.keep_s, o.size);
	keep_copy(c);
	if (!c->journal || self.journal != NULL)
		return;
	o.path = path_join(first->config.state, "journal.db", arena_new());
	self.journal = journal_new(&o);
}

void
daemon_keep_reports(const struct config *c)
{
	struct report_book_options o = { .clock = clock_system,
		.alert = self.judge.alert };

	if (c->report.index == REPORT_OFF || self.reports != NULL)
		return;
	o.path = path_join(first->config.state, REPORT_FILE, arena_new());
	self.reports = report_book_new(&o);
}

/* Behind reload_mutex. */
static bool
reload_shrinks(const struct snapshot *fresh, bool ordered, struct buf *report)
{
	static char refused[sizeof(fresh->name)];
	struct snapshot *old = daemon_snapshot();
	size_t from = report->n;
	bool shrinks = snapshot_shrunken(old, fresh, report) > 0;

	snapshot_unref(&old);
	if (!shrinks || (ordered && strcmp(refused, fresh->name) == 0)) {
		refused[0] = '\0';
		return false;
	}
	(void)strcpy(refused, fresh->name);
	(void)buf_addz(report, "the lists in force stay; if the new ones are "
			       "right, say \"verdict reload\" once more\n");
	if (self.judge.alert != NULL)
		self.judge.alert(self.judge.ctx, "list shrank",
		    arena_strdup(fresh->arena,
			span_slice(buf_span(report), from, report->n)));
	return true;
}

bool
daemon_reload(bool ordered, struct buf *report)
{
	struct arena *arena = arena_new();
	struct diags diags;
	struct snapshot *fresh;

	diags_init(&diags, arena);
	(void)pthread_mutex_lock(&reload_mutex);
	fresh = snapshot_load(&self.source, &diags);
	/* What they point into may go with the snapshot before they are told. */
	diags_keep(&diags);
	if (fresh != NULL && reload_shrinks(fresh, ordered, report))
		snapshot_unref(&fresh);
	if (fresh != NULL) {
		dnslist_health_watch(self.lists, dnslists_of(fresh));
		report_at_start(fresh, report);
		daemon_keep_journal(&fresh->config);
		daemon_keep_reports(&fresh->config);
		daemon_swap(fresh);
		sessions_refresh(self.judge.sessions);
	}
	(void)pthread_mutex_unlock(&reload_mutex);
	diags_print(&diags, report, false);
	arena_free(&arena);
	return fresh != NULL;
}
