/*
 * What postconf(1) prints, as `verdict doctor` reads it: main.cf, then behind
 * a NUL each the services of master.cf and what they have of their own.
 */
#include "config.h"

#include "tests/fuzz/tool_kit.c"

#include <stdarg.h>

#include "tool/doctor_postfix.c"
#include "tool/postfix.c"

void
doctor_found(struct doctor *d, enum finding_level level, const char *topic,
    const char *mend, const char *fmt, ...)
{
	va_list ap;

	INVARIANT(level < FINDING_WARN || mend != NULL);
	INVARIANT(topic != NULL);
	va_start(ap, fmt);
	(void)arena_vprintf(d->arena, fmt, ap);
	va_end(ap);
}

void
doctor_reach(struct doctor *d, const char *path, const char *user)
{
	(void)d;
	INVARIANT(path != NULL && user != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct snapshot snapshot;
	struct doctor d = { .arena = arena_new(), .snapshot = &snapshot };
	struct postfix p = { .d = &d };
	struct span rest = span_make((const char *)data, size), master, line;

	snapshot.config.deadline.ms = 20000;
	snapshot.config.header_max.octets = 131072;
	p.main = p.overrides = SPAN("");
	if (span_cut(&rest, '\0', &p.main) && span_cut(&rest, '\0', &master)) {
		while (span_cut(&master, '\n', &line))
			service_add(&p, line);
		p.overrides = rest;
	}
	p.listen = postfix_socket(&p, SPAN("inet:127.0.0.1:8899"));
	for (size_t i = 0; i < ARRAY_COUNT(postfix_checks); i++)
		postfix_checks[i](&p);
	arena_free(&d.arena);
	return 0;
}
