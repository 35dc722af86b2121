/*
 * Requests at the control socket, as they come from whoever may open it: each
 * is answered by "ok" or "error" and a text, and the thread lives on. What
 * the daemon consists of besides is put on here.
 */
#include "config.h"

#include "policy/lists/list_lookup.h"
#include "tests/fuzz/message_kit.c"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "milter/alert/alert.h"
#include "milter/control/control.h"
#include "milter/control/metric_sources.h"
#include "milter/count/compare_tally.h"
#include "milter/count/stats.h"
#include "milter/daemon/daemon.h"
#include "milter/daemon/log.h"
#include "milter/daemon/process.h"
#include "milter/engine/engine.h"
#include "milter/protocol/callbacks.h"
#include "policy/base/share.h"
#include "policy/judge/sessions.h"
#include "policy/learn/learner.h"
#include "policy/lists/dnslist_health.h"
#include "policy/store/store.h"

/* ---- the rest of the daemon ---------------------------------------------- */

unsigned long
callbacks_sessions_open(void)
{
	return 1;
}

unsigned long
callbacks_sessions_total(void)
{
	return 2;
}

static unsigned long
no_spread(void)
{
	return 0;
}

static const struct engine no_engine = { .name = "none", .spread = no_spread };

const struct engine *
engine_chosen(void)
{
	return &no_engine;
}

void
compare_list(struct buf *out)
{
	(void)buf_addz(out, "1 example.org\n");
}

const struct metric_sources metric_sources;

void
stats_write(const struct metric_sources *sources, struct buf *out)
{
	(void)sources;
	(void)buf_addz(out, "{}\n");
}

void
log_write(enum log_level level, const char *fmt, ...)
{
	(void)level;
	(void)fmt;
}

void
log_lines(enum log_level level, struct span text)
{
	(void)level;
	(void)text;
}

void
process_notify(const char *state)
{
	(void)state;
}

bool
process_give(
    const char *path, const struct config *c, struct arena *a, const char **why)
{
	(void)path;
	(void)c;
	(void)a;
	(void)why;
	return true;
}

void
alert_of_judge(void *ctx, const char *key, const char *text)
{
	(void)ctx;
	(void)key;
	(void)text;
}

/* ---- asking it ------------------------------------------------------------ */

static struct sockaddr_un
control_begin(void)
{
	static struct sockaddr_un un = { .sun_family = AF_UNIX };
	static struct clock_fixed time = { .unix_s = CASE_TIME_DEFAULT };
	struct config config = kit_snapshot()->config;
	struct daemon *d = daemon_self();
	char directory[] = "/tmp/control_fuzz.XXXXXX";
	struct arena *a;
	const char *why;

	if (un.sun_path[0] != '\0')
		return un;
	d->version = "1.0";
	d->judge.clock = clock_of_fixed(&time);
	d->judge.store = store_memory();
	d->room.memory = share_new();
	d->judge.sessions = sessions_new();
	d->lists = dnslist_health_new(
	    &(struct dnslist_health_options){ .clock = d->judge.clock });
	dnslist_health_watch(d->lists, dnslists_of(kit_snapshot()));
	d->source.config_text = SPAN("mode monitor\njournal off\n");
	d->source.rules_text = SPAN("rule r when spf = fail then junk\n");
	daemon_begin(snapshot_ref(kit_snapshot()));
	a = arena_new();
	INVARIANT(mkdtemp(directory) != NULL);
	d->judge.learner = learner_new(&(const struct learner_options){
	    .dir = directory, .clock = d->judge.clock });
	(void)snprintf(un.sun_path, sizeof(un.sun_path), "%s/s", directory);
	config.control = un.sun_path;
	INVARIANT(control_open(&config, a, &why));
	control_start();
	arena_free(&a);
	return un;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_un un = control_begin();
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char chunk[4096], first[6] = "";
	size_t n = 0;
	ssize_t got;

	INVARIANT(fd >= 0);
	INVARIANT(connect(fd, (const struct sockaddr *)&un, sizeof(un)) == 0);
	if (send(fd, data, size, MSG_NOSIGNAL) < 0)
		size = 0;
	(void)shutdown(fd, SHUT_WR);
	while ((got = recv(fd, chunk, sizeof(chunk), 0)) > 0)
		for (ssize_t i = 0; i < got && n < sizeof(first); i++)
			first[n++] = chunk[i];
	INVARIANT(n == 0 || memcmp(first, "ok\n", 3) == 0 ||
		  memcmp(first, "error\n", 6) == 0);
	(void)close(fd);
	return 0;
}
