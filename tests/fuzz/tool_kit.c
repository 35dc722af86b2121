/*
 * For targets of tool/: what is printed goes to memory, and must hold nothing
 * that moves a cursor. A target is one file: they include this one.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "rules/base/panic.h"
#include "tool/base/tool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	FILE *stream;
	char *text;
	size_t n;
} printed;

/* No octet of it moves a cursor or begins an escape sequence. */
static void
printable(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		INVARIANT(
		    text.p[i] == '\n' || text.p[i] == '\t' ||
		    ((unsigned char)text.p[i] >= ' ' && text.p[i] != 0x7f));
}

static void
printed_begin(void)
{
	if (printed.stream == NULL) {
		printed.stream = open_memstream(&printed.text, &printed.n);
		INVARIANT(printed.stream != NULL);
		stdout = printed.stream;
		INVARIANT(setenv("NO_COLOR", "1", 1) == 0);
	}
	INVARIANT(fseek(stdout, 0, SEEK_SET) == 0);
}

static void
printed_check(void)
{
	INVARIANT(fflush(stdout) == 0);
	printable(span_make(printed.text, printed.n));
}
