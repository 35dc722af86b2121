/*
 * Lists by recipient: whose an entry is. Knows nothing of what entries say.
 */
#include "config.h"

#include "rules/list/list_inside.h"

void
list_owner_put(char room[LIST_OWNER_OCTETS], uint32_t owner)
{
	for (unsigned i = 0; i < LIST_OWNER_OCTETS; i++)
		room[i] = (char)(owner >> (8 * (LIST_OWNER_OCTETS - 1 - i)));
}

uint32_t
list_owner_of(struct span key)
{
	uint32_t owner = 0;

	for (size_t i = key.n - LIST_OWNER_OCTETS; i < key.n; i++)
		owner = owner << 8 | (unsigned char)key.p[i];
	return owner;
}

bool
list_by_rcpt(const struct list *l)
{
	return l->owners.table != NULL;
}

/* 0: nobody of that name. */
static uint32_t
list_owner_find(const struct list *l, struct span name)
{
	struct list_record r;
	size_t at = 0;

	return list_table_find(l->owners.table, list_hash(name), name, &at, &r)
		   ? r.line
		   : 0;
}

/* ---- reading ------------------------------------------------------------- */

struct owner_taking {
	struct list *list;
	uint32_t number;
};

/* local@domain or @domain, in lower case; local@ and @.domain are nobody. */
static bool
owner_take_record(void *context, const struct list_record *r)
{
	struct owner_taking *t = context;
	struct list_owners *o = &t->list->owners;
	struct list_record record = { .key = r->key, .flags = LIST_SELF };

	if ((r->flags & LIST_SELF) == 0 || span_ends(r->key, SPAN("@")))
		return true;
	t->number = list_owner_find(t->list, r->key);
	if (t->number != 0 || o->count >= UINT32_MAX - 1)
		return true;
	record.line = (uint32_t)o->count + 1;
	if (list_table_add(o->table, &record) != LIST_ADDED)
		return true;
	o->name = arena_grow(
	    t->list->arena, o->name, &o->cap, o->count + 1, sizeof(*o->name));
	o->name[o->count++] = arena_dup(t->list->arena, r->key);
	t->number = record.line;
	return true;
}

bool
list_owner_take(struct list *l, struct list_file *file, struct span *text,
    uint32_t *owner, struct list_fault *fault)
{
	struct owner_taking taking = { .list = l };
	struct list_sink sink = { owner_take_record, &taking };
	struct span whose;

	if (!list_token(text, &whose) ||
	    list_line_address(file, whose, sink, fault) != LIST_LINE_TAKEN)
		return false;
	*text = span_trim(*text);
	*fault = (struct list_fault){ "whose is it? a line begins with "
				      "local@domain or @domain",
		whose.p };
	if (taking.number == 0)
		return false;
	*fault = (struct list_fault){ "nothing stands behind the recipient",
		whose.p };
	*owner = taking.number;
	return text->n > 0;
}

/* ---- looking up ---------------------------------------------------------- */

static void
owner_add(const struct list *l, struct span name,
    uint32_t owner[LIST_OWNERS_MAX], size_t *count)
{
	uint32_t number = list_owner_find(l, name);

	if (number != 0 && *count < LIST_OWNERS_MAX)
		owner[(*count)++] = number;
}

size_t
list_owners(
    const struct list *l, struct span rcpt, uint32_t owner[LIST_OWNERS_MAX])
{
	size_t at = span_find_last(rcpt, '@'), plus, count = 0;
	char room[LIST_KEY_MAX];
	struct span name;

	if (!list_by_rcpt(l) || at == SIZE_MAX)
		return 0;
	if (span_ends(rcpt, SPAN(".")))
		rcpt.n--;
	if (rcpt.n > sizeof(room))
		return 0;
	for (size_t i = 0; i < rcpt.n; i++)
		room[i] = ascii_lower(rcpt.p[i]);
	name = span_make(room, rcpt.n);
	owner_add(l, name, owner, &count);
	owner_add(l, span_slice(name, at, name.n), owner, &count);
	plus = span_find(span_slice(name, 0, at), '+');
	if (plus == SIZE_MAX || plus == 0)
		return count;
	memmove(room + plus, room + at, rcpt.n - at);
	owner_add(l, span_make(room, plus + rcpt.n - at), owner, &count);
	return count;
}
