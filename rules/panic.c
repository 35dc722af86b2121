/*
 * What happens on our own bugs and when small allocations fail.
 */
#include "config.h"

#include "rules/panic.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
panic(const char *fmt, ...)
{
	va_list ap;

	(void)fputs("verdict: internal error: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	(void)fflush(stderr);
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
