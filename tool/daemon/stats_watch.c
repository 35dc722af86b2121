/*
 * Watching the daemon: a line of parts with their keys, and the part that was
 * chosen, cut to the terminal.
 */
#include "config.h"

#include "tool/daemon/stats_watch.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "policy/base/clock.h"
#include "tool/base/screen.h"
#include "tool/base/tool.h"
#include "tool/daemon/stats_print.h"

#define PAGE_MAX ((size_t)1024 * 1024)

static struct {
	struct termios before;
	bool keys; /* they come one by one */
	enum stats_part part;
} watch;

static void
watch_end(void)
{
	if (watch.keys)
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &watch.before);
}

void
stats_watch_begin(void)
{
	struct termios now;

	if (isatty(STDIN_FILENO) != 1 ||
	    tcgetattr(STDIN_FILENO, &watch.before) != 0)
		return;
	now = watch.before;
	now.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
	now.c_cc[VMIN] = 0;
	now.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &now) != 0)
		return;
	watch.keys = true;
	(void)atexit(watch_end);
}

/* "[1 now]  2 rules  3 DNS ...  q ends" */
static void
watch_bar(struct buf *out)
{
	for (int i = 0; i < STATS_PARTS; i++) {
		bool chosen = i == (int)watch.part;

		(void)buf_printf(out, "%s%s%d %s%s%s  ",
		    chosen ? tool_bold() : tool_dim(), chosen ? "[" : "", i + 1,
		    stats_part_names[i], chosen ? "]" : "", tool_plain());
	}
	(void)buf_printf(
	    out, "%sspace next  q ends%s\n", tool_dim(), tool_plain());
}

void
stats_watch_show(struct jsonr top, struct arena *a)
{
	size_t lines = screen_height(), width = screen_width();
	struct buf page, out;
	struct span text;

	buf_init(&page, PAGE_MAX);
	buf_init(&out, PAGE_MAX);
	if (watch.keys)
		watch_bar(&page);
	stats_print_part(&page, watch.part, top, a);
	text = buf_span(&page);
	/* The line behind the last one is the cursor's. */
	(void)buf_addz(&out, "\033[H\033[2J");
	screen_crop(&out, text, lines - 1, width == 0 ? 80 : width);
	tool_print(&out);
	(void)fflush(stdout);
	buf_free(&page);
}

/* Whether it changes what is shown; *ends: enough. */
static bool
watch_key(char key, bool *ends)
{
	enum stats_part before = watch.part;

	*ends = key == 'q' || key == 'Q' || key == 4;
	if (key >= '1' && key < '1' + STATS_PARTS)
		watch.part = (enum stats_part)(key - '1');
	else if (key == ' ' || key == '\t' || key == 'n')
		watch.part =
		    (enum stats_part)(((int)watch.part + 1) % STATS_PARTS);
	return watch.part != before;
}

bool
stats_watch_wait(int64_t ms)
{
	int64_t until = clock_system.monotonic_ms(clock_system.ctx) + ms;
	struct pollfd in = { .fd = watch.keys ? STDIN_FILENO : -1,
		.events = POLLIN };
	bool ends = false;

	for (;;) {
		int64_t left =
		    until - clock_system.monotonic_ms(clock_system.ctx);
		char key;

		if (left <= 0)
			return true;
		/* A signal ends the process anyhow, or is one that does not
		 * matter: a window that was resized. */
		if (poll(&in, 1, left > INT32_MAX ? INT32_MAX : (int)left) < 0)
			return true;
		if (in.revents == 0)
			continue;
		if (read(STDIN_FILENO, &key, 1) != 1)
			in.fd = -1;
		else if (watch_key(key, &ends) || ends)
			return !ends;
	}
}
