/*
 * Is the daemon there, and does it judge? Asks as an MTA would, and over the
 * control socket.
 */
#include "config.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/judge/probe.h"
#include "tool/doctor/doctor.h"
#include "tool/doctor/milter_client.h"

#define TIMEOUT_S   20
#define NUMBERS_MAX ((size_t)64 << 20)

/*
 * A message from a documentation address to nobody. It is judged and logged
 * as any other.
 */
static const struct milter_message synthetic = {
	.client = PROBE_CLIENT,
	.helo = PROBE_HELO,
	.sender = "<>",
	.rcpt = "<postmaster@" PROBE_HELO ">",
	.header = SPAN_INIT("From: verdict doctor "
			    "<doctor@doctor.verdict.invalid>\n"
			    "To: postmaster@doctor.verdict.invalid\n"
			    "Subject: is the filter well?\n"
			    "Date: Thu, 01 Jan 2026 00:00:00 +0000\n"
			    "Message-ID: <doctor@doctor.verdict.invalid>\n"),
	.body = SPAN_INIT("A question of verdict doctor.\r\n"),
};

static bool
answer_has(const struct milter_answer *answer, const char *name)
{
	struct span rest = buf_span(&answer->added), line;

	while (span_cut(&rest, '\n', &line))
		if (span_case_is(line, name))
			return true;
	return false;
}

static void
doctor_answer(struct doctor *d, const struct milter_answer *answer)
{
	if (strchr("rtyd", answer->code) != NULL) {
		doctor_found(d, FINDING_OK, "session", NULL,
		    "a message is judged (and refused, by your rules)");
		return;
	}
	if (answer->stage != 'E') {
		doctor_found(d, FINDING_WARN, "session",
		    "see the log for what the rules did",
		    "a message is let through before its end is judged");
		return;
	}
	if (!answer_has(answer, "X-Verdict") ||
	    !answer_has(answer, "Authentication-Results")) {
		doctor_found(d, FINDING_WARN, "session",
		    "look at \"trust\" and \"headers.*\" in verdict.conf",
		    "a message is judged, but X-Verdict and "
		    "Authentication-Results do not come back");
		return;
	}
	doctor_found(d, FINDING_OK, "session", NULL,
	    "a message is judged and its header fields come back");
}

static void
doctor_session(struct doctor *d, const char *listen)
{
	struct milter_answer answer = { 0 };
	struct milter_client client;

	if (!milter_client_open(&client, listen, TIMEOUT_S)) {
		doctor_found(d, FINDING_FAIL, "socket",
		    "systemctl start verdict-milter; journalctl -u "
		    "verdict-milter says why it does not",
		    "nothing answers on %s: %s", listen, client.why);
		return;
	}
	d->answers = true;
	doctor_found(
	    d, FINDING_OK, "socket", NULL, "a filter answers on %s", listen);
	buf_init(&answer.added, 65536);
	if (milter_client_play(&client, &synthetic, &answer))
		doctor_answer(d, &answer);
	else
		doctor_found(d, FINDING_FAIL, "session",
		    "see the log of verdict-milter",
		    "a message is not judged: %s", client.why);
	buf_free(&answer.added);
	milter_client_close(&client);
}

/* Who may connect to a unix socket; its directory counts as well. */
static void
doctor_mode(struct doctor *d, const char *listen)
{
	struct stat st;
	const char *path = listen + strlen("unix:");

	if (strncmp(listen, "unix:", 5) != 0)
		return;
	if (stat(path, &st) != 0 || !S_ISSOCK(st.st_mode)) {
		doctor_found(d, FINDING_FAIL, "socket",
		    "start verdict-milter, or correct \"listen\"",
		    "there is no socket %s", path);
		return;
	}
	if ((st.st_mode & S_IWOTH) != 0)
		doctor_found(d, FINDING_WARN, "socket",
		    "listen.mode 0660 and listen.group postfix in verdict.conf",
		    "every local user may write to %s", path);
	else if ((st.st_mode & S_IWGRP) == 0)
		doctor_found(d, FINDING_FAIL, "socket",
		    "listen.mode 0660 and listen.group postfix in verdict.conf",
		    "only its owner may write to %s, Postfix may not", path);
}

/* Store and journal, and its copy: does each work? */
static void
doctor_kept(struct doctor *d, struct jsonr metrics)
{
	static const struct {
		const char *row, *topic, *what, *lost;
	} kept[] = {
		{ "store_works", "store",
		    "what is known of senders can be used",
		    "what is known of senders is lost: greylisting, limits and "
		    "reputation let mail by" },
		{ "journal_works", "journal", "decisions are kept",
		    "decisions cannot be written: explain and history do not "
		    "know them" },
		{ "journal_copy_works", "journal", "decisions are copied",
		    "decisions are not copied to PostgreSQL; they wait in the "
		    "journal" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(kept); i++) {
		struct jsonr row = jsonr_get(metrics, kept[i].row), one;
		struct span engine;
		const void *at = NULL;
		double works = 1;
		bool any = jsonr_number(row, &works);

		/* By engine, of which there is one. */
		while (!any && jsonr_next(row, &at, &engine, &one))
			any = jsonr_number(one, &works);
		if (any && works == 0)
			doctor_found(d, FINDING_FAIL, kept[i].topic,
			    "journalctl -u verdict-milter --grep alert= says "
			    "why: a full disk, rights, a server that is away",
			    "%s", kept[i].lost);
		else if (any)
			doctor_found(d, FINDING_OK, kept[i].topic, NULL, "%s",
			    kept[i].what);
	}
}

/* What the daemon has counted since it was started. */
static void
doctor_numbers(struct doctor *d, const char *path)
{
	struct jsonr_doc *doc = NULL;
	struct buf answer;
	const char *why;

	buf_init(&answer, NUMBERS_MAX);
	if (tool_control(path, "stats", &answer, &why) &&
	    (doc = jsonr_parse(buf_span(&answer), d->arena, &why)) != NULL) {
		doctor_direction(d, jsonr_get(jsonr_top(doc), "metrics"));
		doctor_kept(d, jsonr_get(jsonr_top(doc), "metrics"));
	}
	jsonr_free(&doc);
	buf_free(&answer);
}

static void
doctor_control(struct doctor *d)
{
	const char *path = d->snapshot->config.control, *why;
	struct buf answer;

	if (path[0] == '\0') {
		doctor_found(d, FINDING_WARN, "control",
		    "remove \"control\" from verdict.conf",
		    "there is no control socket: reload, stats and lists "
		    "do not work");
		return;
	}
	buf_init(&answer, 65536);
	if (!tool_control(path, "version", &answer, &why))
		doctor_found(d, FINDING_FAIL, "control",
		    "run as root or as the daemon's user; is the daemon "
		    "running?",
		    "%s: %s", path, why);
	else if (!span_is(span_trim(buf_span(&answer)), PACKAGE_VERSION))
		doctor_found(d, FINDING_WARN, "control",
		    "systemctl restart verdict-milter",
		    "the daemon is %.*s, this command %s",
		    SPAN_FMT(span_trim(buf_span(&answer))), PACKAGE_VERSION);
	else
		doctor_found(d, FINDING_OK, "control", NULL,
		    "the daemon answers, version %s", PACKAGE_VERSION);
	buf_free(&answer);
	doctor_numbers(d, path);
}

void
doctor_milter(struct doctor *d)
{
	const char *listen = d->snapshot->config.listen;

	if (listen[0] == '/')
		listen = arena_printf(d->arena, "unix:%s", listen);
	doctor_mode(d, listen);
	doctor_session(d, listen);
	doctor_control(d);
}
