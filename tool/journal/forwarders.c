/*
 * verdict forwarders: who forwards mail to recipients of ours, with what shows
 * it, and the entries for `list forwarders` that follow from that. It changes
 * nothing: whom to trust a person decides.
 */
#include "config.h"

#include "tool/journal/forwarders.h"

#include <getopt.h>
#include <stdlib.h>

#include "policy/base/clock.h"
#include "rules/base/jsonw.h"
#include "tool/journal/journal.h"

#define AUTHORS_DEFAULT  5
#define MESSAGES_DEFAULT 10
#define PERIOD_S         (30 * INT64_C(86400))
#define SHOWN_NAMES      3
#define LINE_OCTETS      ((size_t)256 * 1024)

struct options {
	struct journal_choice journal;
	struct journal_query query;
	struct forwarders_bounds bounds;
	bool json;
};

static int
forwarder_order(const void *a, const void *b)
{
	const struct forwarder *x = a, *y = b;

	if (x->messages != y->messages)
		return x->messages < y->messages ? 1 : -1;
	return span_compare(x->name, y->name);
}

static int
name_order(const void *a, const void *b)
{
	const struct forwarder_name *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return span_compare(x->text, y->text);
}

/* Those that are worth it come to the front; returns how many. */
static size_t
forwarders_choose(struct forwarders *f, const struct forwarders_bounds *bounds)
{
	size_t n = 0;

	for (size_t i = 0; i < f->count; i++)
		if (forwarder_likely(&f->forwarder[i], bounds))
			f->forwarder[n++] = f->forwarder[i];
	if (n == 0)
		return 0;
	qsort(f->forwarder, n, sizeof(*f->forwarder), forwarder_order);
	for (size_t i = 0; i < n; i++) {
		struct forwarder *w = &f->forwarder[i];

		qsort(w->authors.name, w->authors.count,
		    sizeof(*w->authors.name), name_order);
		qsort(w->rcpt.name, w->rcpt.count, sizeof(*w->rcpt.name),
		    name_order);
	}
	return n;
}

/* ---- as JSON ---------------------------------------------------------------- */

static void
names_json(struct jsonw *w, const char *key, const struct forwarder_names *n)
{
	jsonw_array(w, key);
	for (size_t i = 0; i < n->count && i < SHOWN_NAMES; i++)
		jsonw_text(w, NULL, n->name[i].text);
	jsonw_end(w);
}

static void
forwarder_json(const struct forwarder *f)
{
	struct jsonw w;
	struct buf out;

	buf_init(&out, LINE_OCTETS);
	jsonw_init(&w, &out);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "domain", f->domain ? f->name : span_of(NULL));
	jsonw_text(&w, "network", f->domain ? span_of(NULL) : f->name);
	jsonw_number(&w, "messages", (double)f->messages);
	jsonw_number(&w, "proved", (double)f->proved);
	jsonw_number(&w, "sealed", (double)f->sealed);
	jsonw_number(&w, "srs", (double)f->srs);
	jsonw_number(&w, "stopped", (double)f->stopped);
	jsonw_number(&w, "authors", (double)f->authors.count);
	jsonw_number(&w, "recipients", (double)f->rcpt.count);
	names_json(&w, "first_authors", &f->authors);
	names_json(&w, "first_recipients", &f->rcpt);
	jsonw_number(&w, "since", (double)f->first_s);
	jsonw_number(&w, "until", (double)f->last_s);
	jsonw_array(&w, "examples");
	for (size_t i = 0; i < f->example_count; i++)
		jsonw_text(&w, NULL, f->example[i]);
	jsonw_end(&w);
	jsonw_end(&w);
	(void)buf_addc(&out, '\n');
	tool_print(&out);
}

/* ---- for a person ------------------------------------------------------------- */

/* "a, b, c and 5 more". */
static void
names_print(struct buf *out, const struct forwarder_names *n)
{
	for (size_t i = 0; i < n->count && i < SHOWN_NAMES; i++) {
		if (i > 0)
			(void)buf_addz(out, ", ");
		tool_clean(out, n->name[i].text);
	}
	if (n->count > SHOWN_NAMES)
		(void)buf_printf(out, " and %zu%s more", n->count - SHOWN_NAMES,
		    n->count == FORWARDER_NAMES_MAX ? " or" : "");
}

static void
forwarder_print(const struct forwarder *f, struct buf *out)
{
	char since[24], until[24];

	tool_time(f->first_s, since);
	tool_time(f->last_s, until);
	(void)buf_addz(out, tool_bold());
	tool_clean(out, f->name);
	(void)buf_printf(out,
	    "%s: %llu message%s by authors of %zu%s domain%s, %.10s to "
	    "%.10s\n",
	    tool_plain(), (unsigned long long)f->messages, plural(f->messages),
	    f->authors.count,
	    f->authors.count == FORWARDER_NAMES_MAX ? " or more" : "",
	    plural(f->authors.count), since, until);
	(void)buf_addz(out, "  for      ");
	names_print(out, &f->rcpt);
	(void)buf_addz(out, "\n  of       ");
	names_print(out, &f->authors);
	(void)buf_printf(out,
	    "\n  proved   %llu by a signature of the author's domain\n",
	    (unsigned long long)f->proved);
	if (f->srs > 0)
		(void)buf_printf(
		    out, "  SRS      %llu\n", (unsigned long long)f->srs);
	(void)buf_printf(out, "  ARC      %llu sealed by it\n",
	    (unsigned long long)f->sealed);
	(void)buf_printf(out, "  stopped  %llu were not accepted\n",
	    (unsigned long long)f->stopped);
	(void)buf_addz(out, "  such as  ");
	for (size_t i = 0; i < f->example_count; i++)
		(void)buf_printf(
		    out, "%s%.*s", i > 0 ? ", " : "", SPAN_FMT(f->example[i]));
	(void)buf_addz(out, "\n\n");
}

/* The line for the rules, of those that can be trusted by what they seal. */
static void
entries_print(const struct forwarder *f, size_t count, struct buf *out)
{
	size_t sealed = 0;

	for (size_t i = 0; i < count; i++)
		sealed += f[i].domain && f[i].sealed > 0;
	if (sealed == 0) {
		(void)buf_addz(out,
		    "None of them seals what it hands on, so a list of "
		    "forwarders would change nothing.\n");
		return;
	}
	(void)buf_addz(out,
	    "If you trust their word for who wrote what they hand on:\n\n"
	    "list forwarders domains");
	for (size_t i = 0; i < count; i++)
		if (f[i].domain && f[i].sealed > 0) {
			(void)buf_addc(out, ' ');
			tool_clean(out, f[i].name);
		}
	(void)buf_addc(out, '\n');
}

static void
forwarders_print(const struct forwarders *f, size_t count)
{
	struct buf out;

	for (size_t i = 0; i < count; i++) {
		buf_init(&out, LINE_OCTETS);
		forwarder_print(&f->forwarder[i], &out);
		tool_print(&out);
	}
	buf_init(&out, LINE_OCTETS + count * 256);
	entries_print(f->forwarder, count, &out);
	tool_print(&out);
}

/* ---- the command ---------------------------------------------------------------- */

static bool
forwarders_row(void *ctx, const struct journal_row *row)
{
	forwarders_add(ctx, row);
	return true;
}

static int
forwarders_show(const struct options *o, struct arena *a)
{
	struct forwarders f;
	struct journal_reader *r;
	const char *path;
	size_t count;

	r = tool_journal(&o->journal, &path, a);
	if (r == NULL)
		return EXIT_NOINPUT;
	forwarders_init(&f, a);
	if (!journal_each(r, &o->query, forwarders_row, &f)) {
		(void)tool_fail(0, "the journal can't be read: %s",
		    journal_reader_error(r));
		journal_reader_close(&r);
		return EXIT_NOINPUT;
	}
	journal_reader_close(&r);
	if (f.over)
		(void)tool_fail(0,
		    "more than %d hosts forward mail; the oldest are left out",
		    FORWARDERS_MAX);
	count = forwarders_choose(&f, &o->bounds);
	if (o->json)
		for (size_t i = 0; i < count; i++)
			forwarder_json(&f.forwarder[i]);
	else if (count > 0)
		forwarders_print(&f, count);
	else
		(void)tool_fail(0,
		    "in %llu decision%s nobody forwards mail by authors of "
		    "%llu domains or more",
		    (unsigned long long)f.rows, plural(f.rows),
		    (unsigned long long)o->bounds.authors);
	return count > 0 ? EXIT_OK : EXIT_FAILED;
}

enum {
	OPT_SINCE = 256,
	OPT_UNTIL,
	OPT_AUTHORS,
	OPT_MESSAGES,
	OPT_JSON,
	OPT_JOURNAL,
	OPT_ALL_HOSTS
};

static const struct option long_options[] = {
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "until", required_argument, NULL, OPT_UNTIL },
	{ "authors", required_argument, NULL, OPT_AUTHORS },
	{ "messages", required_argument, NULL, OPT_MESSAGES },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "journal", required_argument, NULL, OPT_JOURNAL },
	{ "all-hosts", no_argument, NULL, OPT_ALL_HOSTS },
	{ "config", required_argument, NULL, 'c' },
	{ NULL, 0, NULL, 0 },
};

static bool
bound_read(uint64_t *out, const char *value)
{
	if (span_number(span_of(value), out) && *out > 0)
		return true;
	(void)tool_fail(0, "%s is no number above 0", value);
	return false;
}

static bool
option_read(struct options *o, int c, const char *value)
{
	int64_t now_s = clock_system.unix_s(NULL);

	switch (c) {
	case OPT_SINCE:
		return tool_moment(value, now_s, &o->query.since_s);
	case OPT_UNTIL:
		return tool_moment(value, now_s, &o->query.until_s);
	case OPT_AUTHORS:
		return bound_read(&o->bounds.authors, value);
	case OPT_MESSAGES:
		return bound_read(&o->bounds.messages, value);
	case OPT_JSON:
		o->json = true;
		return true;
	case OPT_JOURNAL:
		o->journal.journal = value;
		return true;
	case OPT_ALL_HOSTS:
		o->journal.all_hosts = true;
		return true;
	case 'c':
		o->journal.config = value;
		return true;
	default:
		return false;
	}
}

static int
forwarders_run(int argc, char **argv)
{
	struct options o = {
		.query = { .newest_first = true, .records = true },
		.bounds = { AUTHORS_DEFAULT, MESSAGES_DEFAULT },
	};
	struct arena *a;
	int c, status;

	while ((c = getopt_long(argc, argv, "c:", long_options, NULL)) != -1)
		if (!option_read(&o, c, optarg))
			return tool_usage();
	if (optind < argc)
		return tool_usage();
	if (o.query.since_s == 0 && o.query.until_s == 0)
		o.query.since_s = clock_system.unix_s(NULL) - PERIOD_S;
	a = arena_new();
	status = forwarders_show(&o, a);
	arena_free(&a);
	return status;
}

extern const struct command command_forwarders;
const struct command command_forwarders = {
	.name = "forwarders",
	.usage = "[--since WHEN] [--until WHEN] [--authors N] [--messages N] "
		 "[--json]\n"
		 "    [--journal FILE | --all-hosts] [-c FILE]",
	.help = "who forwards mail to your users",
	.run = forwarders_run,
};
