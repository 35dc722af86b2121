/*
 * Reads tests/data/dkim, which make.py made.
 */
#include "config.h"

#include "tests/kit/dkim_data.h"

#include <stdio.h>

#include "rules/base/panic.h"

#define FILE_OCTETS_MAX ((size_t)1 << 16)

struct span
dkim_data_read(struct arena *a, const char *name)
{
	char *path = arena_printf(a, "%s/tests/data/dkim/%s", SRCDIR, name);
	FILE *f = fopen(path, "rb");
	char *p = arena_alloc(a, FILE_OCTETS_MAX);
	struct span text;

	if (f == NULL)
		panic("%s does not open", path);
	text = span_make(p, fread(p, 1, FILE_OCTETS_MAX, f));
	(void)fclose(f);
	return text;
}

struct span
dkim_data_record(struct arena *a, struct span owner)
{
	struct span text = dkim_data_read(a, "keys.txt"), line, name;

	while (span_cut(&text, '\n', &line))
		if (span_cut(&line, ' ', &name) && span_case_eq(name, owner))
			return line;
	return SPAN("");
}

struct dns_zone *
dkim_data_zone(struct arena *a, struct span except)
{
	struct dns_zone *zone = dns_zone_new();
	struct span text = dkim_data_read(a, "keys.txt"), line, name;

	while (span_cut(&text, '\n', &line))
		if (span_cut(&line, ' ', &name) && line.n > 0 &&
		    !span_eq(name, except))
			dns_zone_txt(zone, name, line);
	return zone;
}
