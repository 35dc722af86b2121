/*
 * The schema that numbers all facts and the values of one message.
 */
#include "config.h"

#include "rules/fact/fact.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/buf.h"
#include "rules/base/panic.h"

const char *const stage_names[STAGE_COUNT] = { "connect", "helo", "mail",
	"rcpt", "eoh", "eom" };
const char *const fact_type_names[FACT_TYPE_COUNT] = { "yes/no", "number",
	"text", "raw text", "domain", "address", "IP address", "word",
	"group" };

bool
fact_is_personal(const struct fact_row *row)
{
	switch (row->type) {
	case FACT_ADDRESS:
		return true;
	case FACT_TEXT:
	case FACT_BYTES:
		return (row->flags & FACT_IMPERSONAL) == 0;
	default:
		return false;
	}
}

bool
fact_range(const struct fact_row *row, double *least, double *most)
{
	static const struct {
		unsigned flag;
		double least, most;
	} range[] = {
		{ FACT_COUNTS, 0, (double)INFINITY },
		{ FACT_SHARE, 0, 1 },
		{ FACT_PERCENT, 0, 100 },
		{ FACT_SCORE, -1, 1 },
		{ FACT_HOUR, 0, 23 },
	};

	for (size_t i = 0; i < ARRAY_COUNT(range); i++) {
		if ((row->flags & range[i].flag) == 0)
			continue;
		*least = range[i].least;
		*most = range[i].most;
		return true;
	}
	return false;
}

struct schema_entry {
	const struct fact_row *row;
	fact_id group;
	fact_id next;   /* in the same hash chain */
	unsigned flags; /* of row, which lies elsewhere */
};

#define SCHEMA_BUCKETS 1024

/* Of all names together; there are some hundred. */
#define NAMES_MAX ((size_t)1 << 20)

struct schema {
	struct schema_entry *entry;
	size_t count, cap;
	struct buf names; /* schema_names */
	fact_id bucket[SCHEMA_BUCKETS];
};

struct schema *
schema_new(void)
{
	struct schema *s = xcalloc(1, sizeof(*s));

	buf_init(&s->names, NAMES_MAX);
	for (size_t i = 0; i < SCHEMA_BUCKETS; i++)
		s->bucket[i] = FACT_NONE;
	return s;
}

void
schema_free(struct schema **s)
{
	if (*s == NULL)
		return;
	buf_free(&(*s)->names);
	free((*s)->entry);
	free(*s);
	*s = NULL;
}

fact_id
schema_find(const struct schema *s, struct span name)
{
	size_t b = (size_t)(span_hash(name, 0) % SCHEMA_BUCKETS);

	for (fact_id id = s->bucket[b]; id != FACT_NONE; id = s->entry[id].next)
		if (span_is(name, s->entry[id].row->name))
			return id;
	return FACT_NONE;
}

/* The group row named by what stands before the last dot, if there is one. */
static fact_id
schema_group_of(const struct schema *s, struct span name)
{
	size_t dot = span_find_last(name, '.');
	fact_id id;

	if (dot == SIZE_MAX)
		return FACT_NONE;
	id = schema_find(s, span_slice(name, 0, dot));
	if (id != FACT_NONE && s->entry[id].row->type != FACT_GROUP)
		id = FACT_NONE;
	return id;
}

static void
schema_name_add(struct schema *s, const struct schema_entry *e)
{
	struct span name = span_of(e->row->name);

	if (e->group != FACT_NONE)
		name = span_slice(name, span_find_last(name, '.') + 1, name.n);
	(void)buf_add(&s->names, name);
	(void)buf_addc(&s->names, '\n');
	INVARIANT(!s->names.over);
}

static void
schema_add_one(struct schema *s, const struct fact_row *row)
{
	struct span name = span_of(row->name);
	size_t b = (size_t)(span_hash(name, 0) % SCHEMA_BUCKETS);

	if (schema_find(s, name) != FACT_NONE)
		panic("fact %s is stated by two checks", row->name);
	if (s->count == s->cap) {
		s->cap = s->cap == 0 ? 128 : s->cap * 2;
		s->entry = xrealloc(s->entry, s->cap, sizeof(*s->entry));
	}
	s->entry[s->count] = (struct schema_entry){ row,
		schema_group_of(s, name), s->bucket[b], row->flags };
	schema_name_add(s, &s->entry[s->count]);
	s->bucket[b] = (fact_id)s->count++;
	INVARIANT(s->count < FACT_NONE);
}

fact_id
schema_add(struct schema *s, const struct fact_row *rows, size_t count)
{
	fact_id first = (fact_id)s->count;

	for (size_t i = 0; i < count; i++)
		schema_add_one(s, &rows[i]);
	return first;
}

size_t
schema_count(const struct schema *s)
{
	return s->count;
}

const struct fact_row *
schema_row(const struct schema *s, fact_id id)
{
	INVARIANT(id < s->count);
	return s->entry[id].row;
}

fact_id
schema_group(const struct schema *s, fact_id id)
{
	INVARIANT(id < s->count);
	return s->entry[id].group;
}

bool
schema_by_rcpt(const struct schema *s, fact_id id)
{
	INVARIANT(id < s->count);
	return (s->entry[id].flags & FACT_RCPT) != 0;
}

struct span
schema_names(const struct schema *s)
{
	return buf_span(&s->names);
}

/*
 * One slot a fact. Plain facts use value; groups use value.state and count;
 * fields of groups and per-recipient facts use item.
 */
struct fact_slot {
	struct value value;
	struct value *item;
	size_t count, cap;
	size_t rest; /* of a group: further ones, that there may be */
};

/*
 * Slots come a page at a time, with the first fact of one that is stated. Most
 * facts stand at the end of a message, and a thousand connections that are not
 * there yet would hold thirty kilobytes each of what is pending.
 */
#define PAGE_SLOTS 16U

struct facts {
	const struct schema *schema;
	struct arena *arena;
	struct fact_slot **page;
	size_t count;
};

static const struct value absent_value = { .state = FACT_ABSENT };
static const struct value pending_value = { .state = FACT_PENDING };
static const struct fact_slot pending_slot = { .value = {
						   .state = FACT_PENDING } };

struct facts *
facts_new(const struct schema *s, struct arena *a)
{
	struct facts *f = arena_alloc(a, sizeof(*f));

	f->schema = s;
	f->arena = a;
	f->count = s->count;
	f->page = arena_array(
	    a, (s->count + PAGE_SLOTS - 1) / PAGE_SLOTS, sizeof(*f->page));
	return f;
}

const struct schema *
facts_schema(const struct facts *f)
{
	return f->schema;
}

static struct fact_slot *
facts_slot(struct facts *f, fact_id id)
{
	struct fact_slot **page;

	INVARIANT(id < f->count);
	page = &f->page[id / PAGE_SLOTS];
	if (*page == NULL)
		*page = arena_array(f->arena, PAGE_SLOTS, sizeof(**page));
	return &(*page)[id % PAGE_SLOTS];
}

static const struct fact_slot *
facts_slot_seen(const struct facts *f, fact_id id)
{
	INVARIANT(id < f->count);
	return f->page[id / PAGE_SLOTS] == NULL
		   ? &pending_slot
		   : &f->page[id / PAGE_SLOTS][id % PAGE_SLOTS];
}

void
facts_set(struct facts *f, fact_id id, struct value v)
{
	facts_slot(f, id)->value = v;
}

void
facts_bool(struct facts *f, fact_id id, bool yes)
{
	facts_set(f, id, value_bool(yes));
}

void
facts_number(struct facts *f, fact_id id, double number)
{
	facts_set(f, id, value_number(number));
}

void
facts_text(struct facts *f, fact_id id, struct span text)
{
	facts_set(f, id, value_text(text));
}

void
facts_word(struct facts *f, fact_id id, const char *word)
{
	const char *const *w = schema_row(f->schema, id)->words;

	INVARIANT(w != NULL);
	while (*w != NULL && strcmp(*w, word) != 0)
		w++;
	if (*w == NULL)
		panic("%s is no word of %s", word,
		    schema_row(f->schema, id)->name);
	facts_set(f, id, value_text(span_of(*w)));
}

void
facts_ip(struct facts *f, fact_id id, struct ip ip)
{
	facts_set(f, id, value_ip(ip));
}

void
facts_absent(struct facts *f, fact_id id)
{
	facts_set(f, id, value_absent());
}

void
facts_unknown(struct facts *f, fact_id id, const char *why)
{
	facts_set(f, id, value_unknown(why));
}

const struct value *
facts_get(const struct facts *f, fact_id id)
{
	return &facts_slot_seen(f, id)->value;
}

static bool
slot_is_stated(const struct fact_slot *slot)
{
	return slot->value.state == FACT_KNOWN ||
	       slot->value.state == FACT_UNKNOWN;
}

/* For each message of all facts, of which most are not stated. */
fact_id
facts_next(const struct facts *f, size_t id)
{
	for (; id < f->count; id++) {
		const struct schema_entry *e = &f->schema->entry[id];

		if (e->group == FACT_NONE &&
		    ((e->flags & FACT_RCPT) != 0 ||
			slot_is_stated(facts_slot_seen(f, (fact_id)id))))
			return (fact_id)id;
	}
	return FACT_NONE;
}

const struct value *
facts_named(const struct facts *f, const char *name)
{
	static const struct value none = { .state = FACT_ABSENT };
	fact_id id = schema_find(f->schema, span_of(name));

	return id == FACT_NONE ? &none : facts_get(f, id);
}

struct span
facts_named_text(const struct facts *f, const char *name)
{
	const struct value *v = facts_named(f, name);

	return v->state == FACT_KNOWN ? v->text : SPAN("");
}

/* Room for items up to index at; new ones are as fill says. */
static void
slot_extend(
    struct facts *f, struct fact_slot *slot, size_t at, struct value fill)
{
	slot->item = arena_grow(
	    f->arena, slot->item, &slot->cap, at + 1, sizeof(*slot->item));
	while (slot->count <= at)
		slot->item[slot->count++] = fill;
}

size_t
facts_element(struct facts *f, fact_id group)
{
	INVARIANT(facts_slot(f, group)->rest == 0);
	return facts_slot(f, group)->count++;
}

size_t
facts_rest(struct facts *f, fact_id group, const char *why)
{
	struct fact_slot *slot = facts_slot(f, group);
	size_t at;

	INVARIANT((schema_row(f->schema, group)->flags & FACT_RESTS) != 0);
	at = slot->count + slot->rest++;
	for (size_t i = 0; i < f->count; i++)
		if (f->schema->entry[i].group == group)
			facts_field(f, (fact_id)i, at, value_unknown(why));
	return at;
}

size_t
facts_rest_count(const struct facts *f, fact_id group)
{
	return facts_slot_seen(f, group)->rest;
}

void
facts_field(struct facts *f, fact_id field, size_t element, struct value v)
{
	struct fact_slot *slot = facts_slot(f, field);
	struct fact_slot *group = facts_slot(f, schema_group(f->schema, field));

	INVARIANT(element < group->count + group->rest);
	slot_extend(f, slot, element, absent_value);
	slot->item[element] = v;
}

void
facts_group_end(struct facts *f, fact_id group)
{
	facts_slot(f, group)->value.state = FACT_KNOWN;
}

void
facts_group_unknown(struct facts *f, fact_id group, const char *why)
{
	facts_set(f, group, value_unknown(why));
}

void
facts_clear_group(struct facts *f, fact_id group)
{
	facts_set(f, group, (struct value){ .state = FACT_PENDING });
	facts_slot(f, group)->count = facts_slot(f, group)->rest = 0;
	for (size_t i = 0; i < f->count; i++)
		if (f->schema->entry[i].group == group)
			facts_slot(f, (fact_id)i)->count = 0;
}

size_t
facts_count(const struct facts *f, fact_id group)
{
	return facts_slot_seen(f, group)->count;
}

const struct value *
facts_field_get(const struct facts *f, fact_id field, size_t element)
{
	const struct fact_slot *slot = facts_slot_seen(f, field);

	return element < slot->count ? &slot->item[element] : &absent_value;
}

void
facts_rcpt_set(struct facts *f, fact_id id, size_t rcpt, struct value v)
{
	struct fact_slot *slot = facts_slot(f, id);

	slot_extend(f, slot, rcpt, pending_value);
	slot->item[rcpt] = v;
}

const struct value *
facts_rcpt(const struct facts *f, fact_id id, size_t rcpt)
{
	const struct fact_slot *slot = facts_slot_seen(f, id);

	return rcpt < slot->count ? &slot->item[rcpt] : &pending_value;
}

void
facts_settle(struct facts *f, fact_id first, size_t count,
    enum fact_state state, const char *why)
{
	for (size_t i = first; i < first + count; i++) {
		struct fact_slot *slot = facts_slot(f, (fact_id)i);

		if (slot->value.state != FACT_PENDING)
			continue;
		slot->value.state = state;
		slot->value.why = why;
		for (size_t k = 0; k < slot->count && slot->item != NULL; k++)
			if (slot->item[k].state == FACT_PENDING)
				slot->item[k] = slot->value;
	}
}

struct value
value_bool(bool yes)
{
	return (struct value){ .state = FACT_KNOWN, .yes = yes };
}

struct value
value_number(double number)
{
	return (struct value){ .state = FACT_KNOWN, .number = number };
}

struct value
value_text(struct span text)
{
	return (struct value){ .state = FACT_KNOWN, .text = text };
}

struct value
value_ip(struct ip ip)
{
	return (struct value){ .state = FACT_KNOWN, .ip = ip };
}

struct value
value_absent(void)
{
	return absent_value;
}

struct value
value_unknown(const char *why)
{
	return (struct value){ .state = FACT_UNKNOWN, .why = why };
}
