/*
 * Comparing what this host has been taught with what all have. What comes from
 * Redis may have been written by anybody who can write there: it is read like
 * a file from elsewhere.
 */
#include "config.h"

#include "policy/learn/learn_hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/learn/learn_text.h"
#include "policy/store/redis_pool.h"
#include "rules/base/panic.h"

#define KEY_SECRET "verdict:learn:secret"
#define KEY_WHEN   "verdict:learn:when"
#define KEY_SAMPLE "verdict:learn:sample"
#define SYNC_MS    20000
/* For one command: a Redis that is ill holds up the end of the process, too. */
#define COMMAND_MS 2000
#define ROUNDS_MAX 10000
/* More than all hosts together should have: the rest is not looked at. */
#define WORDS_MAX ((size_t)100000)
/* What was forgotten is remembered longer than any sample lives. */
#define GONE_DAYS (LEARN_SAMPLE_DAYS + 30)

struct learn_hosts {
	struct redis_pool *pool;
};

/* What one side says of a sample. */
struct word {
	char key[LEARN_KEY_OCTETS + 1];
	int64_t time_s;
	char kind; /* 's', 'h' or '-' */
};

struct words {
	struct word *word;
	size_t count, cap;
	struct arena *arena;
};

struct sync {
	struct learner *learner;
	struct redis_call call;
	struct words here, there;
	int64_t now_s;
	struct learn_cut cut[2]; /* of all that there are; ham, spam */
};

/* ---- both sides ------------------------------------------------------------ */

static void
words_add(struct words *w, const struct word *one)
{
	if (w->count == WORDS_MAX)
		return;
	w->word = arena_grow(
	    w->arena, w->word, &w->cap, w->count + 1, sizeof(*w->word));
	w->word[w->count++] = *one;
}

static int
word_compare(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order != 0 ? order
			  : (x->time_s > y->time_s) - (x->time_s < y->time_s);
}

/* Of one key the latest word is left. */
static void
words_sort(struct words *w)
{
	size_t kept = 0;

	if (w->count == 0)
		return;
	qsort(w->word, w->count, sizeof(*w->word), word_compare);
	for (size_t i = 0; i < w->count; i++) {
		if (kept > 0 &&
		    strcmp(w->word[kept - 1].key, w->word[i].key) == 0)
			kept--;
		w->word[kept++] = w->word[i];
	}
	w->count = kept;
}

static bool
here_sample(void *ctx, const struct learn_sample *s)
{
	struct sync *y = ctx;
	struct word one = { .time_s = s->time_s, .kind = s->spam ? 's' : 'h' };

	(void)memcpy(one.key, s->key, sizeof(one.key));
	words_add(&y->here, &one);
	return true;
}

static bool
here_gone(void *ctx, const char *key, int64_t time_s)
{
	struct sync *y = ctx;
	struct word one = { .time_s = time_s, .kind = '-' };

	(void)snprintf(one.key, sizeof(one.key), "%s", key);
	words_add(&y->here, &one);
	return true;
}

static bool
key_valid(struct span key)
{
	for (size_t i = 0; i < key.n; i++)
		if (span_find(SPAN("0123456789abcdef"), key.p[i]) == SIZE_MAX)
			return false;
	return key.n == LEARN_KEY_OCTETS;
}

/* "1767225600 s" of a key; what is none is passed over. */
static void
there_word(struct sync *y, struct span key, struct span text)
{
	struct word one = { .kind = 0 };
	struct span time;
	uint64_t time_s;

	if (!key_valid(key) || !span_cut(&text, ' ', &time) ||
	    !span_number(time, &time_s) || time_s > INT64_MAX || text.n != 1 ||
	    span_find(SPAN("sh-"), text.p[0]) == SIZE_MAX)
		return;
	(void)memcpy(one.key, key.p, LEARN_KEY_OCTETS);
	one.time_s = (int64_t)time_s;
	if (learner_is_ahead(y->learner, one.time_s))
		return;
	one.kind = text.p[0];
	words_add(&y->there, &one);
}

static bool
there_round(struct sync *y, char cursor[32])
{
	const struct span argv[] = { SPAN("HSCAN"), SPAN(KEY_WHEN),
		span_of(cursor), SPAN("COUNT"), SPAN("1000") };
	const struct redis_reply *r = &y->call.reply, *list;

	if (!redis_call_run(&y->call, argv, ARRAY_COUNT(argv)) ||
	    r->kind != REDIS_LIST || r->count != 2 || r->item[0].text.n >= 32 ||
	    r->item[1].kind != REDIS_LIST)
		return false;
	list = &r->item[1];
	for (size_t i = 0; i + 1 < list->count; i += 2)
		there_word(y, list->item[i].text, list->item[i + 1].text);
	(void)memcpy(cursor, r->item[0].text.p, r->item[0].text.n);
	cursor[r->item[0].text.n] = '\0';
	return true;
}

static bool
there_read(struct sync *y)
{
	char cursor[32] = "0";
	unsigned rounds = 0;

	do
		if (rounds++ == ROUNDS_MAX || !there_round(y, cursor))
			return false;
	while (strcmp(cursor, "0") != 0);
	return true;
}

/* ---- one sample ------------------------------------------------------------- */

static bool
hash_set(struct sync *y, const char *hash, const char *key, struct span value)
{
	const struct span argv[] = { SPAN("HSET"), span_of(hash), span_of(key),
		value };

	return redis_call_run(&y->call, argv, ARRAY_COUNT(argv));
}

static bool
hash_remove(struct sync *y, const char *hash, const char *key)
{
	const struct span argv[] = { SPAN("HDEL"), span_of(hash),
		span_of(key) };

	return redis_call_run(&y->call, argv, ARRAY_COUNT(argv));
}

/* The sample first, so that whoever reads its word finds it. */
static bool
sync_give(struct sync *y, const struct word *one)
{
	struct arena *a = arena_new();
	struct learn_sample s;
	char word[40];
	struct buf line;
	bool ok = true;

	(void)snprintf(
	    word, sizeof(word), "%lld %c", (long long)one->time_s, one->kind);
	buf_init(&line, LEARN_LINE_MAX);
	if (one->kind == '-')
		ok = hash_set(y, KEY_WHEN, one->key, span_of(word)) &&
		     hash_remove(y, KEY_SAMPLE, one->key);
	/* Else it was forgotten just now, and the next time is soon. */
	else if (learner_sample(y->learner, one->key, a, &s) &&
		 learn_text_write(&s, &line))
		ok = hash_set(y, KEY_SAMPLE, one->key, buf_span(&line)) &&
		     hash_set(y, KEY_WHEN, one->key, span_of(word));
	buf_free(&line);
	arena_free(&a);
	return ok;
}

/* A sample that is too old, or of which there are enough newer ones. */
static bool
sync_unwanted(const struct sync *y, const struct word *one)
{
	return one->kind != '-' && (one->time_s < learn_oldest_s(y->now_s) ||
				       learn_cut_goes(&y->cut[one->kind == 's'],
					   one->time_s, one->key));
}

static bool
sync_take(struct sync *y, const struct word *one)
{
	const struct span argv[] = { SPAN("HGET"), SPAN(KEY_SAMPLE),
		span_of(one->key) };
	struct arena *a;
	struct learn_sample s;
	const char *why;

	if (one->kind == '-') {
		learner_drop(y->learner, one->key, one->time_s);
		return true;
	}
	if (sync_unwanted(y, one))
		return true;
	if (!redis_call_run(&y->call, argv, ARRAY_COUNT(argv)))
		return false;
	a = arena_new();
	if (y->call.reply.kind == REDIS_TEXT &&
	    learn_text_read(y->call.reply.text, a, &s, &why) &&
	    strcmp(s.key, one->key) == 0 &&
	    !learner_is_ahead(y->learner, s.time_s))
		(void)learner_import(y->learner, &s);
	arena_free(&a);
	return true;
}

static bool
sync_forget_old(struct sync *y, const struct word *one)
{
	bool old =
	    one->kind == '-'
		? one->time_s < y->now_s - (int64_t)GONE_DAYS * LEARN_DAY_S
		: sync_unwanted(y, one);

	return !old || (hash_remove(y, KEY_WHEN, one->key) &&
			   hash_remove(y, KEY_SAMPLE, one->key));
}

/* A word of both: the later one goes to the other side. */
static bool
sync_both(struct sync *y, const struct word *here, const struct word *there)
{
	if (here->time_s > there->time_s ||
	    (here->time_s == there->time_s && here->kind == '-' &&
		there->kind != '-'))
		return sync_give(y, here);
	if (here->kind == there->kind && here->time_s == there->time_s)
		return true;
	return sync_take(y, there);
}

/* Both lists are in the order of keys. */
static bool
sync_merge(struct sync *y)
{
	size_t h = 0, t = 0;
	bool ok = true;

	while (ok && (h < y->here.count || t < y->there.count)) {
		const struct word *here = &y->here.word[h];
		const struct word *there = &y->there.word[t];
		int order = h == y->here.count ? 1
			    : t == y->there.count
				? -1
				: strcmp(here->key, there->key);

		if (order < 0)
			/* Forgotten before anybody else knew it, or soon. */
			ok = here->kind == '-' || sync_unwanted(y, here) ||
			     sync_give(y, here);
		else if (order > 0)
			ok = sync_take(y, there) && sync_forget_old(y, there);
		else
			ok = sync_both(y, here, there);
		h += order <= 0 ? 1 : 0;
		t += order >= 0 ? 1 : 0;
	}
	return ok;
}

/* ---- all of it ---------------------------------------------------------------- */

/* The first to come gives the secret, whoever comes without samples takes it. */
static enum learn_synced
sync_secret(struct sync *y)
{
	const struct span get[] = { SPAN("GET"), SPAN(KEY_SECRET) };
	struct span set[] = { SPAN("SET"), SPAN(KEY_SECRET), SPAN(""),
		SPAN("NX") };
	char text[17];
	uint64_t key, theirs;

	if (!learner_key(y->learner, &key))
		return LEARN_SYNC_LOST;
	(void)snprintf(text, sizeof(text), "%016llx", (unsigned long long)key);
	set[2] = span_of(text);
	if (!redis_call_run(&y->call, set, ARRAY_COUNT(set)) ||
	    !redis_call_run(&y->call, get, ARRAY_COUNT(get)) ||
	    y->call.reply.kind != REDIS_TEXT)
		return LEARN_SYNC_LOST;
	return learn_hex64(y->call.reply.text, &theirs) &&
		       learner_adopt(y->learner, theirs)
		   ? LEARN_SYNCED
		   : LEARN_SYNC_SECRET;
}

/* The newest first. */
static int
word_compare_time(const void *a, const void *b)
{
	const struct word *x = a, *y = b;

	return x->time_s != y->time_s
		   ? (x->time_s < y->time_s) - (x->time_s > y->time_s)
		   : strcmp(y->key, x->key);
}

/*
 * Of what both sides have together the same samples stay on every host, and
 * in Redis: else one would take back again and again what it has too many of.
 */
static void
sync_cut(struct sync *y)
{
	struct words all = { .arena = y->here.arena };
	size_t count[2] = { 0, 0 };

	for (size_t i = 0; i < y->here.count; i++)
		words_add(&all, &y->here.word[i]);
	for (size_t i = 0; i < y->there.count; i++)
		words_add(&all, &y->there.word[i]);
	words_sort(&all);
	if (all.count > 0)
		qsort(
		    all.word, all.count, sizeof(*all.word), word_compare_time);
	for (size_t i = 0; i < 2; i++)
		y->cut[i] = (struct learn_cut){ .max = LEARN_SAMPLES_MAX / 2 };
	for (size_t i = 0; i < all.count; i++) {
		const struct word *one = &all.word[i];
		size_t kind = one->kind == 's' ? 1 : 0;

		if (one->kind == '-')
			continue;
		count[kind]++;
		(void)learn_cut_next(&y->cut[kind], one->time_s, one->key);
	}
	for (size_t i = 0; i < 2; i++)
		if (count[0] + count[1] <= LEARN_SAMPLES_MAX ||
		    count[i] <= y->cut[i].max)
			y->cut[i] = (struct learn_cut){ .max = 0 };
}

static bool
sync_run(struct sync *y)
{
	if (!learner_each(y->learner, 0, "", here_sample, y) ||
	    !learner_gone(y->learner, here_gone, y) || !there_read(y))
		return false;
	words_sort(&y->here);
	words_sort(&y->there);
	sync_cut(y);
	return sync_merge(y);
}

enum learn_synced
learn_hosts_sync(struct learn_hosts *h, struct learner *l)
{
	struct sync y = { .learner = l,
		.call = redis_call_begin(h->pool, SYNC_MS),
		.now_s = learner_time(l) };
	enum learn_synced answer;
	struct arena *a = arena_new();

	y.call.each_ms = COMMAND_MS;
	y.here.arena = y.there.arena = a;
	answer = sync_secret(&y);
	if (answer == LEARN_SYNCED && !sync_run(&y))
		answer = LEARN_SYNC_LOST;
	redis_call_end(&y.call);
	arena_free(&a);
	return answer;
}

struct learn_hosts *
learn_hosts_open(const struct store_options *o, char why[STORE_WHY_MAX])
{
	static const struct span probe[] = { SPAN_INIT("HLEN"),
		SPAN_INIT(KEY_WHEN) };
	const struct redis_pool_options options = { .store = *o,
		.lost_means = "what is taught here is not shared for now",
		.probe = probe,
		.probe_count = ARRAY_COUNT(probe) };
	struct redis_pool *pool = redis_pool_open(&options, why);
	struct learn_hosts *h;

	if (pool == NULL)
		return NULL;
	h = xcalloc(1, sizeof(*h));
	h->pool = pool;
	return h;
}

void
learn_hosts_close(struct learn_hosts **h)
{
	if (*h != NULL)
		redis_pool_close(&(*h)->pool);
	free(*h);
	*h = NULL;
}
