/*
 * The log: syslog or standard error. How lines get there without anybody
 * waiting is log_sink.c's.
 */
#include "config.h"

#include "milter/daemon/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "milter/daemon/log_sink.h"
#include "rules/base/buf.h"
#include "rules/base/panic.h"

#define NAME            "verdict-milter"
#define LINE_MAX_OCTETS ((size_t)16384)
#define FRAME_MAX       ((size_t)80)

#ifndef _PATH_LOG
#define _PATH_LOG "/dev/log"
#endif

static bool syslog_on;
static _Atomic(struct log_sink *) sink;

/* Lines from before log_open. */
#define EARLY_MAX ((size_t)16384)
static pthread_mutex_t early_lock = PTHREAD_MUTEX_INITIALIZER;
static struct buf early;

/*
 * RFC 3164, section 4.1, as local sockets have it: without a host name, which
 * syslogd adds. The month is English whatever the locale.
 */
static int
frame_syslog(int level, char *out, size_t size)
{
	static const char month[12][4] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t now = time(NULL);
	struct tm tm;

	(void)localtime_r(&now, &tm);
	return snprintf(out, size,
	    "<%d>%s %2d %02d:%02d:%02d " NAME "[%ld]: ", LOG_MAIL | level,
	    month[tm.tm_mon % 12], tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    (long)getpid());
}

/* A line as it is handed over, with its end where lines follow each other. */
static size_t line_make(int level, const char *fmt, va_list ap, char *out,
    size_t size) ATTR_PRINTF(2, 0);
static size_t
line_make(int level, const char *fmt, va_list ap, char *out, size_t size)
{
	size_t n = (size_t)(syslog_on ? frame_syslog(level, out, size)
				      : snprintf(out, size, "<%d>", level));
	size_t room = size - n - 1;
	int text = vsnprintf(out + n, room, fmt, ap);

	n += text < 0 ? 0 : (size_t)text < room ? (size_t)text : room - 1;
	out[n++] = '\n';
	return n;
}

static size_t line_printf(
    int level, char *out, size_t size, const char *fmt, ...) ATTR_PRINTF(4, 5);
static size_t
line_printf(int level, char *out, size_t size, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = line_make(level, fmt, ap, out, size);
	va_end(ap);
	return n;
}

static size_t
log_told(uint64_t dropped, char *out, size_t size)
{
	return line_printf(LOG_LEVEL_WARN, out, size,
	    "not logged, for whoever takes them stood still: lines=%llu",
	    (unsigned long long)dropped);
}

/* In the background standard error leads nowhere. */
static void
log_panic(const char *text)
{
	char line[1024];

	log_sink_put_last(
	    sink, span_make(line, line_printf(LOG_CRIT, line, sizeof(line),
				      "internal error: %s", text)));
}

/* The next line of those that were written early, and its level. */
static bool
early_next(struct span *rest, struct span *text, int *level)
{
	if (!span_cut(rest, '\n', text))
		return false;
	/* "<4>..." */
	*level = text->p[1] - '0';
	*text = span_slice(*text, 3, text->n);
	return true;
}

/* What was kept is the caller's. */
static struct buf
early_take(void)
{
	struct buf taken;

	(void)pthread_mutex_lock(&early_lock);
	taken = early;
	early = (struct buf){ 0 };
	(void)pthread_mutex_unlock(&early_lock);
	return taken;
}

/* False: it is open meanwhile. */
static bool
early_keep(struct span line)
{
	bool kept;

	(void)pthread_mutex_lock(&early_lock);
	kept = sink == NULL;
	if (kept && early.max == 0)
		buf_init(&early, EARLY_MAX);
	if (kept)
		(void)buf_add(&early, line);
	(void)pthread_mutex_unlock(&early_lock);
	return kept;
}

void
log_abandon(void)
{
	struct buf taken = early_take();
	struct span rest = buf_span(&taken), text;
	int level;

	while (early_next(&rest, &text, &level))
		(void)fprintf(stderr, NAME ": %.*s\n", SPAN_FMT(text));
	buf_free(&taken);
}

void
log_open(bool to_syslog)
{
	struct buf taken;
	struct span rest, text;
	int level;
	struct log_sink_options o = { .told = log_told,
		.fd = STDERR_FILENO,
		.path = to_syslog ? _PATH_LOG : NULL };

	syslog_on = to_syslog;
	sink = log_sink_new(&o);
	if (to_syslog)
		panic_tell(log_panic);
	taken = early_take();
	rest = buf_span(&taken);
	while (early_next(&rest, &text, &level))
		log_write((enum log_level)level, "%.*s", SPAN_FMT(text));
	buf_free(&taken);
}

void
log_write(enum log_level level, const char *fmt, ...)
{
	char line[LINE_MAX_OCTETS + FRAME_MAX];
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = line_make((int)level, fmt, ap, line, sizeof(line));
	va_end(ap);
	if (sink != NULL || !early_keep(span_make(line, n)))
		log_sink_put(sink, span_make(line, n));
}

void
log_lines(enum log_level level, struct span text)
{
	struct span line;

	while (span_cut(&text, '\n', &line))
		if (line.n > 0)
			log_write(level, "%.*s", SPAN_FMT(line));
}

void
log_flush_join(void)
{
	if (sink != NULL)
		(void)log_sink_flush_join(sink, LOG_FLUSH_MS);
}

uint64_t
log_dropped(void)
{
	struct log_sink_figures f;

	log_sink_figures(sink, &f);
	return f.dropped;
}
