/*
 * What postconf(1) prints, as `verdict doctor` reads it.
 */
#include "config.h"

#include "tests/fuzz/tool_kit.c"

#include <stdarg.h>

#include "tool/doctor_postfix.c"

void
doctor_found(struct doctor *d, enum finding_level level, const char *topic,
    const char *mend, const char *fmt, ...)
{
	va_list ap;

	INVARIANT(level == FINDING_OK || mend != NULL);
	INVARIANT(topic != NULL);
	va_start(ap, fmt);
	(void)arena_vprintf(d->arena, fmt, ap);
	va_end(ap);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct snapshot snapshot;
	struct doctor d = { .arena = arena_new(), .snapshot = &snapshot };
	struct postfix p = { .d = &d };

	snapshot.config.deadline.ms = 20000;
	snapshot.config.header_max.octets = 131072;
	p.text = span_make((const char *)data, size);
	p.listen = milter_normal(&p, SPAN("inet:127.0.0.1:8899"));
	/* All but the last, which runs postconf again. */
	for (size_t i = 0; i + 1 < ARRAY_COUNT(postfix_checks); i++)
		postfix_checks[i](&p);
	arena_free(&d.arena);
	return 0;
}
