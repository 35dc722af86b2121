/*
 * The learner: what it sees of a message, what it makes of it, and figures.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "rules/learn/metrics.h"
#include "rules/learn/model.h"
#include "rules/learn/sample.h"
#include "rules/learn/stream.h"
#include "rules/learn/why.h"

static unsigned failures;

static void
expect(bool ok, const char *label)
{
	if (ok)
		return;
	failures++;
	(void)fprintf(stderr, "%s\n", label);
}

static struct learn_features
features_of(const char *message, size_t own_hops, uint64_t key, struct arena *a)
{
	struct learn_features f;
	struct header_list h;
	struct content c;
	struct span body;
	unsigned anomalies = 0;

	header_list_init(&h, a);
	header_split(span_of(message), &h, &body, &anomalies);
	content_read(&h, body, &content_limits_standard, a, &c);
	learn_features(&(const struct learn_message){ .headers = &h,
			   .content = &c,
			   .own_hops = own_hops,
			   .key = key,
			   .arena = a },
	    &f);
	return f;
}

static bool
features_equal(const struct learn_features *a, const struct learn_features *b)
{
	return a->count == b->count &&
	       memcmp(a->index, b->index, a->count * sizeof(*a->index)) == 0;
}

/* More than all that is read of a header, or of the end of a text. */
#define TEN  "abc defghi"
#define HALF TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define LONG HALF HALF HALF HALF

/* Two messages that are, or are not, the same to the learner. */
static const struct {
	const char *label, *one, *other;
	size_t own_hops;
	bool same;
} pairs[] = {
	{ "recipients say nothing",
	    "From: a@a.example\nTo: x@y.example\n\nhello",
	    "From: a@a.example\nTo: other@z.example\nCc: c@d.example\n\nhello",
	    0, true },
	{ "case and white space are folded",
	    "Subject: Hello  World\n\nBuy\n now",
	    "SUBJECT: hello world\n\nbuy now", 0, true },
	{ "marks of filters say nothing", "Subject: s\n\nhello",
	    "Subject: s\nX-Spam-Flag: YES\n\nhello", 0, true },
	{ "digits of dates and ids are folded",
	    "Date: Mon, 1 Jan 2024 10:11:12 +0000\nMessage-ID: <12@x>\n\nhello",
	    "Date: Mon, 3 Jan 2025 20:11:12 +0000\nMessage-ID: <34@x>\n\nhello",
	    0, true },
	{ "the values of a signature say nothing",
	    "DKIM-Signature: v=1; d=a.example; b=abc; bh=def\n\nhello",
	    "DKIM-Signature: v=1; d=a.example; b=xyz; bh=uvw\n\nhello", 0,
	    true },
	{ "our own hop says nothing",
	    "Received: from a by b; x\nSubject: s\n\nhello",
	    "Received: from c by d; y\nSubject: s\n\nhello", 1, true },
	{ "another's hop does",
	    "Received: from a.a by b; x\nSubject: s\n\nhello",
	    "Received: from c.c by d; y\nSubject: s\n\nhello", 0, false },
	{ "whom a hop was for says nothing",
	    "Received: from a by b for <x@y>; x\n\nhello",
	    "Received: from a by b for <other@z>; x\n\nhello", 0, true },
	{ "the text counts", "Subject: s\n\nhello", "Subject: s\n\ngoodbye", 0,
	    false },
	{ "so does which fields there are", "Subject: s\nX-Mailer: m\n\nhello",
	    "Subject: s\nX-Loop: m\n\nhello", 0, false },
	{ "and in which order, however long they are",
	    "Subject: " LONG "\nX-A: 1\nX-B: 2\n\nhello",
	    "Subject: " LONG "\nX-B: 2\nX-A: 1\n\nhello", 0, false },
	{ "what stands in fields beyond the first does not",
	    "Subject: " LONG "\nX-A: one\n\nhello",
	    "Subject: " LONG "\nX-A: two\n\nhello", 0, true },
	{ "the end of a long text counts",
	    "Subject: s\n\n" LONG LONG LONG LONG "one",
	    "Subject: s\n\n" LONG LONG LONG LONG "two", 0, false },
	{ "its middle does not", "Subject: s\n\n" LONG LONG LONG "one" LONG,
	    "Subject: s\n\n" LONG LONG LONG "two" LONG, 0, true },
	{ "so does the subject", "Subject: s one\n\nhello",
	    "Subject: s two\n\nhello", 0, false },
};

/* Each way over many hosts is longer than all that is read of a header. */
static void
test_long_way(void)
{
	struct arena *a = arena_new();
	struct learn_features one, other;
	struct buf b[2];

	for (size_t i = 0; i < 2; i++) {
		buf_init(&b[i], 8192);
		for (unsigned hop = 0; hop < 12; hop++)
			(void)buf_printf(&b[i],
			    "Received: from host%u.example by hub%u.example "
			    "with ESMTP id abcdefgh%u; date\n",
			    hop, hop, hop);
		(void)buf_printf(&b[i], "Subject: about %s\n\nhello",
		    i == 0 ? "minutes" : "pills");
		(void)buf_addc(&b[i], '\0');
	}
	one = features_of(b[0].p, 0, 7, a);
	other = features_of(b[1].p, 0, 7, a);
	expect(!features_equal(&one, &other),
	    "the subject counts behind many hosts, too");
	for (size_t i = 0; i < 2; i++)
		buf_free(&b[i]);
	arena_free(&a);
}

static void
test_features(void)
{
	struct arena *a = arena_new();
	struct learn_features one, other;

	for (size_t i = 0; i < ARRAY_COUNT(pairs); i++) {
		one = features_of(pairs[i].one, pairs[i].own_hops, 7, a);
		other = features_of(pairs[i].other, pairs[i].own_hops, 7, a);
		expect(features_equal(&one, &other) == pairs[i].same,
		    pairs[i].label);
	}
	one = features_of(pairs[0].one, 0, 7, a);
	other = features_of(pairs[0].one, 0, 8, a);
	expect(!features_equal(&one, &other), "another key, other numbers");
	for (size_t i = 0; i < one.count; i++)
		expect(one.index[i] < LEARN_SIZE &&
			   (i == 0 || one.index[i - 1] < one.index[i]),
		    "ascending, each once");
	arena_free(&a);
}

/* A message longer than all limits, of text that never repeats. */
static void
test_bound(void)
{
	struct arena *a = arena_new();
	struct learn_features f;
	struct buf b;

	buf_init(&b, (size_t)1 << 20);
	(void)buf_addz(&b, "Subject: s\n");
	for (unsigned i = 0; i < 5000; i++)
		(void)buf_printf(&b, "X-F%x: %x\n", i, i * 2654435761U);
	(void)buf_addz(&b, "\n");
	for (unsigned i = 0; i < 5000; i++)
		(void)buf_printf(&b, "http://h%x.t%x.example/ ",
		    i * 2654435761U, i * 40503U);
	(void)buf_addc(&b, '\0');
	f = features_of(b.p, 0, 7, a);
	expect(f.count > 1000 && f.count < LEARN_FEATURES_MAX,
	    "a huge message has a bounded number of features");
	buf_free(&b);
	arena_free(&a);
}

static void
test_model(void)
{
	static const char *const spam = "Subject: cheap pills\n\nBuy pills now";
	static const char *const ham = "Subject: minutes\n\nThe meeting notes";
	struct learn_model *m = learn_model_new(), *again = learn_model_new();
	struct arena *a = arena_new();
	struct learn_features s = features_of(spam, 0, 7, a);
	struct learn_features h = features_of(ham, 0, 7, a);
	float before;

	expect(learn_probability(learn_score(&m->weights, &s)) == 0.5,
	    "knows nothing");
	for (int i = 0; i < 400; i++) {
		learn_update(m, &s, true, 1);
		learn_update(m, &h, false, 1);
		learn_update(again, &s, true, 1);
		learn_update(again, &h, false, 1);
	}
	expect(fabs(learn_scale(LEARN_TYPICAL) - 1) < 1e-12 &&
		   fabs(learn_scale(LEARN_TYPICAL / 16) - 4) < 1e-12,
	    "a feature of a short message counts for more");
	expect(learn_probability(learn_score(&m->weights, &s)) > 0.9,
	    "learned spam");
	expect(learn_probability(learn_score(&m->weights, &h)) < 0.1,
	    "learned ham");
	expect(m->spam == 400 && m->ham == 400, "counts what it was shown");
	expect(m->updates < 800, "what it is sure of changes nothing");
	expect(memcmp(m, again, sizeof(*m)) == 0, "bit for bit the same");
	before = m->bias_n;
	learn_update(m, &s, false, 1);
	expect(m->bias_n - before > 0.04F && m->bias_n - before < 0.5F,
	    "what contradicts it is doubted, but heard");
	for (double x = -29; x < 30; x += 0.37)
		expect(fabs(learn_probability(x) - 1 / (1 + exp(-x))) < 1e-12,
		    "the logistic function");
	learn_model_free(&m);
	learn_model_free(&again);
	arena_free(&a);
}

static void
test_metrics(void)
{
	struct learn_outcome perfect[] = { { 1, false }, { 3, true },
		{ 2, false }, { 4, true } };
	struct learn_outcome mixed[] = { { 1, false }, { 1, true },
		{ 2, false }, { 3, true } };
	struct learn_metrics m;

	learn_metrics(perfect, ARRAY_COUNT(perfect), &m);
	expect(m.one_minus_roca == 0 && m.missed_1000 == 0, "perfect");
	/* Of 4 pairs one is wrong and one is a draw. */
	learn_metrics(mixed, ARRAY_COUNT(mixed), &m);
	expect(fabs(m.one_minus_roca - 0.375) < 1e-12, "area with a draw");
	expect(fabs(m.missed_100 - 0.5) < 1e-12, "half is missed");
	learn_metrics(mixed, 0, &m);
	expect(isnan(m.one_minus_roca), "nothing is known of nothing");
}

static void
test_share(void)
{
	struct learn_share *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	for (int i = 0; i < LEARN_SHARE_MIN - 1; i++)
		learn_share_add(s, i);
	expect(learn_share(s, 0) < 0, "silent until enough is known");
	for (int i = LEARN_SHARE_MIN - 1; i < 999; i++)
		learn_share_add(s, i);
	expect(fabs(learn_share(s, 5000) - 0.001) < 1e-12, "above all");
	expect(fabs(learn_share(s, 989) - 0.011) < 1e-12, "ten as high");
	expect(fabs(learn_share(s, -1) - 1) < 1e-12, "below all");
	/* What is older than the ring is forgotten. */
	for (int i = 0; i < LEARN_SHARE_KEPT; i++)
		learn_share_add(s, -5);
	expect(s->count == LEARN_SHARE_KEPT && learn_share(s, 0) < 0.001,
	    "the ring forgets");
	free(s);
}

/* ---- samples ------------------------------------------------------------- */

/* Some of the numbers, each other one of the head; step 0: none. */
static struct learn_features
numbers(uint32_t from, uint32_t step, size_t count, struct arena *a)
{
	uint32_t *index = arena_array(a, count + 1, sizeof(*index));
	uint32_t *head = arena_array(a, count + 1, sizeof(*head));
	struct learn_features f = { .index = index, .head = head };

	for (size_t i = 0; i < count; i++) {
		index[f.count++] = from + (uint32_t)i * step;
		if (i % 2 == 0)
			head[f.head_count++] = index[i];
	}
	return f;
}

static const struct {
	const char *label;
	uint32_t from, step;
	size_t count;
} lists[] = {
	{ "no features", 0, 0, 0 },
	{ "the lowest number", 0, 1, 1 },
	{ "the highest number", LEARN_SIZE - 1, 1, 1 },
	{ "as many as there may be, side by side", 0, 1, LEARN_FEATURES_MAX },
	{ "as many as there may be, spread", 3, 31, LEARN_FEATURES_MAX },
	{ "two far apart", 5, 262000, 2 },
	{ "an ordinary message", 17, 71, 3600 },
};

static bool
heads_equal(const struct learn_features *a, const struct learn_features *b)
{
	return a->head_count == b->head_count &&
	       (a->head_count == 0 ||
		   memcmp(a->head, b->head, a->head_count * sizeof(*a->head)) ==
		       0);
}

static void
test_sample(size_t row)
{
	struct arena *a = arena_new();
	struct learn_features f =
	    numbers(lists[row].from, lists[row].step, lists[row].count, a);
	struct learn_features back;
	const char *why;
	struct buf b;

	buf_init(&b, LEARN_SAMPLE_MAX);
	expect(learn_pack(&f, &b) &&
		   learn_unpack(buf_span(&b), a, &back, &why) &&
		   features_equal(&f, &back) && heads_equal(&f, &back),
	    lists[row].label);
	expect(b.n < 16 + f.count * 9 / 8 + f.count / 4, "it is packed well");
	for (size_t n = 0; n < b.n; n += 1 + n / 8)
		expect(!learn_unpack(
			   span_slice(buf_span(&b), 0, n), a, &back, &why),
		    "a sample that was cut is refused");
	(void)buf_addc(&b, 0);
	expect(!learn_unpack(buf_span(&b), a, &back, &why),
	    "what follows a sample is refused");
	buf_free(&b);
	arena_free(&a);
}

static const struct {
	const char *label;
	struct span packed;
} damaged[] = {
	{ "nothing", SPAN_INIT("") },
	{ "another version", SPAN_INIT("\x02\0\0\x12") },
	{ "more than there may be", SPAN_INIT("\x01\xff\xff\0") },
	{ "a parameter that is not the one", SPAN_INIT("\x01\0\0\x11") },
	{ "a number beyond the last",
	    SPAN_INIT("\x01\0\x01\x11\xff\xff\xff\xff\xff") },
	{ "a number that comes round again",
	    SPAN_INIT("\x01\0\x01\x11\xff\xff\xff\xff\xff\xff\0\0\0\0") },
	{ "what fills the last octet is not zero",
	    SPAN_INIT("\x01\0\x01\x11\0\0\x01") },
};

static void
test_damaged(void)
{
	struct arena *a = arena_new();
	struct learn_features back;
	const char *why;

	for (size_t i = 0; i < ARRAY_COUNT(damaged); i++)
		expect(!learn_unpack(damaged[i].packed, a, &back, &why),
		    damaged[i].label);
	arena_free(&a);
}

/* ---- why ----------------------------------------------------------------- */

static void
message_read(const char *text, struct arena *a, struct learn_message *out)
{
	struct header_list *h = arena_alloc(a, sizeof(*h));
	struct content *c = arena_alloc(a, sizeof(*c));
	unsigned anomalies = 0;
	struct span body;

	header_list_init(h, a);
	header_split(span_of(text), h, &body, &anomalies);
	content_read(h, body, &content_limits_standard, a, c);
	*out = (struct learn_message){
		.headers = h, .content = c, .key = 7, .arena = a
	};
}

static void
test_why(void)
{
	static const char *const spam =
	    "Subject: cheap pills\n\nBuy pills at http://pills.example/";
	static const char *const ham =
	    "Subject: minutes\n\nThe meeting \033[1m notes";
	static const struct learn_named fact = { "spf", SPAN_INIT("fail") };
	struct learn_model *m = learn_model_new();
	struct arena *a = arena_new();
	struct learn_message bad, good;
	struct learn_features s, h, same;
	struct learn_origins from;
	struct learn_why why;
	struct buf b;

	message_read(spam, a, &bad);
	bad.named = &fact;
	bad.named_count = 1;
	message_read(ham, a, &good);
	learn_features(&bad, &s);
	learn_features(&good, &h);
	learn_origins(&bad, &same, &from);
	expect(features_equal(&s, &same) && from.count == s.count,
	    "who asks where they come from is given the same features");
	for (int i = 0; i < 100; i++) {
		learn_update(m, &s, true, 1);
		learn_update(m, &h, false, 1);
	}
	learn_explain(&m->weights, &bad, true, &why);
	buf_init(&b, 4096);
	learn_why_print(&why, &b);
	expect(why.segment_count == LEARN_WHY_SEGMENTS &&
		   why.named_count == LEARN_WHY_NAMED,
	    "as many reasons as are wanted");
	expect(span_search(buf_span(&b), SPAN("pills")) != SIZE_MAX,
	    "the words that made it spam are named");
	for (size_t i = 0; i + 1 < why.named_count; i++)
		expect(why.named[i].weight >= why.named[i + 1].weight &&
			   why.named[i + 1].weight > 0,
		    "the strongest first");
	buf_clear(&b);
	learn_explain(&m->weights, &good, false, &why);
	learn_why_print(&why, &b);
	expect(span_search(buf_span(&b), SPAN("notes")) != SIZE_MAX &&
		   span_find(buf_span(&b), '\033') == SIZE_MAX,
	    "and what made the other good, in harmless characters");
	buf_free(&b);
	learn_model_free(&m);
	arena_free(&a);
}

/* ---- streams ------------------------------------------------------------- */

static void
test_stream(void)
{
	struct learn_stream *s = learn_stream_new();
	struct arena *a = arena_new();
	struct learn_features spam = numbers(0, 7, 300, a);
	struct learn_features ham = numbers(1, 7, 300, a);
	/* Good words behind a spammer's head. */
	struct learn_features mixed = ham;

	mixed.head = spam.head;
	mixed.head_count = spam.head_count;
	for (int i = 0; i < 700; i++) {
		learn_stream_sample(s, &spam, true, 1);
		learn_stream_sample(s, &ham, false, 1);
	}
	expect(learn_enough(s->model->spam, s->model->ham) &&
		   !learn_enough(99, 5000),
	    "enough is a hundred of each");
	expect(learn_stream_error(s) == 0 && s->recent == LEARN_RECENT,
	    "the last thousand were judged well");
	expect(learn_share(&s->full, learn_score(&s->model->weights, &spam)) <
		   0.002,
	    "no good mail looks like that");
	expect(learn_score(&s->model->weights, &mixed) < 0 &&
		   learn_score_worse(&s->model->weights, &mixed) > 0,
	    "good words behind a bad head do not help");
	for (int i = 0; i < 100; i++)
		learn_stream_sample(s, &ham, true, 0);
	expect(learn_score(&s->model->weights, &ham) < 0 &&
		   learn_stream_error(s) == 0,
	    "whom nobody trusts changes nothing");
	learn_stream_free(&s);
	arena_free(&a);
}

/* ---- taking back --------------------------------------------------------- */

static bool
streams_equal(const struct learn_stream *a, const struct learn_stream *b)
{
	struct learn_stream x = *a, y = *b;

	x.model = y.model = NULL;
	x.mark = y.mark = NULL;
	return memcmp(&x, &y, sizeof(x)) == 0 &&
	       memcmp(a->model, b->model, sizeof(*a->model)) == 0;
}

/* Messages that nobody has seen the like of; step 1: of all features. */
static void
stream_learn(struct learn_stream *s, unsigned from, unsigned count,
    uint32_t step, struct arena *a)
{
	for (unsigned i = from; i < from + count; i++) {
		struct learn_features f = numbers(i * 7919 % (LEARN_SIZE / 4),
		    step, step > 1 ? 300 : LEARN_FEATURES_MAX, a);

		learn_stream_sample(s, &f, i % 2 == 0, 1);
		learn_stream_good(s, &f);
	}
}

static void
test_back(void)
{
	struct learn_stream *s = learn_stream_new(), *same = learn_stream_new();
	struct arena *a = arena_new();

	expect(!learn_stream_back(s), "without a mark nothing is taken back");
	stream_learn(s, 0, 300, 7, a);
	stream_learn(same, 0, 300, 7, a);
	learn_stream_mark(s);
	stream_learn(s, 300, 100, 7, a);
	expect(!streams_equal(s, same), "more was learned");
	expect(learn_stream_back(s) && streams_equal(s, same),
	    "what was learned behind the mark is taken back, bit for bit");
	learn_stream_mark(s);
	learn_stream_mark(s);
	stream_learn(s, 300, 50, 7, a);
	stream_learn(same, 300, 50, 7, a);
	expect(streams_equal(s, same), "a mark changes nothing");
	expect(learn_stream_back(s) && !learn_stream_back(s),
	    "it is taken back once");
	learn_stream_mark(s);
	stream_learn(s, 400, 60, 1, a);
	expect(!learn_stream_back(s), "too much can't be taken back");
	learn_stream_free(&s);
	learn_stream_free(&same);
	arena_free(&a);
}

/* ---- calibration --------------------------------------------------------- */

/* Scores whose odds are not what they say, by so much; taught: all of them, or
 * only what was misjudged. */
static const struct {
	const char *label;
	double slope;
	bool mistakes;
	double least, most;
} odds[] = {
	{ "who is too cautious is told so", 1.8, false, 1.6, 2.0 },
	{ "who is right is left alone", 1, false, 1, 1.15 },
	{ "who is too sure is not made a coward", 0.5, false, 1, 1.1 },
	{ "there is an end of it", 20, false, 3.5, LEARN_SLOPE_MAX },
	{ "mistakes alone say nothing", 1.8, true, 1, 1 },
};

static void
test_odds(size_t row)
{
	struct learn_calibration c, again;
	unsigned state = 1, bin = 0, bin_spam = 0;
	double said = 0;

	learn_calibration_init(&c);
	learn_calibration_init(&again);
	for (int i = 0; i < 6000; i++) {
		double score, p;
		bool spam;

		state = state * 1103515245 + 12345;
		score = (double)(state >> 8 & 0xffff) / 6553.6 - 5;
		state = state * 1103515245 + 12345;
		p = learn_probability(odds[row].slope * score);
		spam = (double)(state >> 8 & 0xffff) / 65536 < p;
		p = learn_calibrated(c.slope, score);
		if (i > 1000 && p > 0.6 && p < 0.8) {
			bin++;
			bin_spam += spam ? 1 : 0;
			said += p;
		}
		if (odds[row].mistakes && (score > 0) == spam)
			continue;
		learn_calibration_add(&c, score, spam);
		learn_calibration_add(&again, score, spam);
	}
	expect(c.slope >= odds[row].least && c.slope <= odds[row].most,
	    odds[row].label);
	expect(memcmp(&c, &again, sizeof(c)) == 0, "the same slope each time");
	if (odds[row].slope < 3 && odds[row].slope >= 1 && !odds[row].mistakes)
		expect(bin > 50 && fabs(said / bin - (double)bin_spam / bin) <
					 0.08,
		    "what is said of seven in ten is true of seven in ten");
}

static void
test_odds_of_stream(void)
{
	struct learn_stream *s = learn_stream_new();
	struct arena *a = arena_new();
	struct learn_features spam = numbers(0, 7, 300, a);
	struct learn_features ham = numbers(1, 7, 300, a);

	for (int i = 0; i < LEARN_KIND_MIN; i++) {
		learn_stream_sample(s, &spam, true, 1);
		learn_stream_sample(s, &ham, false, 1);
	}
	expect(s->full_odds.slope == 1,
	    "what was too little to speak of is worth nothing");
	for (int i = 0; i < 500; i++) {
		learn_stream_sample(s, &spam, true, 1);
		learn_stream_sample(s, &ham, false, 1);
	}
	expect(s->full_odds.slope > 1 && s->worse_odds.slope > 1,
	    "who was always right may be surer");
	learn_stream_free(&s);
	arena_free(&a);
}

/* ---- good words ---------------------------------------------------------- */

static void
words_add(
    struct buf *b, const char *vocabulary, unsigned *state, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		*state = *state * 1103515245 + 12345;
		(void)buf_printf(b, "%s%u%c", vocabulary, *state >> 16 & 255,
		    i % 8 == 7 ? '\n' : ' ');
	}
}

/* good: so many words of good mail stand before what it has to say. */
static struct learn_features
words_mail(unsigned seed, bool spam, unsigned good, struct arena *a)
{
	unsigned state = seed * 2U + (spam ? 1 : 0);
	struct learn_features f;
	struct buf b;

	buf_init(&b, 16384);
	(void)buf_printf(&b,
	    "Received: from %s%u.example by mx.example; Mon, 5 Jan 2026\n"
	    "From: <%s%u@%s%u.example>\nSubject: ",
	    spam ? "dial" : "mail", seed % 50, spam ? "win" : "ann", seed % 70,
	    spam ? "offer" : "firm", seed % 30);
	words_add(&b, spam ? "prize" : "note", &state, 4);
	(void)buf_printf(
	    &b, "\nX-Mailer: %s\n\n", spam ? "bulk 7" : "client 3");
	words_add(&b, "note", &state, good);
	words_add(&b, spam ? "prize" : "note", &state, 120);
	(void)buf_addc(&b, '\0');
	f = features_of(b.p, 0, 7, a);
	buf_free(&b);
	return f;
}

/*
 * Whoever writes words of good mail before his own looks like good mail; his
 * head does not.
 */
static void
test_good_words(void)
{
	struct learn_stream *s = learn_stream_new();
	unsigned missed = 0, marked = 0, missed_whole = 0;

	for (unsigned i = 0; i < 1600; i++) {
		struct arena *a = arena_new();
		const struct learn_weights *w = &s->model->weights;
		struct learn_features ham = words_mail(i, false, 0, a);
		struct learn_features attack = words_mail(i, true, 150, a);
		double worse = learn_score_worse(w, &attack);

		if (i >= 1000) {
			missed += learn_share(&s->worse, worse) > 0.01;
			missed_whole += learn_score(w, &attack) < 0;
			marked += learn_share(&s->worse,
				      learn_score_worse(w, &ham)) <= 0.01;
		} else {
			struct learn_features spam = words_mail(i, true, 0, a);

			learn_stream_sample(s, &spam, true, 1);
			learn_stream_sample(s, &ham, false, 1);
		}
		arena_free(&a);
	}
	expect(missed <= 12, "good words hide no spam: 2 % at most");
	expect(missed_whole > 100, "by all its words it would pass");
	expect(
	    marked <= 18, "where about one good mail in a hundred is marked");
	learn_stream_free(&s);
}

int
main(void)
{
	test_features();
	test_long_way();
	test_bound();
	test_model();
	test_metrics();
	test_share();
	for (size_t i = 0; i < ARRAY_COUNT(lists); i++)
		test_sample(i);
	test_damaged();
	test_why();
	test_stream();
	test_back();
	for (size_t i = 0; i < ARRAY_COUNT(odds); i++)
		test_odds(i);
	test_odds_of_stream();
	test_good_words();
	return failures > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
