/*
 * verdict report: sends a day's DMARC reports, and shows what went where.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "policy/base/file.h"
#include "policy/dns/dns_conf.h"
#include "policy/report/report_mail.h"
#include "policy/report/report_send.h"
#include "rules/text/domain.h"
#include "tool/report/report.h"

#define MERGE_MAX 64

struct outgoing {
	const char *config_file, *directory; /* NULL: none */
	const char *merge[MERGE_MAX];
	size_t merge_count;
	int64_t day, today;
	struct span domain; /* "": all */
	bool dry, again, all_hosts;
	struct arena *arena;
	const struct config *config;
	struct report_file *file;
	struct report_sender sender;
	uint64_t total, done; /* progress */
	bool failed;          /* a file could not be written */
};

/* ---- days ---------------------------------------------------------------------------- */

/* "today", "yesterday" or 2026-11-28, all of them UTC. */
static bool
day_read(struct outgoing *o, const char *text)
{
	struct tm tm = { 0 };
	const char *end;

	if (strcmp(text, "yesterday") == 0 || strcmp(text, "today") == 0) {
		o->day = o->today - (text[0] == 'y');
		return true;
	}
	end = strptime(text, "%Y-%m-%d", &tm);
	if (end != NULL && *end == '\0') {
		o->day = (int64_t)timegm(&tm) / REPORT_DAY_S;
		return true;
	}
	(void)tool_fail(
	    0, "%s is no day: say yesterday or 2026-01-31 (UTC)", text);
	return false;
}

/* ---- files ---------------------------------------------------------------------------- */

static void
file_write(struct outgoing *o, const char *name, struct span octets)
{
	const char *path = path_join(o->directory, name, o->arena);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool ok = fd >= 0;

	while (ok && octets.n > 0) {
		ssize_t n = write(fd, octets.p, octets.n);

		ok = n > 0;
		octets = span_slice(octets, ok ? (size_t)n : 0, octets.n);
	}
	if (!ok) {
		(void)tool_fail(0, "%s: %s", path, strerror(errno));
		o->failed = true;
	}
	if (fd >= 0)
		(void)close(fd);
}

/* ---- progress and the page ---------------------------------------------------------------- */

static void
page_line(const struct report_delivery *d, const char *state, const char *why)
{
	struct buf out;

	buf_init(&out, 8192);
	(void)buf_printf(&out, "%-10s %8llu %8llu  ", state,
	    (unsigned long long)d->rows, (unsigned long long)d->messages);
	tool_safe(&out, d->domain);
	(void)buf_addz(&out, "  ");
	tool_safe(&out, d->to);
	if (why[0] != '\0') {
		(void)buf_addz(&out, "  ");
		tool_safe(&out, span_of(why));
	}
	(void)buf_addc(&out, '\n');
	tool_print(&out);
}

static void
outgoing_shown(void *ctx, const struct report_delivery *d,
    enum delivery_state state, const char *why, const char *file,
    struct span packed)
{
	struct outgoing *o = ctx;

	o->done++;
	if (isatty(STDERR_FILENO) == 1)
		(void)fprintf(stderr, "\r%llu of %llu ",
		    (unsigned long long)o->done, (unsigned long long)o->total);
	if (o->directory != NULL && file != NULL)
		file_write(o, file, packed);
	if (o->dry)
		page_line(d,
		    state == DELIVERY_SENDING ? "would go"
					      : delivery_state_names[state],
		    why);
}

static void
page_head(void)
{
	(void)printf("%s%-10s %8s %8s  %s%s\n", tool_bold(), "STATE", "ROWS",
	    "MESSAGES", "DOMAIN  TO", tool_plain());
}

struct page {
	uint64_t count[DELIVERY_STATE_COUNT];
};

static bool
page_add(void *ctx, const struct report_delivery *d)
{
	struct page *page = ctx;
	char why[200];

	(void)snprintf(why, sizeof(why), "%.*s",
	    SPAN_FMT(span_slice(d->why, 0, sizeof(why) - 1)));
	page->count[d->state]++;
	page_line(d, delivery_state_names[d->state], why);
	return true;
}

/* What went where; true when all of it is settled well. */
static bool
page_show(struct outgoing *o)
{
	struct page page = { { 0 } };
	char day[16];

	page_head();
	if (!report_file_each(o->file, o->day, o->domain, page_add, &page))
		return tool_fail(0, "report.db can't be read: %s",
			   report_file_error(o->file)) != 0;
	report_day_text(o->day, day);
	(void)printf("%s:", day);
	for (size_t i = 0; i < DELIVERY_STATE_COUNT; i++)
		if (page.count[i] > 0)
			(void)printf(" %llu %s",
			    (unsigned long long)page.count[i],
			    delivery_state_names[i]);
	(void)puts(
	    page.count[DELIVERY_SENT] + page.count[DELIVERY_WAITING] == 0 &&
		    page.count[DELIVERY_UNWANTED] == 0
		? " nothing to report"
		: "");
	return page.count[DELIVERY_WAITING] + page.count[DELIVERY_SENDING] +
		   page.count[DELIVERY_REFUSED] +
		   page.count[DELIVERY_GIVEN_UP] +
		   page.count[DELIVERY_DOUBTFUL] ==
	       0;
}

/* ---- sending -------------------------------------------------------------------------------- */

static bool
count_waiting(void *ctx, const struct report_delivery *d)
{
	uint64_t *n = ctx;

	*n += d->state == DELIVERY_WAITING;
	return true;
}

static bool
dry_add(void *ctx, const struct report_delivery *d)
{
	struct outgoing *o = ctx;

	report_send_one(&o->sender, d);
	return true;
}

static void
copy_remove(const char *copy, struct arena *a)
{
	static const char *const ends[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < ARRAY_COUNT(ends); i++)
		(void)unlink(arena_printf(a, "%s%s", copy, ends[i]));
	(void)rmdir(path_dir(copy, a));
}

/* What all hosts have of the day, instead of what this one counted. */
static bool
outgoing_hosts(struct outgoing *o)
{
	char name[] = "/tmp/verdict-report.XXXXXX", why[SQLITE_WHY_MAX] = "";
	uint64_t messages = 0;
	const char *path;
	bool ok;

	/* They do not change any more. */
	if (report_file_made(o->file, o->day))
		return true;
	if (mkdtemp(name) == NULL)
		return tool_fail(0, "%s: %s", name, strerror(errno)) != 0;
	path = arena_printf(o->arena, "%s/%s", name, REPORT_FILE);
	ok = report_hosts_gather(
	    o->config_file, o->day, path, o->arena, &messages);
	if (ok && messages == 0)
		(void)tool_fail(0,
		    "no decision of that day in the database says what "
		    "reports tell: hosts that copy there want \"report "
		    "collect\". What this host has counted is taken");
	else if (ok && !report_file_merge(o->file, path, o->day, true, why))
		ok = tool_fail(0, "%s", why) != 0;
	copy_remove(path, o->arena);
	return ok;
}

static bool
outgoing_merge(struct outgoing *o)
{
	char why[SQLITE_WHY_MAX];

	for (size_t i = 0; i < o->merge_count; i++)
		if (!report_file_merge(
			o->file, o->merge[i], o->day, false, why)) {
			(void)tool_fail(0, "%s", why);
			return false;
		}
	return !o->all_hosts || outgoing_hosts(o);
}

static bool
outgoing_send(struct outgoing *o)
{
	uint64_t doubtful;
	int64_t now_s = clock_system.unix_s(NULL);

	if (o->again && !report_file_again(o->file, o->day, o->domain, now_s))
		return false;
	(void)report_file_doubt(o->file, now_s, &doubtful);
	(void)report_file_each(
	    o->file, o->day, o->domain, count_waiting, &o->total);
	/* Each once: what fails now waits until it is ordered again. */
	while (o->done < o->total &&
	       report_send_next(&o->sender, o->day, o->domain, INT64_MAX))
		continue;
	if (o->done > 0 && isatty(STDERR_FILENO) == 1)
		(void)fputs("\r", stderr);
	return page_show(o);
}

static bool
outgoing_run(struct outgoing *o)
{
	if (!outgoing_merge(o) || !report_file_make(o->file, o->day, 0, 0)) {
		(void)tool_fail(
		    0, "reports can't be made: %s", report_file_error(o->file));
		return false;
	}
	if (!o->dry)
		return outgoing_send(o) && !o->failed;
	o->sender.dry = true;
	(void)report_file_each(
	    o->file, o->day, o->domain, count_waiting, &o->total);
	page_head();
	return report_file_each(o->file, o->day, o->domain, dry_add, o) &&
	       !o->failed;
}

/* ---- opening ---------------------------------------------------------------------------------- */

/* A dry run works on a copy, in a directory of its own, so that nothing is
 * noted. */
static bool
outgoing_copy(struct outgoing *o, const char *path, const char **copy)
{
	char why[SQLITE_WHY_MAX] = "";
	char name[] = "/tmp/verdict-report.XXXXXX";
	struct sqlite *db = sqlite_open(path, SQLITE_FOR_READING, why);
	struct sqlite_statement *s;
	bool ok;

	if (db == NULL || mkdtemp(name) == NULL) {
		sqlite_close(&db);
		(void)tool_fail(0, "%s", why[0] != '\0' ? why : name);
		return false;
	}
	*copy = arena_printf(o->arena, "%s/%s", name, REPORT_FILE);
	ok = sqlite_exec(db, "PRAGMA query_only=0");
	s = ok ? sqlite_prepare(db, "VACUUM INTO ?1") : NULL;
	if (s != NULL)
		sqlite_bind_text(s, 1, span_of(*copy));
	ok = s != NULL && sqlite_run(s);
	if (!ok)
		(void)tool_fail(0, "%s: %s", path, sqlite_error(db));
	sqlite_statement_free(&s);
	sqlite_close(&db);
	return ok;
}

static int
outgoing_open(struct outgoing *o)
{
	const char *path = path_join(o->config->state, REPORT_FILE, o->arena);
	const char *copy = NULL, *why = report_settings_wrong(o->config);
	char problem[SQLITE_WHY_MAX] = "", host[256] = "localhost";
	bool renewed, ok;

	if (why != NULL)
		return tool_fail(EXIT_CONFIG, "%s", why);
	if (access(path, F_OK) != 0)
		return tool_fail(EXIT_NOINPUT,
		    "%s: %s; has \"report\" been on, or collect?", path,
		    strerror(errno));
	o->sender.resolver = dns_conf_resolver(o->config, &why);
	if (o->sender.resolver == NULL)
		return tool_fail(EXIT_UNAVAILABLE, "%s", why);
	if (o->dry && !outgoing_copy(o, path, &copy))
		return EXIT_NOINPUT;
	o->file = report_file_open(copy != NULL ? copy : path,
	    clock_system.unix_s(NULL), false, &renewed, problem);
	(void)gethostname(host, sizeof(host) - 1);
	o->sender.file = o->file;
	o->sender.helo = host;
	ok = o->file != NULL && outgoing_run(o);
	if (o->file == NULL)
		(void)tool_fail(0, "%s", problem);
	report_file_close(&o->file);
	if (copy != NULL)
		copy_remove(copy, o->arena);
	resolver_free(&o->sender.resolver);
	return ok ? EXIT_OK : EXIT_FAILED;
}

/* ---- the command -------------------------------------------------------------------------------- */

enum {
	OPT_DAY = 256,
	OPT_DOMAIN,
	OPT_DRY,
	OPT_AGAIN,
	OPT_MERGE,
	OPT_ALL_HOSTS,
};

static const struct option long_options[] = {
	{ "day", required_argument, NULL, OPT_DAY },
	{ "domain", required_argument, NULL, OPT_DOMAIN },
	{ "dry-run", no_argument, NULL, OPT_DRY },
	{ "again", no_argument, NULL, OPT_AGAIN },
	{ "merge", required_argument, NULL, OPT_MERGE },
	{ "all-hosts", no_argument, NULL, OPT_ALL_HOSTS },
	{ "config", required_argument, NULL, 'c' },
	{ NULL, 0, NULL, 0 },
};

static bool
option_read(struct outgoing *o, int c, const char *value)
{
	const char *why;

	switch (c) {
	case OPT_DAY:
		return day_read(o, value);
	case OPT_DOMAIN:
		return domain_to_ascii(
		    span_of(value), o->arena, &o->domain, &why);
	case OPT_DRY:
		o->dry = true;
		return true;
	case OPT_AGAIN:
		o->again = true;
		return true;
	case OPT_MERGE:
		if (o->merge_count == MERGE_MAX)
			return false;
		o->merge[o->merge_count++] = value;
		return true;
	case OPT_ALL_HOSTS:
		o->all_hosts = true;
		return true;
	case 'o':
		o->directory = value;
		return true;
	case 'c':
		o->config_file = value;
		return true;
	default:
		return false;
	}
}

static int
outgoing_start(struct outgoing *o)
{
	struct snapshot *s;
	int status;

	if (o->day >= o->today && !o->dry)
		return tool_fail(EXIT_USAGE,
		    "that day is not over (UTC); --dry-run shows what there "
		    "is so far");
	if (o->directory != NULL && !path_is_dir(o->directory))
		return tool_fail(
		    EXIT_USAGE, "%s is no directory", o->directory);
	s = tool_settings(o->config_file);
	if (s == NULL)
		return EXIT_CONFIG;
	o->config = o->sender.config = &s->config;
	status = outgoing_open(o);
	snapshot_unref(&s);
	return status;
}

static int
report_run(int argc, char **argv)
{
	struct outgoing o = { .arena = arena_new(),
		.domain = SPAN(""),
		.sender = { .clock = clock_system, .shown = outgoing_shown } };
	int c, status = EXIT_OK;

	if (argc > 1 && strcmp(argv[1], "read") == 0) {
		arena_free(&o.arena);
		return report_read_run(argc - 1, argv + 1);
	}
	o.sender.ctx = &o;
	o.today = clock_system.unix_s(NULL) / REPORT_DAY_S;
	o.day = o.today - 1;
	while (status == EXIT_OK &&
	       (c = getopt_long(argc, argv, "o:c:", long_options, NULL)) != -1)
		if (!option_read(&o, c, optarg))
			status = tool_usage();
	if (status == EXIT_OK &&
	    (optind < argc || (o.all_hosts && o.merge_count > 0)))
		status = tool_usage();
	if (status == EXIT_OK)
		status = outgoing_start(&o);
	arena_free(&o.arena);
	return status;
}

extern const struct command command_report;
const struct command command_report = {
	.name = "report",
	.usage = "[--day DAY] [--domain DOMAIN] [--dry-run] [--again]\n"
		 "    [--merge FILE ... | --all-hosts] [-o DIR] [-c FILE]\n"
		 "  or: verdict report read [--domain DOMAIN] [--all] [--json] "
		 "FILE|DIR|- ...",
	.help = "send DMARC reports, read those of others",
	.run = report_run,
};
