/*
 * What postconf(1) prints, as `verdict doctor` reads it: main.cf, a line
 * "---", what services have of their own, another, and master.cf.
 */
#include "config.h"

#include "tests/fuzz/tool_kit.c"

#include <stdarg.h>
#include <string.h>

#include "tool/doctor/doctor_postfix.c"
#include "tool/doctor/milter_client.h"
#include "tool/doctor/postfix.c"

void
doctor_found(struct doctor *d, enum finding_level level, const char *topic,
    const char *mend, const char *fmt, ...)
{
	va_list ap;

	INVARIANT(level <= FINDING_FAIL && topic != NULL);
	INVARIANT(mend == NULL || mend[0] != '\0');
	va_start(ap, fmt);
	(void)arena_vprintf(d->arena, fmt, ap);
	va_end(ap);
}

void
doctor_reach(struct doctor *d, const char *path, const char *user)
{
	INVARIANT(d != NULL && path != NULL && user != NULL);
}

/* Nothing is run: the settings are the input. */
bool
doctor_command(const char *command, struct arena *a, struct span *out)
{
	INVARIANT(command != NULL && a != NULL);
	*out = SPAN("");
	return false;
}

/* No filter is asked; every other one would answer. */
bool
milter_client_open(struct milter_client *c, const char *address, int timeout_s)
{
	INVARIANT(address != NULL && timeout_s > 0);
	*c = (struct milter_client){ .why = "it is not there" };
	return strlen(address) % 2 == 0;
}

void
milter_client_close(struct milter_client *c)
{
	INVARIANT(c != NULL);
}

static struct span
section(struct span *rest)
{
	size_t at = span_search(*rest, SPAN("\n---\n"));
	struct span before = span_slice(*rest, 0, at);

	*rest = at == SIZE_MAX ? SPAN("") : span_slice(*rest, at + 5, rest->n);
	return before;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const listen[] = { "inet:127.0.0.1:8899",
		"unix:/q/verdict/milter" };
	static struct snapshot snapshot;
	struct doctor d = { .arena = arena_new(), .snapshot = &snapshot };
	struct postfix p = { .d = &d };
	struct span rest = span_make((const char *)data, size), line;

	snapshot.config.deadline.ms = 20000;
	snapshot.config.header_max.octets = 131072;
	p.main = section(&rest);
	p.overrides = section(&rest);
	while (span_cut(&rest, '\n', &line))
		service_add(&p, line);
	p.listen = postfix_socket(&p, span_of(listen[size % 2]));
	for (size_t i = 0; i < ARRAY_COUNT(postfix_checks); i++)
		postfix_checks[i](&p);
	arena_free(&d.arena);
	return 0;
}
