/*
 * Counting and logging where second opinions differ from ours.
 */
#include "config.h"

#include "milter/count/compare_tally.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "milter/daemon/log.h"
#include "policy/compare/check_compare.h"

#define DOMAINS_MAX 1024
#define NAME_SIZE   254

struct differing {
	char domain[NAME_SIZE];
	unsigned long count;
};

static struct differing table[DOMAINS_MAX];
static size_t table_count;
static unsigned long others; /* of domains that found no room */
static pthread_mutex_t table_mutex = PTHREAD_MUTEX_INITIALIZER;

static void
differing_count(struct span domain)
{
	for (size_t i = 0; i < table_count; i++)
		if (span_is(domain, table[i].domain)) {
			table[i].count++;
			return;
		}
	if (table_count == DOMAINS_MAX || domain.n >= NAME_SIZE) {
		others++;
		return;
	}
	memcpy(table[table_count].domain, domain.p, domain.n);
	table[table_count].domain[domain.n] = '\0';
	table[table_count++].count = 1;
}

static const char *
or_dash(const char *word)
{
	return word == NULL ? "-" : word;
}

void
compare_note(struct message *m)
{
	struct compare_difference d;
	struct buf opinions;

	if (!compare_differs(m, &d))
		return;
	buf_init(&opinions, 1024);
	for (size_t i = 0; i < COMPARE_COUNT; i++)
		(void)buf_printf(&opinions, " %s=%s %s=%s", d.opinion[i].matter,
		    or_dash(d.opinion[i].ours), d.opinion[i].library,
		    or_dash(d.opinion[i].theirs));
	log_write(LOG_LEVEL_INFO, "compare: id=%s domain=%.*s%.*s", m->id,
	    SPAN_FMT(d.domain), SPAN_FMT(buf_span(&opinions)));
	buf_free(&opinions);
	(void)pthread_mutex_lock(&table_mutex);
	differing_count(d.domain);
	(void)pthread_mutex_unlock(&table_mutex);
}

static int
differing_order(const void *a, const void *b)
{
	unsigned long x = ((const struct differing *)a)->count;
	unsigned long y = ((const struct differing *)b)->count;

	return x < y ? 1 : x > y ? -1 : 0;
}

void
compare_list(struct buf *out)
{
	(void)pthread_mutex_lock(&table_mutex);
	qsort(table, table_count, sizeof(table[0]), differing_order);
	for (size_t i = 0; i < table_count; i++)
		(void)buf_printf(
		    out, "%8lu %s\n", table[i].count, table[i].domain);
	if (others > 0)
		(void)buf_printf(out, "%8lu other domains\n", others);
	(void)pthread_mutex_unlock(&table_mutex);
}
