/*
 * What a list of a million domains costs: loading, memory, lookups.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "rules/list/list.h"
#include "tests/kit/pattern_gen.h"

#define ENTRIES 1000000
#define LOOKUPS 2000000

static double
cpu_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Resident memory now, in MB. */
static double
resident_mb(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long size = 0, resident = 0;

	if (f != NULL) {
		if (fscanf(f, "%lu %lu", &size, &resident) != 2)
			resident = 0;
		(void)fclose(f);
	}
	return (double)resident * 4096 / 1e6;
}

/* A name like those of blocklists: 8 to 30 letters below a public suffix. */
static size_t
make_name(struct gen *g, char *out)
{
	static const char *const suffix[] = { "com", "net", "top", "xyz",
		"info", "co.uk", "online", "ru" };
	size_t n = 0, letters = 8 + gen_number(g, 14);

	for (; n < letters; n++)
		out[n] = (char)('a' + gen_number(g, 26));
	n += (size_t)snprintf(out + n, 20, ".%s", suffix[gen_number(g, 8)]);
	return n;
}

static char *
make_file(const char *before, size_t *size)
{
	char *text = malloc((size_t)ENTRIES * 48);
	struct gen g = { 1 };
	size_t n = 0;

	if (text == NULL)
		exit(1);
	for (unsigned i = 0; i < ENTRIES; i++) {
		memcpy(text + n, before, strlen(before));
		n += strlen(before);
		n += make_name(&g, text + n);
		text[n++] = '\n';
	}
	*size = n;
	return text;
}

/* Nanoseconds for each of lookups of below.NAME, found or not. */
static double
lookup_ns(const struct list *l, bool known)
{
	struct gen g = { known ? 1 : 2 };
	char(*names)[64] = calloc(100000, sizeof(*names));
	double start;
	size_t found = 0;

	if (names == NULL)
		exit(1);
	for (unsigned i = 0; i < 100000; i++) {
		memcpy(names[i], "mail.a.", 7);
		(void)make_name(&g, names[i] + 7);
	}
	start = cpu_ms();
	for (unsigned i = 0; i < LOOKUPS; i++)
		found +=
		    list_find_domain(l, span_of(names[i % 100000]), 0, NULL);
	start = cpu_ms() - start;
	if (found != (known ? LOOKUPS : 0))
		(void)printf("found %zu of %d\n", found, LOOKUPS);
	free(names);
	return start * 1e6 / LOOKUPS;
}

static void
bench(const char *label, const char *before)
{
	struct list_report report = { 0 };
	size_t size;
	char *text = make_file(before, &size);
	double before_mb = resident_mb(), start = cpu_ms();
	struct list *l = list_new(LIST_DOMAINS, NULL);

	(void)list_add_text(l, span_make(text, size), "bench", 1, &report);
	list_finish(l);
	(void)printf("%s: %zu domains of %.1f octets, %zu bad: loaded in %.0f "
		     "ms, %.1f MB (resident %.1f MB)\n",
	    label, list_count(l), (double)size / ENTRIES, report.bad,
	    cpu_ms() - start, (double)list_memory(l) / 1e6,
	    resident_mb() - before_mb);
	(void)printf("  lookup of a.b.NAME: listed %.0f ns, not listed %.0f "
		     "ns\n",
	    lookup_ns(l, true), lookup_ns(l, false));
	list_free(&l);
	free(text);
}

int
main(void)
{
	bench("plain", "");
	bench("hosts file", "0.0.0.0 ");
	return 0;
}
