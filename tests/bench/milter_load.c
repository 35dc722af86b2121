/*
 * A load generator that speaks the milter protocol as an MTA does: what a
 * milter, or a chain of them, costs a message in CPU and in time.
 *
 *   milter_load -s inet:127.0.0.1:8899 -d CORPUS -n 5000 -c 16 -p PID
 *
 *   -s ADDRESS  a milter; given twice, a message passes through the first and
 *               then, as that one changed it, through the second
 *   -d DIR      the corpus (corpus.py): DIR/index names file, client address,
 *               HELO name, sender and recipient, with tabs between them
 *   -n COUNT    messages (default 1000), from the corpus in turn
 *   -w COUNT    messages before these that are not measured
 *   -c COUNT    connections at once (default 1)
 *   -m COUNT    messages in one connection (default 1)
 *   -r RATE     messages a second, all connections together (default: as fast
 *               as they are answered)
 *   -p PID      a process of the daemon, for its CPU and memory; repeatable
 *   -k COUNT    begins with this message of the corpus
 *   -l LABEL    what the result is called
 *   -j FILE     appends the result as one line of JSON
 *
 * CPU is what the processes' clocks say, to the nanosecond, threads that have
 * ended included, and children in ticks of 10 ms; what a daemon does SETTLE_US behind the last answer counts as
 * well. A latency is the time from MAIL to the answer to the end of the
 * message, without what connecting took. The exit status is 1 when a connection broke.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rules/base/panic.h"
#include "tests/bench/mta.h"

#define CHAIN_MAX   4
#define PIDS_MAX    64
/* For what is left to do: connections to close, a journal's last batch. */
#define SETTLE_US   300000
#define THREADS_MAX 4096
#define OCTETS_MAX  ((size_t)64 * 1024 * 1024)

struct letter {
	struct buf text;
	char ip[64], helo[256], sender[256], rcpt[256];
};

struct load {
	const char *address[CHAIN_MAX];
	long pid[PIDS_MAX];
	size_t chain, pids, threads, per_connection;
	size_t count, warm, skip;
	double rate;
	const char *corpus, *label, *json;
	struct letter *letter;
	size_t letters;
	/* Of the run that is under way. */
	atomic_size_t next, broken;
	size_t goal;
	double started_s;
	double *latency_ms;
	atomic_size_t answer[256];
};

static double
now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
fail(const char *what, const char *name)
{
	(void)fprintf(
	    stderr, "milter_load: %s: %s: %s\n", what, name, strerror(errno));
	exit(1);
}

/* ---- the corpus ---- */

static void
letter_read(struct letter *l, const char *dir, const char *file)
{
	char path[1024], chunk[65536];
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, file);
	f = fopen(path, "r");
	if (f == NULL)
		fail("corpus", path);
	buf_init(&l->text, OCTETS_MAX);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		(void)buf_add(&l->text, span_make(chunk, n));
	(void)fclose(f);
}

static void
corpus_read(struct load *load)
{
	char path[1024], line[2048], file[256];
	size_t cap = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/index", load->corpus);
	f = fopen(path, "r");
	if (f == NULL)
		fail("corpus", path);
	while (fgets(line, sizeof(line), f) != NULL) {
		struct letter l = { 0 };

		if (sscanf(line, "%255s %63s %255s %255s %255s", file, l.ip,
			l.helo, l.sender, l.rcpt) != 5)
			continue;
		letter_read(&l, load->corpus, file);
		if (load->letters == cap) {
			cap = cap == 0 ? 64 : cap * 2;
			load->letter =
			    xrealloc(load->letter, cap, sizeof(*load->letter));
		}
		load->letter[load->letters++] = l;
	}
	(void)fclose(f);
	if (load->letters == 0)
		fail("nothing in", path);
}

/* ---- sending ---- */

static bool
sessions_begin(struct load *load, struct mta *m, const struct letter *l)
{
	for (size_t i = 0; i < load->chain; i++)
		if (mta_connect(&m[i], l->ip) != 'c' ||
		    mta_helo(&m[i], l->helo) != 'c')
			return false;
	return true;
}

/* The envelope at all milters, then the content at one after the other. */
static char
transaction(struct load *load, struct mta *m, const struct letter *l)
{
	struct buf edited[2];
	struct span text = buf_span(&l->text);
	char code = 'c';

	buf_init(&edited[0], OCTETS_MAX);
	buf_init(&edited[1], OCTETS_MAX);
	for (size_t i = 0; i < load->chain && code == 'c'; i++)
		code = mta_mail(&m[i], l->sender);
	for (size_t i = 0; i < load->chain && code == 'c'; i++)
		code = mta_rcpt(&m[i], l->rcpt);
	for (size_t i = 0; i < load->chain && code == 'c'; i++) {
		struct buf *out = &edited[i % 2];
		bool last = i + 1 == load->chain;

		buf_clear(out);
		code = mta_content(&m[i], text, last ? NULL : out);
		text = last ? text : buf_span(out);
	}
	buf_free(&edited[0]);
	buf_free(&edited[1]);
	return code;
}

static bool
all_open(struct load *load, struct mta *m)
{
	for (size_t i = 0; i < load->chain; i++) {
		if (mta_open(&m[i], load->address[i]))
			continue;
		(void)fprintf(stderr, "milter_load: %s: %s\n", load->address[i],
		    strerror(errno));
		while (i-- > 0)
			mta_close(&m[i]);
		return false;
	}
	return true;
}

static void
wait_turn(const struct load *load, size_t n)
{
	double wait;

	if (load->rate <= 0)
		return;
	wait = load->started_s + (double)n / load->rate - now_s();
	if (wait > 0)
		(void)usleep((useconds_t)(wait * 1e6));
}

/* One SMTP session of one message, numbered n; false when it broke. */
static bool
message_send(struct load *load, struct mta *m, size_t n)
{
	const struct letter *l =
	    &load->letter[(n + load->skip) % load->letters];
	double began;
	char code;

	if (!sessions_begin(load, m, l))
		return false;
	began = now_s();
	code = transaction(load, m, l);
	load->latency_ms[n] = (now_s() - began) * 1000;
	(void)atomic_fetch_add(&load->answer[(unsigned char)code], 1);
	return code != 0;
}

/* Sends until the goal is reached, over connections of per_connection. */
static void *
worker(void *ctx)
{
	struct load *load = ctx;
	struct mta m[CHAIN_MAX];
	size_t used = 0;
	bool open = false;

	for (;;) {
		size_t n = atomic_fetch_add(&load->next, 1);

		if (n >= load->goal)
			break;
		wait_turn(load, n);
		if (!open && !(open = all_open(load, m))) {
			(void)atomic_fetch_add(&load->broken, 1);
			continue;
		}
		if (!message_send(load, m, n)) {
			(void)atomic_fetch_add(&load->broken, 1);
			used = load->per_connection;
		}
		if (++used < load->per_connection) {
			for (size_t i = 0; i < load->chain; i++)
				(void)mta_next(&m[i]);
			continue;
		}
		for (size_t i = 0; i < load->chain; i++)
			mta_close(&m[i]);
		open = false;
		used = 0;
	}
	for (size_t i = 0; open && i < load->chain; i++)
		mta_close(&m[i]);
	return NULL;
}

static void
run(struct load *load, size_t count)
{
	pthread_t thread[THREADS_MAX];

	load->goal = count;
	atomic_store(&load->next, 0);
	for (size_t i = 0; i < 256; i++)
		atomic_store(&load->answer[i], 0);
	free(load->latency_ms);
	load->latency_ms = xcalloc(count + 1, sizeof(*load->latency_ms));
	load->started_s = now_s();
	for (size_t i = 0; i < load->threads; i++)
		if (pthread_create(&thread[i], NULL, worker, load) != 0)
			fail("no thread", "worker");
	for (size_t i = 0; i < load->threads; i++)
		(void)pthread_join(thread[i], NULL);
}

/* ---- what it cost ---- */

/* The numbers of all lines of a task's status whose name ends so. */
static unsigned long
status_sum(long pid, const char *task, const char *row)
{
	char path[320], line[256];
	unsigned long sum = 0, n;
	FILE *f;

	(void)snprintf(
	    path, sizeof(path), "/proc/%ld/task/%s/status", pid, task);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		const char *at = strstr(line, row);

		if (at != NULL && sscanf(at + strlen(row), ": %lu", &n) == 1)
			sum += n;
	}
	if (f != NULL)
		(void)fclose(f);
	return sum;
}

/* User and system seconds of children that a process has waited for: its
 * clock does not count them, and the helper has one for each document. */
static double
children_s(long pid)
{
	char path[64], text[1024];
	unsigned long user = 0, system = 0;
	const char *after;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	f = fopen(path, "r");
	if (f == NULL || fgets(text, sizeof(text), f) == NULL)
		fail("process", path);
	(void)fclose(f);
	after = strrchr(text, ')');
	if (after == NULL ||
	    sscanf(after,
		") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u "
		"%*u %*u %*u %lu %lu",
		&user, &system) != 2)
		fail("process", path);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* User and system seconds of the processes. */
static double
cpu_s(const struct load *load)
{
	double sum = 0;

	for (size_t i = 0; i < load->pids; i++) {
		struct timespec t;
		clockid_t clock;

		errno = clock_getcpuclockid((pid_t)load->pid[i], &clock);
		if (errno != 0 || clock_gettime(clock, &t) != 0)
			fail("process", strerror(errno));
		sum += (double)t.tv_sec + (double)t.tv_nsec / 1e9 +
		       children_s(load->pid[i]);
	}
	return sum;
}

/* Context switches of the threads that the processes have now. */
static double
switches(const struct load *load)
{
	double sum = 0;

	for (size_t i = 0; i < load->pids; i++) {
		char path[64];
		struct dirent *e;
		DIR *d;

		(void)snprintf(
		    path, sizeof(path), "/proc/%ld/task", load->pid[i]);
		d = opendir(path);
		while (d != NULL && (e = readdir(d)) != NULL)
			sum += (double)status_sum(
			    load->pid[i], e->d_name, "ctxt_switches");
		if (d != NULL)
			(void)closedir(d);
	}
	return sum;
}

/* Resident KB of the processes; peak: the most that they ever had. */
static unsigned long
memory_kb(const struct load *load, const char *row)
{
	unsigned long sum = 0;

	for (size_t i = 0; i < load->pids; i++) {
		char task[32];

		(void)snprintf(task, sizeof(task), "%ld", load->pid[i]);
		sum += status_sum(load->pid[i], task, row);
	}
	return sum;
}

static int
compare_double(const void *a, const void *b)
{
	double x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

static double
percentile(const struct load *load, double p)
{
	size_t at = (size_t)((double)load->goal * p / 100);

	return load->latency_ms[at < load->goal ? at : load->goal - 1];
}

static void
result_print(struct load *load, double wall_s, double spent_s, double switched)
{
	double first = load->latency_ms[0], per = (double)load->goal / 1000;
	unsigned long rss = memory_kb(load, "VmRSS");
	unsigned long peak = memory_kb(load, "VmHWM");
	size_t accepted = atomic_load(&load->answer['c']);
	FILE *f;

	qsort(load->latency_ms, load->goal, sizeof(*load->latency_ms),
	    compare_double);
	(void)printf("%-16s %3zu conn. %7.0f msg/s  CPU/1000 %6.3f s  p50 "
		     "%7.2f p95 %7.2f p99 %7.2f max %7.2f ms  RSS %lu MB  "
		     "%.1f switches  accepted %zu of %zu\n",
	    load->label, load->threads, (double)load->goal / wall_s,
	    spent_s / per, percentile(load, 50), percentile(load, 95),
	    percentile(load, 99), percentile(load, 100), rss / 1024,
	    switched / (double)load->goal, accepted, load->goal);
	if (load->json == NULL)
		return;
	f = fopen(load->json, "a");
	if (f == NULL)
		fail("result", load->json);
	(void)fprintf(f,
	    "{\"label\":\"%s\",\"connections\":%zu,\"messages\":%zu,"
	    "\"seconds\":%.3f,\"cpu_s_per_1000\":%.4f,\"first_ms\":%.3f,"
	    "\"p50_ms\":%.3f,\"p95_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,"
	    "\"rss_kb\":%lu,\"peak_kb\":%lu,\"switches\":%.2f,"
	    "\"accepted\":%zu,\"broken\":%zu}\n",
	    load->label, load->threads, load->goal, wall_s, spent_s / per,
	    first, percentile(load, 50), percentile(load, 95),
	    percentile(load, 99), percentile(load, 100), rss, peak,
	    switched / (double)load->goal, accepted,
	    atomic_load(&load->broken));
	if (fclose(f) != 0)
		fail("result", load->json);
}

static size_t
number(const char *text)
{
	return (size_t)strtoul(text, NULL, 10);
}

static bool
options_read(struct load *load, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "s:d:n:w:c:m:r:p:l:j:k:")) != -1) {
		switch (c) {
		case 's':
			if (load->chain < CHAIN_MAX)
				load->address[load->chain++] = optarg;
			break;
		case 'p':
			if (load->pids < PIDS_MAX)
				load->pid[load->pids++] = (long)number(optarg);
			break;
		case 'd':
			load->corpus = optarg;
			break;
		case 'n':
			load->count = number(optarg);
			break;
		case 'w':
			load->warm = number(optarg);
			break;
		case 'c':
			load->threads = number(optarg);
			break;
		case 'm':
			load->per_connection = number(optarg);
			break;
		case 'r':
			load->rate = strtod(optarg, NULL);
			break;
		case 'l':
			load->label = optarg;
			break;
		case 'j':
			load->json = optarg;
			break;
		case 'k':
			load->skip = number(optarg);
			break;
		default:
			return false;
		}
	}
	return load->chain > 0 && load->corpus != NULL && load->count > 0 &&
	       load->threads > 0 && load->threads <= THREADS_MAX;
}

int
main(int argc, char **argv)
{
	static struct load load = {
		.threads = 1, .per_connection = 1, .count = 1000, .label = "-"
	};
	double wall, spent, switched;

	if (!options_read(&load, argc, argv)) {
		(void)fprintf(stderr,
		    "usage: milter_load -s ADDRESS [-s ADDRESS] -d CORPUS "
		    "[-n COUNT] [-w COUNT] [-c CONNECTIONS] [-m MESSAGES] "
		    "[-r RATE] [-k SKIP] [-p PID] [-l LABEL] [-j FILE]\n");
		return 64;
	}
	corpus_read(&load);
	if (load.warm > 0) {
		run(&load, load.warm);
		(void)usleep(SETTLE_US);
	}
	spent = cpu_s(&load);
	switched = switches(&load);
	run(&load, load.count);
	wall = now_s() - load.started_s;
	(void)usleep(SETTLE_US);
	result_print(
	    &load, wall, cpu_s(&load) - spent, switches(&load) - switched);
	return atomic_load(&load.broken) > 0;
}
