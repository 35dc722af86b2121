/*
 * A message split into header and body: nothing is lost, values have no line
 * ends, and a name and its number find the field again. Each value is read as
 * a date, too, and searched for the fields that others see in it.
 */
#include "config.h"

#include "rules/base/panic.h"
#include "rules/mail/date.h"
#include "rules/mail/header.h"
#include "rules/mail/header_hidden.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Counting those of a name for each of them takes its time. */
#define FIELDS_MAX 500

/* What hides in a field lies in it, and comes to an end. */
static void
walk(const struct header_field *f, unsigned anomalies)
{
	struct header_walk w = { .raw_name = f->raw_name, .raw = f->raw };
	struct header_hidden hidden;
	size_t seen = 0;

	while (header_hidden_next(&w, &hidden)) {
		INVARIANT(seen++ <= f->raw.n);
		INVARIANT(hidden.end == (hidden.name.n == 0));
		INVARIANT(hidden.end || hidden.value.n == 0 ||
			  (hidden.value.p >= f->raw.p &&
			      hidden.value.p + hidden.value.n <=
				  f->raw.p + f->raw.n));
		INVARIANT(hidden.fold || (anomalies & HEADER_HIDDEN_FIELD));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_make((const char *)data, size), body;
	struct arena *a = arena_new();
	struct header_list h;
	unsigned anomalies = 0;

	header_list_init(&h, a);
	header_split(in, &h, &body, &anomalies);
	INVARIANT(body.n <= in.n && body.p + body.n == in.p + in.n);
	for (size_t i = 0; i < h.count && i < FIELDS_MAX; i++) {
		const struct header_field *f = &h.field[i];
		const char *name = arena_strdup(a, f->name);
		int64_t when;

		INVARIANT(f->name.n > 0 && f->index > 0);
		INVARIANT(span_find(f->value, '\n') == SIZE_MAX);
		INVARIANT(header_get(&h, name, f->index - 1) == f);
		INVARIANT(f->index <= header_count(&h, name));
		(void)date_parse(f->value, &when);
		if (!f->cut)
			walk(f, anomalies);
	}
	arena_free(&a);
	return 0;
}
