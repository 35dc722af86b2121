/*
 * From the facts of spam to questions that a rule can ask. Which value a fact
 * had, whether it was absent, how large a number was. What is asked is decided
 * by spam alone, so that good mail can say how good the questions are.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "rules/source/literal.h"
#include "tool/journal/suggest.h"

#define ITEMS_SEEN_MAX 50000 /* different ones while they are counted */
#define ITEMS_BUCKETS  131072
#define ITEM_TEXT_MAX  100
#define NUMBERS_MAX    20000 /* of one fact */
_Static_assert(ITEMS_SEEN_MAX < ITEMS_BUCKETS, "a search ends");

void
suggest_items_init(
    struct suggest_items *t, const struct schema *s, struct arena *a)
{
	*t = (struct suggest_items){ .arena = a, .schema = s };
	t->bucket = arena_array(a, ITEMS_BUCKETS, sizeof(*t->bucket));
	t->numbers = arena_array(a, schema_count(s), sizeof(*t->numbers));
}

/* Counts it once for each message. */
static void
items_note(struct suggest_items *t, const char *condition, const char *given)
{
	struct span text = span_of(condition);
	size_t at = (size_t)span_hash(text, 0) % ITEMS_BUCKETS;
	struct suggest_item *item;

	while (t->bucket[at] != 0 &&
	       !span_eq(t->item[t->bucket[at] - 1].condition, text))
		at = (at + 1) % ITEMS_BUCKETS;
	if (t->bucket[at] == 0) {
		if (t->count == ITEMS_SEEN_MAX)
			return;
		t->item = arena_grow(
		    t->arena, t->item, &t->cap, t->count + 1, sizeof(*t->item));
		t->item[t->count] = (struct suggest_item){ .condition = text,
			.given = span_of(given) };
		t->bucket[at] = (uint32_t)++t->count;
	}
	item = &t->item[t->bucket[at] - 1];
	item->spam += item->last == t->records ? 0 : 1;
	item->last = t->records;
}

/* What can stand between quotes in a rule and mean itself. */
static bool
text_is_plain(struct span text)
{
	if (text.n == 0 || text.n > ITEM_TEXT_MAX)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < ' ' || text.p[i] > '~' || text.p[i] == '"' ||
		    text.p[i] == '\\')
			return false;
	return true;
}

/* "from.address" is given as "from". */
static struct span
given_name(const struct fact_row *row)
{
	struct span name = span_of(row->name);

	return row->type == FACT_ADDRESS && span_ends(name, SPAN(".address"))
		   ? span_slice(name, 0, name.n - 8)
		   : name;
}

/* The network that an address is in. */
static bool
ip_network(struct span text, char out[IP_TEXT_MAX + 4])
{
	struct ip ip;
	char net[IP_TEXT_MAX];
	unsigned bits;

	if (!ip_parse(text, &ip))
		return false;
	bits = span_find(text, ':') == SIZE_MAX ? 24 : 48;
	ip = ip_mask(ip, bits);
	(void)snprintf(out, IP_TEXT_MAX + 4, "%s/%u", ip_format(ip, net), bits);
	return true;
}

/* One value of a fact that is no number; field: its name in a group. */
static bool
value_question(struct suggest_items *t, const struct fact_row *row,
    struct span field, struct jsonr value, const char **condition,
    const char **given)
{
	struct arena *a = t->arena;
	struct span text, name = given_name(row);
	char net[IP_TEXT_MAX + 4];
	bool yes;

	if (field.n > 0)
		name = field;
	else
		field = span_of(row->name);
	if (row->type == FACT_BOOL) {
		if (!jsonr_bool(value, &yes))
			return false;
		*condition = arena_printf(
		    a, "%s%.*s", yes ? "" : "not ", SPAN_FMT(field));
		*given = arena_printf(
		    a, "%.*s %s", SPAN_FMT(name), yes ? "yes" : "no");
		return true;
	}
	if (!jsonr_text(value, &text) || !text_is_plain(text))
		return false;
	if (row->type == FACT_IP && !ip_network(text, net))
		return false;
	if (row->type == FACT_IP) {
		*condition =
		    arena_printf(a, "%.*s in (%s)", SPAN_FMT(field), net);
		*given = arena_printf(
		    a, "%.*s %.*s", SPAN_FMT(name), SPAN_FMT(text));
	} else if (row->type == FACT_WORD) {
		*condition = arena_printf(
		    a, "%.*s = %.*s", SPAN_FMT(field), SPAN_FMT(text));
		*given = arena_printf(
		    a, "%.*s %.*s", SPAN_FMT(name), SPAN_FMT(text));
	} else if (row->type == FACT_TEXT || row->type == FACT_DOMAIN ||
		   row->type == FACT_ADDRESS) {
		*condition = arena_printf(
		    a, "%.*s = \"%.*s\"", SPAN_FMT(field), SPAN_FMT(text));
		*given = arena_printf(
		    a, "%.*s \"%.*s\"", SPAN_FMT(name), SPAN_FMT(text));
	} else {
		return false;
	}
	return true;
}

/*
 * Who gets it and when: whoever reports most, or the hour at which a plague
 * came, would be the best sign of spam, and says nothing of the next.
 */
static bool
fact_is_of_chance(const struct fact_row *row)
{
	static const char *const name[] = { "recipient", "to", "cc",
		"time.hour", "time.weekday", "session.messages",
		"client.port" };

	if ((row->flags & FACT_RCPT) != 0)
		return true;
	for (size_t i = 0; i < ARRAY_COUNT(name); i++)
		if (span_is(span_of(row->name), name[i]))
			return true;
	return false;
}

/* ---- one message ------------------------------------------------------------- */

static void
group_add(struct suggest_items *t, const char *group, struct jsonr elements)
{
	const char *condition, *given;

	for (size_t i = 0; i < jsonr_count(elements); i++) {
		struct jsonr value, one = jsonr_at(elements, i);
		struct span key;
		const void *cursor = NULL;

		while (jsonr_next(one, &cursor, &key, &value)) {
			const char *name = arena_printf(
			    t->arena, "%s.%.*s", group, SPAN_FMT(key));
			fact_id id = schema_find(t->schema, span_of(name));

			if (id != FACT_NONE &&
			    value_question(t, schema_row(t->schema, id), key,
				value, &condition, &given))
				items_note(t,
				    arena_printf(t->arena, "any %s (%s)", group,
					condition),
				    arena_printf(
					t->arena, "%s { %s }", group, given));
		}
	}
}

static void
fact_add(struct suggest_items *t, fact_id id, struct jsonr value)
{
	const struct fact_row *row = schema_row(t->schema, id);
	struct suggest_numbers *n = &t->numbers[id];
	const char *condition, *given;
	double number;

	n->seen++;
	if (fact_is_of_chance(row))
		return;
	if (row->type == FACT_GROUP) {
		group_add(t, row->name, value);
	} else if (row->type == FACT_NUMBER) {
		if (!jsonr_number(value, &number) || number < 0 ||
		    n->count == NUMBERS_MAX)
			return;
		n->value = arena_grow(t->arena, n->value, &n->cap, n->count + 1,
		    sizeof(*n->value));
		n->value[n->count++] = number;
	} else if (value_question(
		       t, row, SPAN(""), value, &condition, &given)) {
		items_note(t, condition, given);
	}
}

void
suggest_items_add(struct suggest_items *t, struct jsonr facts)
{
	struct jsonr value;
	struct span key;
	const void *cursor = NULL;

	t->records++;
	while (jsonr_next(facts, &cursor, &key, &value)) {
		fact_id id = schema_find(t->schema, key);

		if (id != FACT_NONE)
			fact_add(t, id, value);
	}
}

/* ---- all of them --------------------------------------------------------------- */

static int
number_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
items_append(struct suggest_items *t, const char *condition, const char *given,
    size_t spam)
{
	t->item = arena_grow(
	    t->arena, t->item, &t->cap, t->count + 1, sizeof(*t->item));
	t->item[t->count++] =
	    (struct suggest_item){ .condition = span_of(condition),
		    .given = span_of(given),
		    .spam = spam };
}

/* At least, or at most, as much as this share of spam has. */
static void
number_question(struct suggest_items *t, const char *name, const char *op,
    double at, size_t spam)
{
	char number[LITERAL_NUMBER_MAX];

	/* Rules could not ask for it as it is. */
	if (!literal_write(at, number))
		return;
	items_append(t, arena_printf(t->arena, "%s %s %s", name, op, number),
	    arena_printf(t->arena, "%s %s", name, number), spam);
}

static void
numbers_settle(struct suggest_items *t, const char *name,
    const struct suggest_numbers *n, size_t support)
{
	static const double share[] = { 0, 0.25, 0.5, 0.75 };

	if (n->count < support)
		return;
	qsort(n->value, n->count, sizeof(*n->value), number_compare);
	for (size_t i = 0; i < ARRAY_COUNT(share); i++) {
		size_t at = (size_t)(share[i] * (double)n->count);

		number_question(t, name, ">=", n->value[at], n->count - at);
		number_question(
		    t, name, "<=", n->value[n->count - 1 - at], n->count - at);
	}
}

static int
item_compare(const void *a, const void *b)
{
	const struct suggest_item *x = a, *y = b;

	if (x->spam != y->spam)
		return x->spam < y->spam ? 1 : -1;
	return span_compare(x->condition, y->condition);
}

void
suggest_items_settle(struct suggest_items *t, size_t support)
{
	size_t kept = 0;

	for (fact_id id = 0; id < schema_count(t->schema); id++) {
		const struct fact_row *row = schema_row(t->schema, id);
		const struct suggest_numbers *n = &t->numbers[id];

		numbers_settle(t, row->name, n, support);
		/* A word is always there, and a yes/no fact says its no. */
		if (row->type == FACT_WORD || row->type == FACT_BOOL ||
		    row->type == FACT_IP || fact_is_of_chance(row) ||
		    schema_group(t->schema, id) != FACT_NONE ||
		    (row->flags & FACT_PRIVATE) != 0)
			continue;
		items_append(t, arena_printf(t->arena, "not has %s", row->name),
		    "", t->records - n->seen);
	}
	if (t->count > 1)
		qsort(t->item, t->count, sizeof(*t->item), item_compare);
	while (kept < t->count && kept < SUGGEST_ITEMS_MAX &&
	       t->item[kept].spam >= support)
		kept++;
	t->count = kept;
}

const char *
suggest_items_rules(const struct suggest_items *t)
{
	struct buf text;
	char *out;

	buf_init(&text, (size_t)1 << 20);
	for (size_t i = 0; i < t->count; i++)
		(void)buf_printf(&text,
		    "rule " SUGGEST_QUESTION "%zu when %.*s then tag q%zu\n", i,
		    SPAN_FMT(t->item[i].condition), i);
	out = arena_strdup(t->arena, buf_span(&text));
	buf_free(&text);
	return out;
}
