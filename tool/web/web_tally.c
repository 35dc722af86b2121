/*
 * Summing the journal up. Names in it are the world's.
 */
#include "config.h"

#include "tool/web/web_tally.h"

#include <stdio.h>
#include <stdlib.h>

#include "policy/base/address.h"
#include "policy/base/clock.h"
#include "rules/base/panic.h"

#define HOUR_S     3600
#define DAY_S      86400
#define PROBES     8     /* of which the rarest gives its place */
#define INDEX_SIZE 16384 /* a power of two, several times what it holds */
#define ROWS_ASKED 512   /* between two looks at the clock */

/* By name: numbers from 1 into an array; 0 is free. */
struct tally_index {
	uint32_t slot[INDEX_SIZE];
};

struct web_tally {
	int64_t after_seq;
	struct tally_sum sum;
	struct tally_hour hour[TALLY_HOURS];
	int64_t day[TALLY_DAYS]; /* which day a column of day_hits is of */
	struct tally_rule rule[TALLY_RULES];
	struct tally_index rules;
	struct tally_sender sender[TALLY_SENDERS];
	struct tally_index senders;
	uint64_t seed;
	struct arena *arena; /* of names of rules */
};

struct web_tally *
web_tally_new(void)
{
	struct web_tally *t = xcalloc(1, sizeof(*t));

	/* Whoever would have all names in one place must guess it. */
	t->seed = (uint64_t)(uintptr_t)t ^
		  (uint64_t)clock_system.monotonic_ms(clock_system.ctx) << 20;
	t->arena = arena_new();
	for (size_t i = 0; i < TALLY_DAYS; i++)
		t->day[i] = -1;
	for (size_t i = 0; i < TALLY_HOURS; i++)
		t->hour[i].hour = -1;
	return t;
}

void
web_tally_free(struct web_tally **tp)
{
	struct web_tally *t = *tp;

	*tp = NULL;
	if (t == NULL)
		return;
	arena_free(&t->arena);
	free(t);
}

/* ---- by time ------------------------------------------------------------------ */

static size_t
ring(int64_t number, size_t size)
{
	return (size_t)(number < 0 ? 0 : number) % size;
}

static void
tally_add_hour(
    struct web_tally *t, int64_t time_s, enum outcome done, bool same)
{
	struct tally_hour *h = &t->hour[ring(time_s / HOUR_S, TALLY_HOURS)];

	if (h->hour > time_s / HOUR_S)
		return;
	if (h->hour != time_s / HOUR_S)
		*h = (struct tally_hour){ .hour = time_s / HOUR_S };
	h->verdict[done]++;
	h->monitored += !same;
}

/* The column of a day, emptied when it was another day's; SIZE_MAX: too old. */
static size_t
tally_day(struct web_tally *t, int64_t day)
{
	size_t at = ring(day, TALLY_DAYS);

	if (t->day[at] > day)
		return SIZE_MAX;
	if (t->day[at] < day) {
		t->day[at] = day;
		for (size_t i = 0; i < t->sum.rules; i++)
			t->rule[i].day_hits[at] = 0;
	}
	return at;
}

const struct tally_hour *
web_tally_hour(const struct web_tally *t, int64_t hour)
{
	const struct tally_hour *h = &t->hour[ring(hour, TALLY_HOURS)];

	return hour >= 0 && h->hour == hour ? h : NULL;
}

int64_t
web_tally_day(const struct web_tally *t)
{
	return t->sum.last_s / DAY_S;
}

uint32_t
web_tally_rule_day(
    const struct web_tally *t, const struct tally_rule *rule, int64_t day)
{
	size_t at = ring(day, TALLY_DAYS);

	return t->day[at] == day ? rule->day_hits[at] : 0;
}

uint64_t
web_tally_rule_days(
    const struct web_tally *t, const struct tally_rule *rule, size_t days)
{
	uint64_t n = 0;

	for (size_t i = 0; i < days && i < TALLY_DAYS; i++)
		n += web_tally_rule_day(t, rule, web_tally_day(t) - (int64_t)i);
	return n;
}

/* ---- by name ------------------------------------------------------------------- */

typedef struct span index_name(const struct web_tally *t, uint32_t number);

static struct span
rule_name(const struct web_tally *t, uint32_t number)
{
	return span_of(t->rule[number].name);
}

static struct span
sender_name(const struct web_tally *t, uint32_t number)
{
	return span_of(t->sender[number].name);
}

/* The slot of a name, or the free one where it belongs. */
static size_t
index_slot(const struct web_tally *t, const struct tally_index *x,
    index_name *name_of, struct span name)
{
	size_t at = (size_t)span_hash(name, t->seed) & (INDEX_SIZE - 1);

	while (x->slot[at] != 0 && !span_eq(name_of(t, x->slot[at] - 1), name))
		at = (at + 1) & (INDEX_SIZE - 1);
	return at;
}

/* Those behind it that had to move on come forward, or they are not found. */
static void
index_remove(struct web_tally *t, struct tally_index *x, index_name *name_of,
    struct span name)
{
	size_t at = index_slot(t, x, name_of, name);

	x->slot[at] = 0;
	for (at = (at + 1) & (INDEX_SIZE - 1); x->slot[at] != 0;
	     at = (at + 1) & (INDEX_SIZE - 1)) {
		uint32_t number = x->slot[at];

		x->slot[at] = 0;
		x->slot[index_slot(t, x, name_of, name_of(t, number - 1))] =
		    number;
	}
}

/* ---- rules ---------------------------------------------------------------------- */

/* NULL: there are too many. */
static struct tally_rule *
tally_rule_of(struct web_tally *t, struct span name)
{
	size_t at = index_slot(t, &t->rules, rule_name, name);

	if (t->rules.slot[at] == 0) {
		if (t->sum.rules == TALLY_RULES)
			return NULL;
		t->rule[t->sum.rules].name = arena_strdup(t->arena, name);
		t->rules.slot[at] = (uint32_t)++t->sum.rules;
	}
	return &t->rule[t->rules.slot[at] - 1];
}

static void
tally_add_rules(struct web_tally *t, const struct journal_row *row)
{
	size_t day = tally_day(t, row->time_s / DAY_S);
	struct span rest = row->rules, name;

	while (rest.n > 0 && span_cut(&rest, '\n', &name)) {
		struct tally_rule *rule = tally_rule_of(t, name);

		if (rule == NULL)
			continue;
		rule->hits++;
		rule->last_s = row->time_s;
		if (day != SIZE_MAX)
			rule->day_hits[day]++;
		if (span_eq(name, row->rule))
			rule->decided++;
	}
}

const struct tally_rule *
web_tally_rule(const struct web_tally *t, struct span name)
{
	size_t at = index_slot(t, &t->rules, rule_name, name);

	return t->rules.slot[at] == 0 ? NULL : &t->rule[t->rules.slot[at] - 1];
}

const struct tally_rule *
web_tally_rules(const struct web_tally *t)
{
	return t->rule;
}

/* ---- senders ---------------------------------------------------------------------- */

/* One of a few whom the new name's hash points at: a flood of names that come
 * once pushes out those that came once. */
static size_t
sender_give_up(struct web_tally *t, struct span name)
{
	size_t from = (size_t)(span_hash(name, t->seed) >> 32), rarest = 0;

	for (size_t i = 0; i < PROBES; i++) {
		size_t at = (from + i * 509) % TALLY_SENDERS;

		if (i == 0 || t->sender[at].count < t->sender[rarest].count)
			rarest = at;
	}
	index_remove(
	    t, &t->senders, sender_name, sender_name(t, (uint32_t)rarest));
	t->sum.senders_lost++;
	return rarest;
}

static struct tally_sender *
tally_sender_of(struct web_tally *t, struct span name)
{
	char lower[TALLY_NAME];
	size_t at, number;

	name = span_slice(name, 0, TALLY_NAME - 1);
	for (size_t i = 0; i < name.n; i++)
		lower[i] = name.p[i] == '\0' ? '?' : ascii_lower(name.p[i]);
	lower[name.n] = '\0';
	name = span_of(lower);
	at = index_slot(t, &t->senders, sender_name, name);
	if (t->senders.slot[at] != 0)
		return &t->sender[t->senders.slot[at] - 1];
	if (t->sum.senders < TALLY_SENDERS) {
		number = t->sum.senders++;
	} else {
		number = sender_give_up(t, name);
		at = index_slot(t, &t->senders, sender_name, name);
	}
	t->sender[number] = (struct tally_sender){ .count = 0 };
	(void)memcpy(t->sender[number].name, lower, name.n + 1);
	t->senders.slot[at] = (uint32_t)number + 1;
	return &t->sender[number];
}

static enum tally_came
came_of(struct span word)
{
	return span_is(word, "pass") ? TALLY_PASS
	       : span_is(word, "fail") || span_is(word, "softfail") ||
		       span_is(word, "permerror")
		   ? TALLY_FAIL
		   : TALLY_ELSE;
}

/* The network that an address stands in, as providers hand them out. */
static void
source_net(struct span client, char net[48])
{
	struct ip ip;
	char text[IP_TEXT_MAX];

	net[0] = '\0';
	if (!ip_parse(client, &ip))
		return;
	(void)memset(ip.octets + (ip.family == 4 ? 3 : 6), 0,
	    ip.family == 4 ? 1 : sizeof(ip.octets) - 6);
	(void)snprintf(
	    net, 48, "%s/%d", ip_format(ip, text), ip.family == 4 ? 24 : 48);
}

/* NULL: no room. */
static struct tally_source *
sender_source(struct tally_sender *s, const char *net)
{
	struct tally_source *rarest = NULL;

	for (size_t i = 0; i < s->source_count; i++) {
		if (strcmp(s->source[i].net, net) == 0)
			return &s->source[i];
		if (rarest == NULL || s->source[i].count < rarest->count)
			rarest = &s->source[i];
	}
	if (s->source_count < TALLY_SOURCES)
		rarest = &s->source[s->source_count++];
	else
		s->source_lost += rarest->count;
	*rarest = (struct tally_source){ .count = 0 };
	(void)strcpy(rarest->net, net);
	return rarest;
}

static void
sender_recent(struct tally_sender *s, int64_t day, enum tally_came came)
{
	size_t at = ring(day, TALLY_RECENT);

	if (s->recent[at].day > day)
		return;
	if (s->recent[at].day != day) {
		(void)memset(&s->recent[at], 0, sizeof(s->recent[at]));
		s->recent[at].day = day;
	}
	s->recent[at].came[came]++;
}

static void
tally_add_sender(
    struct web_tally *t, const struct journal_row *row, enum outcome done)
{
	size_t at = span_find_last(row->sender, '@');
	struct span name = row->author.n > 0 ? row->author
			   : at == SIZE_MAX
			       ? SPAN("")
			       : span_slice(row->sender, at + 1, row->sender.n);
	struct tally_sender *s;
	struct tally_source *source;
	struct span rest = row->auth, word;
	char net[48];

	if (name.n == 0)
		return;
	s = tally_sender_of(t, name);
	source_net(row->client, net);
	source = sender_source(s, net);
	s->count++;
	s->verdict[done]++;
	s->last_s = source->last_s = row->time_s;
	source->count++;
	source->refused += done == OUTCOME_REJECT || done == OUTCOME_TEMPFAIL;
	for (size_t i = 0; i < TALLY_AUTHS; i++) {
		enum tally_came came =
		    span_cut(&rest, ' ', &word) ? came_of(word) : TALLY_ELSE;

		s->auth[i][came]++;
		source->auth[i][came]++;
		if (i == TALLY_DMARC)
			sender_recent(s, row->time_s / DAY_S, came);
	}
}

const struct tally_sender *
web_tally_sender(const struct web_tally *t, struct span name)
{
	size_t at = index_slot(t, &t->senders, sender_name, name);

	return t->senders.slot[at] == 0 ? NULL
					: &t->sender[t->senders.slot[at] - 1];
}

const struct tally_sender *
web_tally_senders(const struct web_tally *t)
{
	return t->sender;
}

void
tally_sender_recent(const struct web_tally *t, const struct tally_sender *s,
    size_t days, uint64_t out[TALLY_CAMES])
{
	(void)memset(out, 0, TALLY_CAMES * sizeof(out[0]));
	/* A day without mail has left what its column had before. */
	days = days > TALLY_RECENT ? TALLY_RECENT : days;
	for (size_t i = 0; i < TALLY_RECENT; i++)
		for (size_t k = 0; k < TALLY_CAMES; k++)
			if (s->recent[i].day > web_tally_day(t) - (int64_t)days)
				out[k] += s->recent[i].came[k];
}

/* ---- all of it ----------------------------------------------------------------------- */

static enum outcome
action_of(struct span word)
{
	for (size_t i = OUTCOME_ACCEPT; i < OUTCOME_COUNT; i++)
		if (span_is(word, outcome_names[i]))
			return (enum outcome)i;
	return OUTCOME_ACCEPT;
}

void
web_tally_add(struct web_tally *t, const struct journal_row *row)
{
	enum outcome done = action_of(row->verdict);

	t->after_seq = row->seq;
	t->sum.count++;
	if (t->sum.first_s == 0)
		t->sum.first_s = row->time_s;
	if (row->time_s > t->sum.last_s)
		t->sum.last_s = row->time_s;
	tally_add_hour(
	    t, row->time_s, done, span_eq(row->verdict, row->wanted));
	tally_add_rules(t, row);
	tally_add_sender(t, row, done);
}

void
web_tally_sum(const struct web_tally *t, struct tally_sum *out)
{
	*out = t->sum;
}

struct tally_reading {
	struct web_tally *tally;
	int64_t until_ms;
	size_t rows;
	bool stopped;
};

static bool
tally_visit(void *ctx, const struct journal_row *row)
{
	struct tally_reading *reading = ctx;

	web_tally_add(reading->tally, row);
	if (++reading->rows % ROWS_ASKED == 0 &&
	    clock_system.monotonic_ms(clock_system.ctx) >= reading->until_ms)
		reading->stopped = true;
	return !reading->stopped;
}

bool
web_tally_read(
    struct web_tally *t, struct journal_reader *r, int64_t ms, bool *behind)
{
	const struct journal_query q = { .after_seq = t->after_seq };
	struct tally_reading reading = {
		.tally = t,
		.until_ms = clock_system.monotonic_ms(clock_system.ctx) + ms,
	};
	bool ok = journal_each(r, &q, tally_visit, &reading);

	*behind = reading.stopped;
	return ok;
}
