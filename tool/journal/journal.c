/*
 * Finding the journal, moments in time and what stood in force then.
 */
#include "config.h"

#include "tool/journal/journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "policy/base/file.h"
#include "policy/copy/copy_read.h"
#include "policy/learn/learn_db.h"
#include "policy/load/snapshot_load.h"
#include "rules/base/utf8.h"
#include "rules/source/diag.h"
#include "rules/source/literal.h"

/* What the configuration says, in the arena; NULL is told. */
static const char *
journal_where(const struct journal_choice *o, struct arena *a)
{
	struct snapshot *s = tool_settings(o->config);
	const char *path = NULL;

	if (s == NULL)
		return NULL;
	if (!o->all_hosts)
		path = path_join(
		    arena_strdup(a, span_of(s->config.state)), "journal.db", a);
	else if (s->config.journal_copy[0] != '\0')
		path = arena_strdup(a, span_of(s->config.journal_copy));
	else
		(void)tool_fail(0,
		    "--all-hosts reads what the hosts copy to PostgreSQL, and "
		    "journal.copy is not set");
	snapshot_unref(&s);
	return path;
}

/* Nothing was judged yet, or somebody looks elsewhere: said instead of what
 * the library of the file says. */
static bool
journal_there(const struct journal_choice *o, const char *path, struct arena *a)
{
	struct stat st;

	if (copy_is_address(path) || stat(path, &st) == 0)
		return true;
	if (errno == EACCES)
		return tool_fail(0,
			   "the journal %s is not for this user: run it as "
			   "root or as the daemon's user",
			   path) != 0;
	if (errno != ENOENT && errno != ENOTDIR)
		return true;
	if (o->journal != NULL)
		return tool_fail(0, "there is no journal %s", path) != 0;
	(void)tool_fail(0,
	    "there is no journal yet: the daemon begins it when it first "
	    "starts, as %s (\"state %s\" and \"journal\" in %s)",
	    path, path_dir(path, a),
	    o->config == NULL ? TOOL_CONFIG : o->config);
	return false;
}

struct journal_reader *
tool_journal(const struct journal_choice *o, const char **path, struct arena *a)
{
	char why[SQLITE_WHY_MAX];
	struct journal_reader *r;
	bool copy;

	*path = o->journal != NULL ? o->journal : journal_where(o, a);
	if (*path == NULL || !journal_there(o, *path, a))
		return NULL;
	copy = copy_is_address(*path);
	r = copy_journal_open(*path, COPY_READ_WAIT_MS, why);
	if (r == NULL)
		(void)tool_fail(0, "the journal can't be read: %s", why);
	if (copy)
		*path = "";
	return r;
}

/*
 * Behind a date: nothing for local time, Z for UTC, or +01:00. A log's
 * fractions of a second are skipped.
 */
static bool
moment_zone(const char *rest, struct tm *tm, int64_t *out)
{
	const char *end;
	int64_t offset_s;

	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	if (*rest == '\0') {
		*out = (int64_t)mktime(tm);
		return true;
	}
	end = strptime(rest, "%z", tm);
	if (end == NULL || *end != '\0')
		return false;
	/* timegm() resets what it does not read. */
	offset_s = tm->tm_gmtoff;
	*out = (int64_t)timegm(tm) - offset_s;
	return true;
}

static bool
moment_date(const char *text, int64_t *out)
{
	static const char *const forms[] = { "%Y-%m-%dT%H:%M:%S",
		"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M",
		"%Y-%m-%d" };

	for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
		struct tm tm = { .tm_isdst = -1 };
		const char *end = strptime(text, forms[i], &tm);

		if (end != NULL && moment_zone(end, &tm, out))
			return true;
	}
	return false;
}

/* The midnight with which a day begins: today, yesterday, or a weekday, that
 * is the last before today. */
static bool
moment_day(const char *text, int64_t now_s, int64_t *out)
{
	static const char *const days[] = { "sunday", "monday", "tuesday",
		"wednesday", "thursday", "friday", "saturday" };
	time_t now = (time_t)now_s;
	struct tm tm = { 0 };
	int back = -1;

	(void)localtime_r(&now, &tm);
	if (strcmp(text, "today") == 0)
		back = 0;
	else if (strcmp(text, "yesterday") == 0)
		back = 1;
	for (int i = 0; i < 7; i++)
		if (span_case_is(span_of(text), days[i]))
			back = (tm.tm_wday - i + 6) % 7 + 1;
	if (back < 0)
		return false;
	tm.tm_mday -= back;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	*out = (int64_t)mktime(&tm);
	return true;
}

bool
tool_moment_read(const char *text, int64_t now_s, int64_t *out)
{
	int64_t ms;
	uint64_t number;

	if (moment_date(text, out) || moment_day(text, now_s, out))
		return true;
	if (span_number(span_of(text), &number) && number > 100000000 &&
	    number < INT64_MAX) {
		*out = (int64_t)number;
		return true;
	}
	if (literal_duration(span_of(text), &ms)) {
		*out = now_s - ms / 1000;
		return true;
	}
	return false;
}

bool
tool_moment(const char *text, int64_t now_s, int64_t *out)
{
	int64_t ms;

	if (tool_moment_read(text, now_s, out))
		return true;
	if (text[0] == '-' && literal_duration(span_of(text + 1), &ms)) {
		(void)tool_fail(
		    0, "%s: say %s, that is so long ago", text, text + 1);
		return false;
	}
	(void)tool_fail(0,
	    "%s is no moment: say 7d, 2h, yesterday, tuesday, 2026-01-31 or "
	    "2026-01-31T10:00",
	    text);
	return false;
}

void
tool_time(int64_t unix_s, char out[24])
{
	time_t t = (time_t)unix_s;
	struct tm tm = { 0 };

	(void)localtime_r(&t, &tm);
	if (strftime(out, 24, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		out[0] = '\0';
}

void
tool_clean(struct buf *out, struct span text)
{
	size_t i = 0;

	while (i < text.n) {
		uint32_t rune;
		size_t len = utf8_next(text, i, &rune);

		if (utf8_shown(rune))
			(void)buf_add(out, span_slice(text, i, i + len));
		else
			(void)buf_addc(out, '?');
		i += len;
	}
}

struct snapshot *
tool_snapshot_then(
    const struct journal_snapshot *then, struct arena *a, const char **why)
{
	const struct snapshot_source source = {
		.config_text = then->config,
		.rules_text = then->rules,
		.given = then->file,
		.given_count = then->file_count,
	};
	struct diags diags;
	struct snapshot *s;
	struct buf report;

	diags_init(&diags, a);
	s = snapshot_load(&source, &diags);
	if (s != NULL)
		return s;
	buf_init(&report, 65536);
	diags_print(&diags, &report, false);
	*why = arena_strdup(a, buf_span(&report));
	buf_free(&report);
	return NULL;
}

bool
tool_taught(const char *journal, const char *state, struct arena *a,
    struct learn_db **out)
{
	size_t slash = span_find_last(span_of(journal), '/');
	const char *path = "learned.db";
	char why[SQLITE_WHY_MAX];
	struct stat st;
	bool renewed;

	*out = NULL;
	if (journal[0] == '\0')
		path = path_join(state, path, a);
	else if (slash != SIZE_MAX)
		path = arena_printf(a, "%.*s/%s", (int)slash, journal, path);
	if (stat(path, &st) != 0 && errno == ENOENT) {
		(void)tool_fail(0,
		    "there is no %s: nobody said of any message what it is",
		    path);
		return true;
	}
	*out = learn_db_open(path, 0, true, &renewed, why);
	if (*out == NULL)
		(void)tool_fail(0, "%s: %s", path, why);
	return *out != NULL;
}

bool
tool_from_outside(struct jsonr record)
{
	struct span direction = jsonr_get_text(record, "direction");

	return span_is(direction, "inbound") || span_is(direction, "relay");
}
