/*
 * The list of header fields of one message. What a field means is not known
 * here; only which few names may not be lost when there are too many.
 */
#include "config.h"

#include "rules/mail/header.h"

#include <string.h>

#include "rules/mail/header_hidden.h"

#define HEADER_BUCKETS 256
#define HEADER_NONE    UINT32_MAX

struct header_name {
	struct span name;
	size_t first, last; /* into field */
	size_t count;
	uint32_t next; /* in the same bucket */
};

/* Kept even past HEADER_FIELDS_MAX; "*" stands for any end. */
static const char *const header_decisive[] = { "from", "sender", "reply-to",
	"subject", "date", "message-id", "authentication-results", "x-verdict*",
	"x-spam*" };

void
header_list_init(struct header_list *h, struct arena *a)
{
	*h = (struct header_list){ .arena = a };
	h->bucket = arena_array(a, HEADER_BUCKETS, sizeof(*h->bucket));
	for (size_t i = 0; i < HEADER_BUCKETS; i++)
		h->bucket[i] = HEADER_NONE;
}

/* Distinct lists spread names differently: collisions can't be prepared. */
static uint32_t *
header_bucket(const struct header_list *h, struct span name)
{
	uint64_t hash = span_case_hash(name, (uintptr_t)h->bucket);

	hash ^= hash >> 32;
	return &h->bucket[(hash ^ hash >> 16) % HEADER_BUCKETS];
}

static struct header_name *
header_find(const struct header_list *h, struct span name)
{
	uint32_t i = *header_bucket(h, name);

	while (i != HEADER_NONE && !span_case_eq(h->name[i].name, name))
		i = h->name[i].next;
	return i == HEADER_NONE ? NULL : &h->name[i];
}

static struct header_name *
header_name_new(struct header_list *h, struct span name)
{
	uint32_t *bucket = header_bucket(h, name);
	struct header_name *new;

	h->name = arena_grow(h->arena, h->name, &h->name_cap, h->name_count + 1,
	    sizeof(*h->name));
	new = &h->name[h->name_count];
	*new = (struct header_name){ .name = name, .next = *bucket };
	*bucket = (uint32_t)h->name_count++;
	return new;
}

/* Gives the last field of the list its number among those of its name. */
static void
header_link(struct header_list *h, size_t at)
{
	struct header_field *f = &h->field[at];
	struct header_name *same = header_find(h, f->name);

	if (same == NULL) {
		same = header_name_new(h, f->name);
		same->first = at;
	} else {
		h->field[same->last].same_next = at;
	}
	same->last = at;
	f->index = ++same->count;
	f->same_next = SIZE_MAX;
}

struct span
header_unfold(struct span raw, struct arena *a)
{
	struct span trimmed = span_trim(raw);
	size_t n = 0;
	char *out;

	if (span_find(trimmed, '\n') == SIZE_MAX)
		return trimmed;
	out = arena_alloc(a, trimmed.n + 1);
	for (size_t i = 0; i < trimmed.n; i++) {
		if (trimmed.p[i] != '\n') {
			out[n++] = trimmed.p[i];
			continue;
		}
		while (n > 0 && out[n - 1] == '\r')
			n--;
	}
	return span_make(out, n);
}

/* What is wrong with one line of a field, without its line end. */
static unsigned
header_line_anomalies(struct span line, size_t before)
{
	unsigned found =
	    before + line.n > HEADER_LINE_MAX ? HEADER_LONG_LINE : 0;

	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '\0')
			found |= HEADER_NUL;
		else if (line.p[i] == '\r')
			found |= HEADER_BARE_CR;
		else if ((unsigned char)line.p[i] >= 0x80)
			found |= HEADER_8BIT;
	}
	return found;
}

/* Does a CR in the field hide another, or the end of the header? */
static unsigned
header_hides(struct span raw_name, struct span raw)
{
	struct header_walk w = { .raw_name = raw_name, .raw = raw };
	struct header_hidden hidden;

	while (header_hidden_next(&w, &hidden))
		if (!hidden.fold)
			return HEADER_HIDDEN_FIELD;
	return 0;
}

static unsigned
header_field_anomalies(struct span raw_name, struct span name, struct span raw)
{
	unsigned found = raw_name.n == name.n ? 0 : HEADER_SPACE_COLON;
	size_t before = raw_name.n + 1;
	struct span rest = raw, line;

	for (bool first = true; span_cut(&rest, '\n', &line); first = false) {
		bool last = rest.p == NULL;

		if (!last && line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		found |= header_line_anomalies(line, before);
		if (!first && span_trim(line).n == 0)
			found |= HEADER_BLANK_FOLD;
		before = 0;
	}
	found |= header_line_anomalies(raw_name, 0);
	if (found & HEADER_BARE_CR)
		found |= header_hides(raw_name, raw);
	return found;
}

bool
header_name_is(struct span name, struct span want)
{
	return span_ends(want, SPAN("*"))
		   ? span_case_starts(name, span_slice(want, 0, want.n - 1))
		   : span_case_eq(name, want);
}

static bool
header_is_decisive(struct span name)
{
	for (size_t i = 0; i < ARRAY_COUNT(header_decisive); i++)
		if (header_name_is(name, span_of(header_decisive[i])))
			return true;
	return false;
}

/* Past the limits: is the field dropped, and how much of it is kept? */
static bool
header_limit(struct header_list *h, struct span name, struct span *raw)
{
	if (h->count >= HEADER_FIELDS_SEEN ||
	    h->octets + name.n + raw->n > HEADER_OCTETS_SEEN)
		h->anomalies |= HEADER_LIMIT;
	if (h->tight) {
		h->anomalies |= HEADER_LIMIT;
		*raw = span_slice(*raw, 0, HEADER_CUT);
		return !header_is_decisive(name) ||
		       ++h->tight_kept > HEADER_FIELDS_SEEN;
	}
	if (h->octets + name.n + raw->n > HEADER_OCTETS_MAX)
		*raw = span_slice(*raw, 0, HEADER_CUT);
	return h->count >= 2 * HEADER_FIELDS_MAX ||
	       (h->count >= HEADER_FIELDS_MAX && !header_is_decisive(name));
}

bool
header_lost(const struct header_list *h)
{
	return h->dropped > 0 || h->cut > 0;
}

const struct header_field *
header_add(struct header_list *h, struct span raw_name, struct span raw)
{
	struct span name = span_trim(raw_name), kept = raw;
	struct header_field *f;
	bool drop;

	h->anomalies |= header_field_anomalies(raw_name, name, raw);
	drop = header_limit(h, name, &kept);
	if (!h->tight && (drop || kept.n < raw.n))
		h->anomalies |= HEADER_OVERFULL;
	if (drop) {
		h->dropped++;
		return NULL;
	}
	h->field = arena_grow(
	    h->arena, h->field, &h->cap, h->count + 1, sizeof(*h->field));
	f = &h->field[h->count];
	f->raw_name =
	    arena_dup(h->arena, span_slice(raw_name, 0, HEADER_LINE_MAX));
	f->name = span_trim(f->raw_name);
	f->raw = arena_dup(h->arena, kept);
	f->value = header_unfold(f->raw, h->arena);
	f->cut = kept.n < raw.n;
	h->cut += f->cut;
	h->octets += f->raw_name.n + f->raw.n;
	header_link(h, h->count++);
	return f;
}

size_t
header_count(const struct header_list *h, const char *name)
{
	const struct header_name *same = header_find(h, span_of(name));

	return same == NULL ? 0 : same->count;
}

const struct header_field *
header_get(const struct header_list *h, const char *name, size_t nth)
{
	const struct header_name *same = header_find(h, span_of(name));
	size_t at = same == NULL ? SIZE_MAX : same->first;

	while (at != SIZE_MAX && nth-- > 0)
		at = h->field[at].same_next;
	return at == SIZE_MAX ? NULL : &h->field[at];
}

const struct header_field *
header_next(const struct header_list *h, const struct header_field *f)
{
	return f->same_next == SIZE_MAX ? NULL : &h->field[f->same_next];
}

size_t
header_seen(const struct header_list *h)
{
	size_t octets = 0, n = 0;

	if ((h->anomalies & HEADER_LIMIT) == 0)
		return h->count;
	while (n < h->count && n < HEADER_FIELDS_SEEN) {
		octets += h->field[n].raw_name.n + h->field[n].raw.n;
		if (octets > HEADER_OCTETS_SEEN)
			break;
		n++;
	}
	return n;
}
