/*
 * verdict learned test: how well the learner does. It is shown a stream of
 * labelled mail in its order: each message is judged by what was learned from
 * those before it, and is then learned.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/base/file.h"
#include "rules/base/jsonw.h"
#include "rules/learn/metrics.h"
#include "rules/learn/stream.h"
#include "tool/base/tool.h"
#include "tool/learn/learned.h"

#define BAR_COLUMNS 40
#define BINS        10
/* Results must not depend on the host: the key of this test is always one. */
#define TEST_KEY 0x7665726469637431U

struct stream_mail {
	const char *path;
	bool spam;
};

/* What was promised of the share of good mail, and what came of it. */
struct stream_promise {
	double share;
	size_t ham, ham_marked, spam, spam_caught;
};

struct stream {
	struct arena *arena;
	struct stream_mail *mail;
	size_t count, cap;
	struct learn_stream *learned;
	struct learn_outcome *outcome; /* count of them, in order */
	struct stream_promise promise[3];
	size_t bin_count[BINS], bin_spam[BINS];
	double bin_sum[BINS];
};

/* ---- the index ------------------------------------------------------------------- */

static bool
index_line(struct stream *s, const char *index, struct span line, size_t number)
{
	struct span rest = line, label;
	struct stream_mail mail = { 0 };
	char *path;

	(void)span_cut(&rest, ' ', &label);
	rest = span_trim(rest);
	if ((!span_case_is(label, "spam") && !span_case_is(label, "ham")) ||
	    rest.n == 0 || memchr(rest.p, '\0', rest.n) != NULL) {
		(void)tool_fail(
		    0, "%s:%zu: not \"spam|ham PATH\"", index, number);
		return false;
	}
	mail.spam = span_case_is(label, "spam");
	path = arena_strdup(s->arena, rest);
	if (*path != '/') {
		size_t slash = span_find_last(span_of(index), '/');

		if (slash != SIZE_MAX)
			path = arena_printf(
			    s->arena, "%.*s/%s", (int)slash, index, path);
	}
	mail.path = path;
	s->mail = arena_grow(
	    s->arena, s->mail, &s->cap, s->count + 1, sizeof(*s->mail));
	s->mail[s->count++] = mail;
	return true;
}

static bool
index_read(struct stream *s, const char *index)
{
	struct span text, line;
	size_t number = 0;

	if (!tool_read(index, s->arena, &text))
		return false;
	while (span_cut(&text, '\n', &line)) {
		number++;
		line = span_trim(line);
		if (line.n > 0 && line.p[0] != '#' &&
		    !index_line(s, index, line, number))
			return false;
	}
	if (s->count == 0)
		(void)tool_fail(0, "%s: no messages", index);
	return s->count > 0;
}

/* ---- the run ------------------------------------------------------------------------ */

static void
stream_tally(struct stream *s, double score, bool spam)
{
	double p = learn_calibrated(s->learned->full_odds.slope, score);
	double share = learn_share(&s->learned->full, score);
	size_t bin = (size_t)(p * BINS);

	bin = bin < BINS ? bin : BINS - 1;
	s->bin_count[bin]++;
	s->bin_spam[bin] += spam ? 1 : 0;
	s->bin_sum[bin] += p;
	for (size_t i = 0; i < ARRAY_COUNT(s->promise) && share >= 0; i++) {
		struct stream_promise *t = &s->promise[i];
		bool marked = share < t->share;

		if (spam) {
			t->spam++;
			t->spam_caught += marked ? 1 : 0;
		} else {
			t->ham++;
			t->ham_marked += marked ? 1 : 0;
		}
	}
}

static bool
stream_mail(struct stream *s, size_t at)
{
	const struct stream_mail *mail = &s->mail[at];
	struct arena *a = arena_new();
	struct learn_features features;
	struct header_list headers;
	struct content content;
	struct span text, body;
	unsigned anomalies = 0;
	double score;

	if (!tool_read(mail->path, a, &text)) {
		arena_free(&a);
		return false;
	}
	header_list_init(&headers, a);
	header_split(text, &headers, &body, &anomalies);
	content_read(&headers, body, &content_limits_standard, a, &content);
	/* As it was delivered: the topmost hop is our own. */
	learn_features(&(const struct learn_message){ .headers = &headers,
			   .content = &content,
			   .own_hops = 1,
			   .key = TEST_KEY,
			   .arena = a },
	    &features);
	score = learn_score(&s->learned->model->weights, &features);
	stream_tally(s, score, mail->spam);
	s->outcome[at] = (struct learn_outcome){ score, mail->spam };
	learn_stream_sample(s->learned, &features, mail->spam, 1);
	arena_free(&a);
	return true;
}

static bool
stream_run(struct stream *s)
{
	bool bar = isatty(STDERR_FILENO) == 1, ok = true;

	for (size_t i = 0; i < s->count && ok; i++) {
		ok = stream_mail(s, i);
		if (bar && i % 100 == 0)
			(void)fprintf(stderr, "\r%3zu%%  %zu of %zu messages ",
			    i * 100 / s->count, i, s->count);
	}
	if (bar)
		(void)fputs("\r\033[K", stderr);
	return ok;
}

/* ---- what is printed ------------------------------------------------------------------- */

static void
print_metrics(const char *what, struct learn_outcome *o, size_t count)
{
	struct learn_metrics m;

	learn_metrics(o, count, &m);
	(void)printf("%-16s %7zu spam %7zu ham   1-ROCA %.4f %%   missed at "
		     "0.1 %% false %.2f %%, at 1 %% %.2f %%\n",
	    what, m.spam, m.ham, m.one_minus_roca * 100, m.missed_1000 * 100,
	    m.missed_100 * 100);
}

static double
percent(size_t part, size_t of)
{
	return of == 0 ? (double)NAN : 100.0 * (double)part / (double)of;
}

static void
stream_print(struct stream *s)
{
	/* The last part first: the other reorders all. */
	print_metrics("last two thirds", s->outcome + s->count / 3,
	    s->count - s->count / 3);
	print_metrics("all", s->outcome, s->count);
	(void)printf("\nlearned from %llu of %zu message%s\n\npromised   "
		     "realised   spam caught\n",
	    (unsigned long long)s->learned->model->updates, s->count,
	    plural(s->count));
	for (size_t i = 0; i < ARRAY_COUNT(s->promise); i++) {
		const struct stream_promise *t = &s->promise[i];

		(void)printf("%6.2f %%   %6.3f %%      %6.2f %%\n",
		    t->share * 100, percent(t->ham_marked, t->ham),
		    percent(t->spam_caught, t->spam));
	}
	(void)printf("\nprobability   messages   said   was spam\n");
	for (size_t i = 0; i < BINS; i++)
		if (s->bin_count[i] > 0)
			(void)printf("%3zu-%3zu %%   %10zu  %6.2f  %6.2f\n",
			    i * 10, i * 10 + 10, s->bin_count[i],
			    100 * s->bin_sum[i] / (double)s->bin_count[i],
			    percent(s->bin_spam[i], s->bin_count[i]));
}

static void
json_metrics(
    struct jsonw *w, const char *what, struct learn_outcome *o, size_t count)
{
	struct learn_metrics m;

	learn_metrics(o, count, &m);
	jsonw_object(w, what);
	jsonw_number(w, "spam", (double)m.spam);
	jsonw_number(w, "ham", (double)m.ham);
	if (m.spam > 0 && m.ham > 0) {
		jsonw_number(w, "one_minus_roca", m.one_minus_roca);
		jsonw_number(w, "missed_at_0.001", m.missed_1000);
		jsonw_number(w, "missed_at_0.01", m.missed_100);
	}
	jsonw_end(w);
}

static void
stream_json(struct stream *s)
{
	struct jsonw w;
	struct buf line;

	buf_init(&line, (size_t)1024 * 1024);
	jsonw_init(&w, &line);
	jsonw_object(&w, NULL);
	json_metrics(&w, "last_two_thirds", s->outcome + s->count / 3,
	    s->count - s->count / 3);
	json_metrics(&w, "all", s->outcome, s->count);
	jsonw_number(&w, "learned", (double)s->learned->model->updates);
	jsonw_array(&w, "promises");
	for (size_t i = 0; i < ARRAY_COUNT(s->promise); i++) {
		const struct stream_promise *t = &s->promise[i];

		jsonw_object(&w, NULL);
		jsonw_number(&w, "promised", t->share);
		jsonw_number(&w, "ham", (double)t->ham);
		jsonw_number(&w, "ham_marked", (double)t->ham_marked);
		jsonw_number(&w, "spam", (double)t->spam);
		jsonw_number(&w, "spam_caught", (double)t->spam_caught);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_array(&w, "reliability");
	for (size_t i = 0; i < BINS; i++) {
		jsonw_object(&w, NULL);
		jsonw_number(&w, "messages", (double)s->bin_count[i]);
		jsonw_number(&w, "spam", (double)s->bin_spam[i]);
		jsonw_number(&w, "sum", s->bin_sum[i]);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_end(&w);
	(void)buf_addc(&line, '\n');
	tool_print(&line);
}

/* ---- the command ------------------------------------------------------------------------ */

int
learned_test(const char *index, bool json)
{
	static const double promised[] = { 0.0005, 0.001, 0.01 };
	struct stream s = { .arena = arena_new() };
	int status = EXIT_NOINPUT;

	for (size_t i = 0; i < ARRAY_COUNT(promised); i++)
		s.promise[i].share = promised[i];
	s.learned = learn_stream_new();
	if (s.learned == NULL)
		status = tool_fail(EXIT_UNAVAILABLE, "out of memory");
	else if (index_read(&s, index)) {
		s.outcome = arena_array(s.arena, s.count, sizeof(*s.outcome));
		if (stream_run(&s)) {
			status = EXIT_OK;
			if (json)
				stream_json(&s);
			else
				stream_print(&s);
		}
	}
	learn_stream_free(&s.learned);
	arena_free(&s.arena);
	return status;
}
