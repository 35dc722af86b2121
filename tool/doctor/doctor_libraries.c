/*
 * Libraries with known faults: which of them the daemon has loaded, which
 * faults we keep away from, and which an administrator should update.
 */
#include "config.h"

#include <string.h>

#include "policy/load/versions.h"
#include "tool/doctor/doctor.h"

#define LIST_MAX 65536

static bool
always(const struct snapshot *s)
{
	(void)s;
	return true;
}

static bool
compare_on(const struct snapshot *s)
{
	return s->config.compare;
}

/*
 * A row holds for versions from (NULL: the first) up to, but not with, below
 * (NULL: all that there are). Either around says how we keep away from the
 * fault, or mend what an administrator has to do about it.
 */
static const struct library_fault {
	const char *library, *from, *below;
	bool (*in_use)(const struct snapshot *s);
	const char *fault, *around, *mend;
} faults[] = {
	{ "libmilter", NULL, NULL, always,
	    "as Debian builds it, one session that waits holds up others",
	    "sessions are woken one at a time", NULL },
	{ "OpenSSL", "3.0.0", "3.0.7", always,
	    "it writes behind its memory while it checks a certificate "
	    "(CVE-2022-3602, CVE-2022-3786)",
	    NULL,
	    "apt update && apt install --only-upgrade libssl3, then systemctl "
	    "restart verdict-milter" },
	{ "c-ares", NULL, NULL, always,
	    "it asks all questions from one port, which helps forgers",
	    "it is started anew after 1000 questions", NULL },
	{ "PCRE2", NULL, "10.40", always,
	    "it reads beyond its memory in some patterns (CVE-2022-1586, "
	    "CVE-2022-1587)",
	    NULL,
	    "apt update && apt install --only-upgrade libpcre2-8-0, then "
	    "systemctl restart verdict-milter; nothing where that package's "
	    "changelog names both" },
	{ "PCRE2", NULL, NULL, always,
	    "compiled patterns keep to no bound on depth and memory",
	    "their steps are bounded, and their stack is small", NULL },
	{ "Hyperscan", NULL, NULL, always,
	    "text that is not valid UTF-8 leads it astray",
	    "it is given octets, and PCRE2 decides", NULL },
	{ "GMime", NULL, NULL, always,
	    "its parser knows no bound on parts and loses what is malformed",
	    "only its decoders are used", NULL },
	{ "libarchive", NULL, NULL, always,
	    "it hides names that are not ASCII in the C locale",
	    "it runs in C.UTF-8", NULL },
	{ "libopendkim", NULL, NULL, compare_on,
	    "it writes behind its memory when a signature names more header "
	    "fields than there are (2.11)",
	    "it is given no header of others, and decides nothing", NULL },
	{ "libspf2", NULL, NULL, compare_on,
	    "one TXT record ends the process (CVE-2023-42118, 1.2.10 and "
	    "before)",
	    "records are bounded before it sees them, and it decides nothing",
	    NULL },
	{ "libopendmarc", NULL, NULL, compare_on,
	    "unrelated names below one public suffix align for it (1.4.2)",
	    "its opinion is only compared", NULL },
};

/* "PCRE2 10.42 with JIT": the word behind the name, or "". */
static struct span
version_of(struct span list, const char *name)
{
	struct span line, word;

	while (span_cut(&list, '\n', &line))
		if (span_cut(&line, ' ', &word) && span_is(word, name))
			return span_cut(&line, ' ', &word) ? word : SPAN("");
	return span_of(NULL);
}

static void
fault_tell(struct doctor *d, struct span list, const struct library_fault *f)
{
	struct span version = version_of(list, f->library);
	bool holds = version.p != NULL && f->in_use(d->snapshot);

	if (f->from != NULL)
		holds = holds && !library_older(version, span_of(f->from));
	if (f->below != NULL)
		holds = holds && library_older(version, span_of(f->below));
	if (!holds)
		return;
	doctor_found(d, f->mend == NULL ? FINDING_INFO : FINDING_WARN,
	    "libraries", f->mend, "%s%s%.*s: %s%s%s%s", f->library,
	    version.n == 0 ? "" : " ", SPAN_FMT(version), f->fault,
	    f->mend == NULL ? " (known, worked around: " : "",
	    f->mend == NULL ? f->around : "", f->mend == NULL ? ")" : "");
}

/* A daemon that was not restarted runs with what was there when it began. */
static void
libraries_stale(struct doctor *d, struct span running, struct span installed)
{
	struct span line, name;

	while (span_cut(&installed, '\n', &line)) {
		struct span now, then;

		if (!span_cut(&line, ' ', &name))
			continue;
		(void)span_cut(&line, ' ', &now);
		then = version_of(running, arena_strdup(d->arena, name));
		if (then.n > 0 && now.n > 0 && !span_eq(now, then))
			doctor_found(d, FINDING_WARN, "libraries",
			    "systemctl restart verdict-milter",
			    "the daemon still runs with %.*s %.*s, %.*s is "
			    "installed",
			    SPAN_FMT(name), SPAN_FMT(then), SPAN_FMT(now));
	}
}

void
doctor_libraries(struct doctor *d)
{
	struct buf own, daemon;
	struct span list;
	const char *why;

	buf_init(&own, LIST_MAX);
	buf_init(&daemon, LIST_MAX);
	library_list(&own);
	list = buf_span(&own);
	if (d->snapshot->config.control[0] != '\0' &&
	    tool_control(
		d->snapshot->config.control, "libraries", &daemon, &why)) {
		list = buf_span(&daemon);
		libraries_stale(d, list, buf_span(&own));
	}
	for (size_t i = 0; i < ARRAY_COUNT(faults); i++)
		fault_tell(d, list, &faults[i]);
	buf_free(&own);
	buf_free(&daemon);
}
