/*
 * A bar. Knows nothing of what is counted.
 */
#include "config.h"

#include "tool/base/bar.h"

#include <stdio.h>
#include <unistd.h>

#include "policy/base/clock.h"

#define BAR_COLUMNS  40
#define BAR_PAUSE_MS 100

void
bar_begin(struct bar *b, uint64_t all)
{
	*b = (struct bar){ .all = all, .shown = isatty(STDERR_FILENO) == 1 };
}

void
bar_show(struct bar *b, uint64_t done, const char *what)
{
	int64_t now_ms;
	int columns, percent;
	double share;

	if (!b->shown)
		return;
	now_ms = clock_system.monotonic_ms(NULL);
	if (b->drawn_ms != 0 && now_ms - b->drawn_ms < BAR_PAUSE_MS)
		return;
	b->drawn_ms = now_ms;
	share = b->all <= done ? 1 : (double)done / (double)b->all;
	columns = (int)(share * BAR_COLUMNS);
	percent = (int)(share * 100);
	(void)fprintf(stderr, "\r[%.*s%.*s] %3d%%  %s\033[K", columns,
	    "########################################", BAR_COLUMNS - columns,
	    "........................................", percent, what);
	(void)fflush(stderr);
}

void
bar_end(struct bar *b)
{
	if (b->shown)
		(void)fputs("\r\033[K", stderr);
}
