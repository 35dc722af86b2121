/*
 * What learning costs, and what it is good for: a stream of labelled mail, as
 * `verdict learned test` reads it (a line "spam|ham PATH" for each message, in
 * order). Decoding is not counted: it is done for rules anyway. With "half"
 * behind the index the first half is learned and the second judged by that,
 * to be put beside filters that learn in the same way. Without an index one
 * made-up message of 10 KB is judged and learned again and again.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "policy/base/file.h"
#include "rules/learn/sample.h"
#include "rules/learn/stream.h"

#define ROUNDS     20000
#define MAIL_MAX   ((size_t)64 << 20)
#define STREAM_MAX ((size_t)1000000)

struct bench {
	struct learn_stream *stream;
	struct learn_outcome *outcome;
	size_t count, octets, features;
	size_t learn_until; /* 0: all are learned */
	double features_us, score_us, learn_us;
};

static double
cpu_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* What is kept of the message, and what it cost. */
static void
bench_features(struct bench *b, const struct learn_message *m, bool spam)
{
	struct learn_features f;
	struct buf packed;
	double at[4];
	double score;

	at[0] = cpu_us();
	learn_features(m, &f);
	at[1] = cpu_us();
	score = learn_score_worse(&b->stream->model->weights, &f);
	at[2] = cpu_us();
	score = learn_score(&b->stream->model->weights, &f) + 0 * score;
	b->outcome[b->count] = (struct learn_outcome){ score, spam };
	if (b->learn_until == 0 || b->count < b->learn_until)
		learn_stream_sample(b->stream, &f, spam, 1);
	at[3] = cpu_us();
	b->features_us += at[1] - at[0];
	b->score_us += at[2] - at[1];
	b->learn_us += at[3] - at[2];
	buf_init(&packed, LEARN_SAMPLE_MAX);
	(void)learn_pack(&f, &packed);
	b->octets += packed.n;
	b->features += f.count;
	b->count++;
	buf_free(&packed);
}

static void
bench_mail(struct bench *b, struct span text, bool spam, unsigned rounds)
{
	struct arena *a = arena_new();
	struct header_list headers;
	struct content content;
	struct span body;
	unsigned anomalies = 0;

	header_list_init(&headers, a);
	header_split(text, &headers, &body, &anomalies);
	content_read(&headers, body, &content_limits_standard, a, &content);
	for (unsigned i = 0; i < rounds; i++) {
		struct arena *each = arena_new();

		bench_features(b,
		    &(const struct learn_message){ .headers = &headers,
			.content = &content,
			.own_hops = 1,
			.key = 7,
			.arena = each },
		    spam);
		arena_free(&each);
	}
	arena_free(&a);
}

static bool
bench_line(struct bench *b, struct span line)
{
	struct arena *a = arena_new();
	struct span label, text;
	const char *why;
	bool ok;

	(void)span_cut(&line, ' ', &label);
	ok = file_read(
	    arena_strdup(a, span_trim(line)), MAIL_MAX, a, &text, &why);
	if (ok)
		bench_mail(b, text, span_is(label, "spam"), 1);
	else
		(void)fprintf(stderr, "%s\n", why);
	arena_free(&a);
	return ok;
}

static bool
bench_stream(struct bench *b, const char *index, bool half)
{
	struct arena *a = arena_new();
	struct span text, line;
	const char *why;
	bool ok = file_read(index, MAIL_MAX, a, &text, &why);

	if (!ok)
		(void)fprintf(stderr, "%s\n", why);
	for (size_t i = 0; ok && half && i < text.n; i++)
		b->learn_until += text.p[i] == '\n' ? 1 : 0;
	b->learn_until /= 2;
	while (ok && text.n > 0 && span_cut(&text, '\n', &line))
		if (line.n > 0 && b->count < STREAM_MAX)
			ok = bench_line(b, line);
	arena_free(&a);
	return ok;
}

/* Text that does not repeat, 10 KB of it. */
static void
bench_made(struct bench *b)
{
	unsigned state = 1;
	struct buf text;

	buf_init(&text, 20000);
	(void)buf_addz(&text,
	    "Received: from mx.sender.example by mx.here.example; Mon, 5 Jan "
	    "2026 10:11:12 +0000\nFrom: Somebody <a@sender.example>\n"
	    "To: b@here.example\nSubject: An ordinary message\n"
	    "Message-ID: <12345@sender.example>\nContent-Type: text/html\n\n"
	    "<p>See <a href=\"https://www.sender.example/x\">this</a>\n");
	while (text.n < 10240) {
		state = state * 1103515245 + 12345;
		(void)buf_printf(
		    &text, "%x%c", state >> 8, state % 7 == 0 ? '\n' : ' ');
	}
	bench_mail(b, buf_span(&text), true, ROUNDS);
	buf_free(&text);
}

static void
bench_print(struct bench *b)
{
	double n = (double)b->count;
	struct learn_metrics m;

	(void)printf("%zu messages: features %.1f us, score %.1f us, learn "
		     "%.1f us; %.0f features, %.0f octets a sample\n"
		     "memory: weights %zu octets, a stream that learns %zu\n",
	    b->count, b->features_us / n, b->score_us / n, b->learn_us / n,
	    (double)b->features / n, (double)b->octets / n,
	    sizeof(struct learn_weights),
	    sizeof(struct learn_model) + sizeof(struct learn_stream));
	learn_metrics(
	    b->outcome + b->learn_until, b->count - b->learn_until, &m);
	if (m.spam > 0 && m.ham > 0)
		(void)printf(
		    "%zu spam, %zu ham: 1-ROCA %.4f %%, missed %.2f %% "
		    "at 0.1 %%, %.2f %% at 1 %% of ham marked\n",
		    m.spam, m.ham, 100 * m.one_minus_roca, 100 * m.missed_1000,
		    100 * m.missed_100);
}

int
main(int argc, char **argv)
{
	struct bench b = { .stream = learn_stream_new() };
	bool ok = true;

	b.outcome = calloc(STREAM_MAX, sizeof(*b.outcome));
	if (b.stream == NULL || b.outcome == NULL)
		return EXIT_FAILURE;
	if (argc > 1)
		ok = bench_stream(&b, argv[1], argc > 2);
	else
		bench_made(&b);
	if (b.count > 0)
		bench_print(&b);
	learn_stream_free(&b.stream);
	free(b.outcome);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
