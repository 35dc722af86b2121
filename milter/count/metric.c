/*
 * Writing numbers as Prometheus text (its exposition format 0.0.4) and as
 * JSON. What they are is the sources' business.
 */
#include "config.h"

#include "milter/count/metric.h"

#include <math.h>

#include "rules/base/panic.h"

struct metric_out {
	const struct metric *row;
	struct buf *text; /* one of both */
	struct jsonw *json;
};

static const char *const type_names[] = { "counter", "gauge", "histogram" };

static const char *
metric_suffix(const struct metric *row)
{
	return row->type == METRIC_COUNTER ? "_total" : "";
}

/* The source with its rows as they are now. */
static struct metric_source
source_now(const struct metric_source *source)
{
	struct metric_source now = *source;

	if (now.rows != NULL)
		now.rows(&now.row, &now.count);
	return now;
}

/* ---- Prometheus ---------------------------------------------------------- */

/* A label's value, with backslash, quote and line feed escaped; octets that
 * no name of ours has become "?". */
static void
text_label(struct buf *out, const char *value)
{
	for (; *value != '\0'; value++) {
		unsigned char c = (unsigned char)*value;

		if (c == '\\' || c == '"')
			(void)buf_addc(out, '\\');
		(void)buf_addc(
		    out, c < ' ' || c == 0x7f || c >= 0x80 ? '?' : (char)c);
	}
}

static void
text_number(struct buf *out, double value)
{
	if (value == floor(value) && fabs(value) < 1e15)
		(void)buf_printf(out, " %.0f\n", value);
	else
		(void)buf_printf(out, " %.9g\n", value);
}

static void
text_value(struct metric_out *out, const char *label, double value)
{
	(void)buf_printf(
	    out->text, "verdict_%s%s", out->row->name, metric_suffix(out->row));
	if (label != NULL) {
		(void)buf_printf(out->text, "{%s=\"", out->row->label);
		text_label(out->text, label);
		(void)buf_addz(out->text, "\"}");
	}
	text_number(out->text, value);
}

static void
text_histogram(struct metric_out *out, const double *bound, size_t count,
    const uint64_t *bucket, double sum)
{
	const char *name = out->row->name;
	uint64_t total = 0;

	for (size_t i = 0; i < count; i++) {
		total += bucket[i];
		(void)buf_printf(out->text,
		    "verdict_%s_bucket{le=\"%.9g\"} %llu\n", name, bound[i],
		    (unsigned long long)total);
	}
	total += bucket[count];
	(void)buf_printf(out->text,
	    "verdict_%s_bucket{le=\"+Inf\"} %llu\nverdict_%s_sum", name,
	    (unsigned long long)total, name);
	text_number(out->text, sum);
	(void)buf_printf(out->text, "verdict_%s_count %llu\n", name,
	    (unsigned long long)total);
}

void
metric_write_text(const struct metric_sources *sources, struct buf *out)
{
	for (size_t s = 0; s < sources->count; s++) {
		struct metric_source source = source_now(sources->source[s]);

		for (size_t i = 0; i < source.count; i++) {
			const struct metric *row = &source.row[i];
			struct metric_out to = { row, out, NULL };

			(void)buf_printf(out,
			    "# HELP verdict_%s%s %s\n"
			    "# TYPE verdict_%s%s %s\n",
			    row->name, metric_suffix(row), row->help, row->name,
			    metric_suffix(row), type_names[row->type]);
			row->read(&to, row);
		}
	}
}

void
metric_list(const struct metric_sources *sources, struct buf *out)
{
	for (size_t s = 0; s < sources->count; s++) {
		struct metric_source source = source_now(sources->source[s]);

		for (size_t i = 0; i < source.count; i++) {
			const struct metric *row = &source.row[i];

			(void)buf_printf(out, "verdict_%s%s %s %s%s%s%s\n",
			    row->name, metric_suffix(row),
			    type_names[row->type],
			    row->label == NULL ? "" : "{",
			    row->label == NULL ? "" : row->label,
			    row->label == NULL ? "" : "} ", row->help);
		}
	}
}

/* ---- JSON ---------------------------------------------------------------- */

static void
json_histogram(struct metric_out *out, const double *bound, size_t count,
    const uint64_t *bucket, double sum)
{
	struct jsonw *w = out->json;
	uint64_t total = 0;

	jsonw_object(w, out->row->name);
	jsonw_array(w, "bounds");
	for (size_t i = 0; i < count; i++)
		jsonw_number(w, NULL, bound[i]);
	jsonw_end(w);
	jsonw_array(w, "buckets");
	for (size_t i = 0; i <= count; i++) {
		jsonw_number(w, NULL, (double)bucket[i]);
		total += bucket[i];
	}
	jsonw_end(w);
	jsonw_number(w, "sum", sum);
	jsonw_number(w, "count", (double)total);
	jsonw_end(w);
}

void
metric_write_json(const struct metric_sources *sources, struct jsonw *out)
{
	for (size_t s = 0; s < sources->count; s++) {
		struct metric_source source = source_now(sources->source[s]);

		for (size_t i = 0; i < source.count; i++) {
			const struct metric *row = &source.row[i];
			struct metric_out to = { row, NULL, out };

			if (row->label != NULL)
				jsonw_object(out, row->name);
			row->read(&to, row);
			if (row->label != NULL)
				jsonw_end(out);
		}
	}
}

/* ---- what sources call --------------------------------------------------- */

void
metric_value(struct metric_out *out, const char *label, double value)
{
	INVARIANT((label == NULL) == (out->row->label == NULL));
	if (out->text != NULL)
		text_value(out, label, value);
	else
		jsonw_number(
		    out->json, label == NULL ? out->row->name : label, value);
}

void
metric_each(void *out, const char *label, uint64_t count)
{
	metric_value(out, label, (double)count);
}

void
metric_histogram(struct metric_out *out, const double *bound, size_t count,
    const uint64_t *bucket, double sum)
{
	INVARIANT(out->row->type == METRIC_HISTOGRAM);
	if (out->text != NULL)
		text_histogram(out, bound, count, bucket, sum);
	else
		json_histogram(out, bound, count, bucket, sum);
}
