/*
 * The roll of samples. Knows no model.
 */
#include "config.h"

#include "policy/learn/learn_roll.h"

#include <string.h>

#include "policy/base/hash.h"

struct roll_reader {
	struct learn_roll *roll;
	struct arena *arena;
	bool unknown; /* a sample of nobody in the list: not one file's view */
};

/* ---- reading --------------------------------------------------------------- */

static bool
roll_teacher_add(void *ctx, struct span who, uint64_t spam, uint64_t ham)
{
	struct roll_reader *reader = ctx;
	struct learn_roll *r = reader->roll;

	r->teacher = arena_grow(reader->arena, r->teacher, &r->teacher_cap,
	    r->teacher_count + 1, sizeof(*r->teacher));
	r->teacher[r->teacher_count++] = (struct learn_teacher){
		.who = arena_strdup(reader->arena, who),
		.spam = spam,
		.ham = ham,
		.trust = 1,
	};
	return true;
}

/* They come in the order of their names. */
static struct learn_teacher *
roll_teacher(const struct learn_roll *r, struct span who)
{
	size_t low = 0, high = r->teacher_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct learn_teacher *teacher = &r->teacher[middle];
		int order = span_compare(span_of(teacher->who), who);

		if (order == 0)
			return teacher;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool
roll_row_add(void *ctx, const struct learn_sample *s)
{
	struct roll_reader *reader = ctx;
	struct learn_roll *r = reader->roll;
	struct learn_row *row;

	if (r->count == r->room)
		return false;
	row = &r->row[r->count++];
	*row = (struct learn_row){ .spam = s->spam,
		.time_s = s->time_s,
		.teacher = roll_teacher(r, s->who) };
	(void)memcpy(row->key, s->key, sizeof(row->key));
	reader->unknown = row->teacher == NULL;
	return !reader->unknown;
}

/* ---- the settled part ---------------------------------------------------------- */

static void
roll_settle(struct learn_roll *r, int64_t now_s)
{
	size_t n = r->count;
	int64_t begun_s;

	r->settled = n;
	if (n <= LEARN_SETTLED_ALL)
		return;
	if (now_s < r->row[n - 1].time_s)
		now_s = r->row[n - 1].time_s;
	begun_s = now_s - now_s % LEARN_SETTLED_S;
	while (n > 0 && r->row[n - 1].time_s >= begun_s &&
	       !learn_key_marked(r->row[n - 1].key))
		n--;
	if (n < r->settled)
		r->settles_s = begun_s + LEARN_SETTLED_S;
	r->settled = n;
}

/* Of each his newest count. */
static void
roll_cap(struct learn_roll *r, struct arena *a)
{
	uint64_t *settled =
	    arena_array(a, r->teacher_count + 1, sizeof(*settled));
	uint64_t cap = (uint64_t)((double)r->settled * LEARN_CAP_SHARE);

	cap = cap < LEARN_CAP_MIN ? LEARN_CAP_MIN : cap;
	for (size_t i = 0; i < r->settled; i++)
		settled[r->row[i].teacher - r->teacher]++;
	for (size_t i = 0; i < r->teacher_count; i++)
		if (r->teacher[i].who[0] != '\0' && settled[i] > cap)
			r->teacher[i].left_out = settled[i] - cap;
	(void)memset(settled, 0, r->teacher_count * sizeof(*settled));
	for (size_t i = 0; i < r->settled; i++) {
		struct learn_teacher *one = r->row[i].teacher;

		if (++settled[one - r->teacher] == one->left_out)
			one->from = i + 1;
	}
}

bool
learn_roll_counts(const struct learn_roll *r, size_t at)
{
	return at >= r->row[at].teacher->from;
}

bool
learn_roll_read(struct learn_db *db, int64_t now_s, struct arena *a,
    struct learn_roll *out)
{
	struct roll_reader reader = { out, a, false };

	uint64_t spam, ham;

	*out = (struct learn_roll){ .row = NULL };
	/* Samples are counted first: an array that grows takes twice as much. */
	if (!learn_db_teachers(db, roll_teacher_add, &reader) ||
	    !learn_db_count(db, &spam, &ham))
		return false;
	out->room = (size_t)(spam + ham);
	out->row = arena_array(a, out->room + 1, sizeof(*out->row));
	if (!learn_db_roll(db, roll_row_add, &reader) || reader.unknown ||
	    out->count != out->room)
		return false;
	roll_settle(out, now_s);
	roll_cap(out, a);
	return true;
}

/* ---- digests ---------------------------------------------------------------- */

_Static_assert(
    LEARN_DIGEST_OCTETS == HASH_SHA256_OCTETS, "a digest is SHA-256");

static void
digest_row(struct hash *h, const struct learn_row *row)
{
	hash_add(h, span_make(row->key, LEARN_KEY_OCTETS));
	hash_add(h, row->spam ? SPAN("s") : SPAN("h"));
}

void
learn_roll_settled(
    const struct learn_roll *r, uint8_t digest[LEARN_DIGEST_OCTETS])
{
	struct hash h;

	hash_start(&h);
	for (size_t i = 0; i < r->settled; i++) {
		digest_row(&h, &r->row[i]);
		/* With the zero that ends it. */
		hash_add(&h, span_make(r->row[i].teacher->who,
				 strlen(r->row[i].teacher->who) + 1));
	}
	hash_end(&h, digest);
}

void
learn_roll_digest(const struct learn_roll *r, size_t count,
    uint8_t digest[LEARN_DIGEST_OCTETS])
{
	static const float nothing = 0;
	struct hash h;

	hash_start(&h);
	for (size_t i = 0; i < count; i++) {
		const float *trust = learn_roll_counts(r, i)
					 ? &r->row[i].teacher->trust
					 : &nothing;

		digest_row(&h, &r->row[i]);
		hash_add(&h, learn_roll_counts(r, i) ? SPAN("y") : SPAN("n"));
		hash_add(&h, span_make((const char *)trust, sizeof(*trust)));
	}
	hash_end(&h, digest);
}
