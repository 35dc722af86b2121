/*
 * What happens on our own bugs and when small allocations fail.
 */
#include "config.h"

#include "rules/base/panic.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*panic_told)(const char *text);

void
panic_tell(void (*tell)(const char *text))
{
	panic_told = tell;
}

/* Without the allocator, which may be what has failed. */
void
panic(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)fprintf(stderr, "verdict: internal error: %s\n", text);
	(void)fflush(stderr);
	if (panic_told != NULL)
		panic_told(text);
	abort();
}

void *
xmalloc(size_t n)
{
	void *p = malloc(n == 0 ? 1 : n);

	if (p == NULL)
		panic("out of memory for %zu octets", n);
	return p;
}

void *
xcalloc(size_t count, size_t size)
{
	void *p = calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);

	if (p == NULL)
		panic("out of memory for %zu times %zu octets", count, size);
	return p;
}

void *
xrealloc(void *p, size_t count, size_t size)
{
	size_t n;

	if (size != 0 && count > SIZE_MAX / size)
		panic("allocation of %zu times %zu octets", count, size);
	n = count * size;
	p = realloc(p, n == 0 ? 1 : n);
	if (p == NULL)
		panic("out of memory for %zu octets", n);
	return p;
}

char *
xstrdup(const char *z)
{
	size_t n = strlen(z) + 1;

	return memcpy(xmalloc(n), z, n);
}
