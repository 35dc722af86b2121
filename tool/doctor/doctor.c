/*
 * verdict doctor: what a person gets wrong, and how to mend it.
 */
#include "config.h"

#include "tool/doctor/doctor.h"

#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/case/case.h"
#include "policy/dns/dns_conf.h"
#include "rules/base/jsonw.h"
#include "tool/base/screen.h"

#define REPORT_MAX   ((size_t)16 << 20)
#define OUTPUT_MAX   ((size_t)262144)
#define ASK_MS       10000
#define SELECTOR_MAX 32
#define SMTP_PORT    25
#define LEAD         20 /* columns before a text */

static const char *const level_names[] = { "ok", "info", "unknown", "warn",
	"fail" };
_Static_assert(
    ARRAY_COUNT(level_names) == FINDING_FAIL + 1, "a name per level");

void
doctor_found(struct doctor *d, enum finding_level level, const char *topic,
    const char *mend, const char *fmt, ...)
{
	struct finding *f;
	va_list ap;

	d->finding =
	    arena_grow(d->arena, d->finding, &d->cap, d->count + 1, sizeof(*f));
	f = &d->finding[d->count++];
	f->level = level;
	f->topic = topic;
	f->mend = mend == NULL ? NULL : arena_strdup(d->arena, span_of(mend));
	va_start(ap, fmt);
	f->text = arena_vprintf(d->arena, fmt, ap);
	va_end(ap);
}

const struct dns_answer *
doctor_ask(
    struct doctor *d, struct dns_batch *b, struct span name, enum dns_type type)
{
	int64_t until_ms = clock_system.monotonic_ms(clock_system.ctx) + ASK_MS;
	const struct dns_answer *a;

	(void)d;
	while ((a = dns_ask(b, name, type))->status == DNS_PENDING)
		if (!dns_join(b, until_ms))
			dns_give_up(b, "timeout");
	return a;
}

bool
doctor_known(struct doctor *d, const struct dns_answer *a, const char *what,
    struct span name)
{
	if (a->status != DNS_TEMP)
		return true;
	doctor_found(d, FINDING_FAIL, "dns",
	    "look at the domain's name servers, and at your resolver",
	    "%s of %.*s cannot be looked up: %s", what, SPAN_FMT(name),
	    a->problem);
	return false;
}

bool
doctor_command(const char *command, struct arena *a, struct span *out)
{
	FILE *f = popen(command, "r");
	struct buf b;
	char chunk[4096];
	size_t n;

	*out = SPAN("");
	if (f == NULL)
		return false;
	buf_init(&b, OUTPUT_MAX);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		(void)buf_add(&b, span_make(chunk, n));
	*out = arena_dup(a, buf_span(&b));
	buf_free(&b);
	return pclose(f) == 0 || out->n > 0;
}

/* ---- saying it ----------------------------------------------------------- */

static const char *
level_colour(enum finding_level level)
{
	return level == FINDING_OK     ? tool_green()
	       : level == FINDING_WARN ? tool_yellow()
	       : level == FINDING_FAIL ? tool_red()
				       : tool_dim();
}

/* Folded where somebody reads. */
static void
text_print(struct buf *out, const char *text)
{
	size_t width = screen_width(), end;
	struct buf safe;
	struct span left;

	buf_init(&safe, REPORT_MAX);
	tool_safe(&safe, span_of(text));
	left = buf_span(&safe);
	while (left.n > 0) {
		end = width < 2 * LEAD ? left.n
				       : screen_line(left, width - LEAD);
		(void)buf_add(out, span_slice(left, 0, end));
		left = span_slice(left, end, left.n);
		while (left.n > 0 && left.p[0] == ' ')
			left = span_slice(left, 1, left.n);
		if (left.n > 0)
			(void)buf_printf(out, "\n%*s", LEAD, "");
	}
	buf_free(&safe);
}

/* Mends stand in one line each, however long: they are pasted. */
static void
doctor_print(const struct doctor *d, struct buf *out)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct finding *f = &d->finding[i];

		(void)buf_printf(out, "%s%-7s%s  %s%-10s%s ",
		    level_colour(f->level), level_names[f->level], tool_plain(),
		    tool_bold(), f->topic, tool_plain());
		text_print(out, f->text);
		(void)buf_addc(out, '\n');
		if (f->mend != NULL) {
			(void)buf_addz(out, "         mend       ");
			tool_safe(out, span_of(f->mend));
			(void)buf_addc(out, '\n');
		}
	}
}

static void
doctor_json(const struct doctor *d, struct buf *out)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_array(&w, NULL);
	for (size_t i = 0; i < d->count; i++) {
		jsonw_object(&w, NULL);
		jsonw_textz(&w, "level", level_names[d->finding[i].level]);
		jsonw_textz(&w, "topic", d->finding[i].topic);
		jsonw_textz(&w, "text", d->finding[i].text);
		jsonw_textz(&w, "mend", d->finding[i].mend);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	(void)buf_addc(out, '\n');
}

/* 0, 1 or 2: the worst of what was found. */
static int
doctor_status(const struct doctor *d)
{
	int worst = 0;

	for (size_t i = 0; i < d->count; i++) {
		if (d->finding[i].level == FINDING_FAIL)
			return 2;
		if (d->finding[i].level == FINDING_WARN)
			worst = 1;
	}
	return worst;
}

/* ---- running ------------------------------------------------------------- */

struct doctor_options {
	const char *file, *zone, *reports, *sendmail;
	bool json, port_given;
	uint16_t port;
	struct span selector[SELECTOR_MAX];
	size_t selector_count;
};

static bool
port_read(const char *text, uint16_t *out)
{
	uint64_t number;

	if (!span_number(span_of(text), &number) || number > 65535)
		return false;
	*out = (uint16_t)number;
	return true;
}

static bool
options_read(int argc, char **argv, struct doctor_options *o)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "config", required_argument, NULL, 'c' },
		{ "port", required_argument, NULL, 'p' },
		{ "reports", required_argument, NULL, 'r' },
		{ "selector", required_argument, NULL, 's' },
		{ "sendmail", required_argument, NULL, 'm' },
		{ "zone", required_argument, NULL, 'z' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:jm:p:r:s:z:", options, NULL)) !=
	       -1) {
		if (c == 'c')
			o->file = optarg;
		else if (c == 'j')
			o->json = true;
		else if (c == 'z')
			o->zone = optarg;
		else if (c == 'r')
			o->reports = optarg;
		else if (c == 'm')
			o->sendmail = optarg;
		else if (c == 'p' && port_read(optarg, &o->port))
			o->port_given = true;
		else if (c == 's' && o->selector_count < SELECTOR_MAX)
			o->selector[o->selector_count++] = span_of(optarg);
		else
			return false;
	}
	return true;
}

/* DNS from a file, in the form of a case's zone. */
static bool
zone_load(struct doctor *d, const char *path, struct dns_zone **zone)
{
	const char *why = "";
	struct jsonr_doc *doc;
	struct span text;
	bool ok;

	if (!tool_read(path, d->arena, &text))
		return false;
	doc = jsonr_parse(text, d->arena, &why);
	ok = doc != NULL && case_zone(jsonr_top(doc), zone, d->arena, &why);
	jsonr_free(&doc);
	if (!ok) {
		(void)tool_fail(0, "%s: %s", path, why);
		return false;
	}
	d->resolver = resolver_zone(*zone);
	d->canned = true;
	return true;
}

static void
doctor_examine(struct doctor *d, char **domain)
{
	if (*domain == NULL) {
		doctor_milter(d);
		doctor_postfix(d);
		doctor_sendmail(d);
		doctor_learn(d);
		doctor_machine(d);
		doctor_reader(d);
		doctor_libraries(d);
		doctor_reporting(d);
	}
	for (; *domain != NULL; domain++) {
		doctor_domain(d, span_of(*domain));
		doctor_reports(d, span_of(*domain));
	}
}

static int
doctor_run(int argc, char **argv)
{
	struct doctor_options o = { 0 };
	struct doctor d = { 0 };
	struct dns_zone *zone = NULL;
	const char *why = "";
	struct buf out;
	int status = EXIT_NOINPUT;

	if (!options_read(argc, argv, &o))
		return tool_usage();
	(void)signal(SIGPIPE, SIG_IGN); /* servers hang up as they like */
	d.snapshot = tool_load(o.file, NULL);
	if (d.snapshot == NULL)
		return EXIT_CONFIG;
	d.arena = arena_new();
	/* The addresses of a zone in a file are made up, mostly. */
	d.smtp_port = o.port_given ? o.port : o.zone == NULL ? SMTP_PORT : 0;
	d.reports = o.reports;
	d.sendmail = o.sendmail;
	d.selectors = (struct setting_list){ o.selector, o.selector_count };
	if (o.zone == NULL || zone_load(&d, o.zone, &zone)) {
		if (o.zone == NULL && (d.resolver = dns_conf_resolver(
					   &d.snapshot->config, &why)) == NULL)
			doctor_found(&d, FINDING_FAIL, "resolver",
			    "set \"resolver\" in verdict.conf",
			    "there is no resolver: %s", why);
		doctor_examine(&d, argv + optind);
		buf_init(&out, REPORT_MAX);
		if (o.json)
			doctor_json(&d, &out);
		else
			doctor_print(&d, &out);
		tool_print(&out);
		status = doctor_status(&d);
	}
	if (d.resolver != NULL)
		resolver_free(&d.resolver);
	dns_zone_free(&zone);
	snapshot_unref(&d.snapshot);
	arena_free(&d.arena);
	return status;
}

extern const struct command command_doctor;
const struct command command_doctor = {
	.name = "doctor",
	.usage = "[--json] [-c FILE] [--selector NAME ...] [--port N] "
		 "[--zone FILE]\n"
		 "    [--reports FILE|DIR] [DOMAIN ...]",
	.help = "find what is set up wrongly, and say how to mend it",
	.run = doctor_run,
};
