/*
 * How does text become entries of a list? Goes through it line by line, and
 * keeps account of what was read and what could not be.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "rules/base/bits.h"
#include "rules/base/panic.h"
#include "rules/list/list_inside.h"

/* What an entry of the line at hand gets beside its key. */
struct list_reading {
	struct list *list;
	struct list_report *report;
	struct list_line line;
	size_t number; /* of the line */
	uint16_t source;
	uint32_t owner; /* 0: not by recipient */
	bool too_long;  /* an entry of the line, with its owner */
};

/* The number of a source; the last one stands for all that are too many. */
static uint16_t
list_source(struct list *l, const char *source)
{
	size_t n = l->source_count;

	if (n > 0 && strcmp(l->sources[n - 1], source) == 0)
		return (uint16_t)(n - 1);
	if (n > UINT16_MAX)
		return UINT16_MAX;
	l->sources = arena_grow(l->arena, (void *)l->sources, &l->source_cap,
	    n + 1, sizeof(*l->sources));
	l->sources[n] = arena_strdup(l->arena, span_of(source));
	l->source_count++;
	return (uint16_t)n;
}

static uint32_t
list_line_number(size_t number)
{
	return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}

/* For the record: printable, and short. */
static void
list_problem_text(struct span line, char *out, size_t size)
{
	size_t n = 0;

	for (; n + 1 < size && n < line.n; n++)
		out[n] = line.p[n] >= ' ' && line.p[n] < 0x7f ? line.p[n] : '?';
	out[n] = '\0';
}

static void
list_problem(const struct list_reading *in, struct span line,
    const struct list_fault *fault)
{
	struct list_report *report = in->report;
	struct list_problem *p;

	report->bad++;
	if (report->problem_count == LIST_PROBLEMS_MAX)
		return;
	p = &report->problem[report->problem_count++];
	*p = (struct list_problem){ .line = in->number };
	if (fault->at >= line.p && fault->at <= line.p + line.n)
		p->column = (size_t)(fault->at - line.p) + 1;
	list_problem_text(span_trim(line), p->text, sizeof(p->text));
	(void)snprintf(p->message, sizeof(p->message), "%s", fault->why);
}

/* One entry of the line, as its format said it. */
static bool
list_take_record(void *context, const struct list_record *record)
{
	struct list_reading *in = context;
	struct list_record r = *record;

	char room[LIST_KEY_MAX];

	if (list_count(in->list) >= in->list->options.entries_max)
		return false;
	r.note = in->line.note;
	r.until_s = in->line.until_s;
	r.line = list_line_number(in->number);
	r.source = in->source;
	if (in->list->kind == LIST_NETWORKS)
		bit_set(in->list->lengths[r.key.p[0] == 6],
		    (unsigned char)r.key.p[1]);
	if (in->owner != 0 && r.key.n + LIST_OWNER_OCTETS > sizeof(room)) {
		in->too_long = true;
		return true;
	}
	if (in->owner != 0) {
		(void)memcpy(room, r.key.p, r.key.n);
		list_owner_put(room + r.key.n, in->owner);
		r.key = span_make(room, r.key.n + LIST_OWNER_OCTETS);
	}
	switch (list_table_add(in->list->table, &r)) {
	case LIST_ADDED:
		in->report->entries++;
		return true;
	case LIST_DUPLICATE:
		in->report->duplicates++;
		return true;
	case LIST_FULL:
		break;
	}
	return false;
}

/* ---- patterns ------------------------------------------------------------ */

/* The later of two ends. */
static int64_t
list_later(int64_t a, int64_t b)
{
	return a == 0 || b == 0 ? 0 : a > b ? a : b;
}

/* False, with error, when it does not compile. */
static bool
list_take_pattern(struct list_reading *in, struct span regex, unsigned flags,
    struct pattern_error *error)
{
	struct list *l = in->list;
	struct list_pattern *e;
	size_t index;

	if (!patterns_add(l->builder, regex, flags, &index, error))
		return false;
	if (index < l->entry_count) {
		e = &l->entries[index];
		e->until_s = list_later(e->until_s, in->line.until_s);
		in->report->duplicates++;
		return true;
	}
	l->entries = arena_grow(l->arena, l->entries, &l->entry_cap, index + 1,
	    sizeof(*l->entries));
	l->entries[index] = (struct list_pattern){ arena_dup(l->arena, regex),
		arena_dup(l->arena, in->line.note), l->sources[in->source],
		in->number, in->line.until_s };
	l->entry_count = index + 1;
	l->any_until = l->any_until || in->line.until_s != 0;
	in->report->entries++;
	return true;
}

bool
list_add_pattern(struct list *l, struct span regex, unsigned flags,
    const char *source, size_t line, struct pattern_error *error)
{
	struct list_report report = { 0 };
	struct list_reading in = { .list = l,
		.report = &report,
		.number = line,
		.source = list_source(l, source) };

	INVARIANT(l->builder != NULL);
	return list_take_pattern(&in, regex, flags, error);
}

static enum list_verdict
list_read_pattern(struct list_reading *in, struct list_fault *fault,
    struct pattern_error *error)
{
	struct span text = in->line.text, regex = text;
	size_t end = list_pattern_end(text), bad;
	unsigned flags = 0;

	if (end != SIZE_MAX) {
		struct span letters =
		    span_trim(span_slice(text, end + 1, text.n));

		regex = span_slice(text, 1, end);
		if (!pattern_flags_parse(letters, &flags, &bad)) {
			*fault = (struct list_fault){
				"flags behind a pattern are i, m, s and x",
				letters.p + bad
			};
			return LIST_LINE_BAD;
		}
	}
	if (list_count(in->list) >= in->list->options.entries_max)
		return LIST_LINE_FULL;
	if (list_take_pattern(in, regex, flags, error))
		return LIST_LINE_TAKEN;
	*fault = (struct list_fault){ error->message, regex.p + error->offset };
	return LIST_LINE_BAD;
}

/* ---- lines --------------------------------------------------------------- */

static enum list_verdict
list_read_entry(struct list_reading *in, struct list_file *file,
    struct list_fault *fault, struct pattern_error *error)
{
	static enum list_verdict (*const by_kind[])(struct list_file *,
	    struct span, struct list_sink, struct list_fault *) = {
		[LIST_DOMAINS] = list_line_domains,
		[LIST_ADDRESSES] = list_line_address,
		[LIST_NETWORKS] = list_line_network,
		[LIST_WORDS] = list_line_word,
	};
	struct list_sink sink = { list_take_record, in };
	struct span text = in->line.text;
	enum list_verdict verdict;

	if (in->list->kind == LIST_PATTERNS)
		return list_read_pattern(in, fault, error);
	if (list_by_rcpt(in->list) &&
	    !list_owner_take(in->list, file, &text, &in->owner, fault))
		return LIST_LINE_BAD;
	in->too_long = false;
	verdict = by_kind[in->list->kind](file, text, sink, fault);
	if (!in->too_long)
		return verdict;
	*fault = (struct list_fault){ "an entry that is too long", text.p };
	return LIST_LINE_BAD;
}

/* False when the list is full. */
static bool
list_read_line(
    struct list_reading *in, struct list_file *file, struct span line)
{
	struct list_fault fault = { "not a line of a list", NULL };
	struct pattern_error error = { 0, "" };
	enum list_verdict verdict = LIST_LINE_BAD;

	if (list_line_split(
		line, in->list->kind == LIST_PATTERNS, &in->line, &fault)) {
		if (in->line.text.n == 0)
			return true;
		verdict = list_read_entry(in, file, &fault, &error);
	}
	arena_reset(file->arena);
	if (verdict == LIST_LINE_FULL)
		fault = (struct list_fault){ "the list is full", NULL };
	if (verdict == LIST_LINE_BAD || verdict == LIST_LINE_FULL)
		list_problem(in, line, &fault);
	if (verdict == LIST_LINE_SKIPPED)
		in->report->skipped++;
	return verdict != LIST_LINE_FULL;
}

static size_t
list_lines(struct span text)
{
	size_t n = 0;
	struct span line;

	while (span_cut(&text, '\n', &line))
		n++;
	return n;
}

bool
list_add_text(struct list *l, struct span text, const char *source,
    size_t first_line, struct list_report *report)
{
	struct list_report own = { 0 };
	struct list_reading in = { .list = l,
		.report = report == NULL ? &own : report,
		.number = first_line,
		.source = list_source(l, source) };
	struct list_file file = { .arena = arena_new() };
	size_t lines = list_lines(text), bad = in.report->bad;
	struct span line;

	if (span_starts(text, SPAN("\xef\xbb\xbf")))
		text = span_slice(text, 3, text.n);
	if (l->kind != LIST_PATTERNS)
		list_table_reserve(l->table, lines);
	for (; span_cut(&text, '\n', &line); in.number++) {
		in.report->lines++;
		if (!list_read_line(&in, &file, line))
			break;
	}
	arena_free(&file.arena);
	return in.report->bad == bad;
}
