#include "config.h"

#include "policy/memory/contact_book.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "policy/base/hash.h"
#include "rules/base/panic.h"

/* A number of the store holds 48 bits: it must survive JSON. */
#define NUMBER_OCTETS 6
_Static_assert(
    BOOK_KEY_OCTETS == NUMBER_OCTETS * STORE_NUMBERS_MAX, "an entry holds it");
_Static_assert(BOOK_ADDRESSES < STORE_NUMBERS_MAX, "and a count beside them");
/* The key outlives all that is hashed with it. */
#define KEY_LIFETIME_S (INT64_C(50) * 365 * 86400)

/* ---- the key ---------------------------------------------------------------- */

struct key_change {
	int64_t number[STORE_NUMBERS_MAX];
	int64_t now_s;
	struct store_record out;
};

static void
key_change(void *ctx, struct store_record *r)
{
	struct key_change *k = ctx;

	if (r->count != STORE_NUMBERS_MAX) {
		r->count = STORE_NUMBERS_MAX;
		memcpy(r->number, k->number, sizeof(r->number));
		r->expires_s = k->now_s + KEY_LIFETIME_S;
	}
	k->out = *r;
}

static bool
key_make(struct message *m, struct store_record *out)
{
	struct key_change k = { .now_s = m->kept_s };
	uint8_t any[BOOK_KEY_OCTETS];

	if (getrandom(any, sizeof(any), 0) != (ssize_t)sizeof(any))
		return false;
	for (size_t i = 0; i < sizeof(any); i++)
		k.number[i / NUMBER_OCTETS] =
		    k.number[i / NUMBER_OCTETS] << 8 | any[i];
	if (!store_update(m->session->store, (struct ip){ 0 },
		SPAN("contact:key"), m->kept_s, key_change, &k))
		return false;
	*out = k.out;
	return true;
}

bool
book_open(struct book *b, struct message *m, bool make)
{
	struct store_record r;

	b->m = m;
	/* Not recalled: the journal keeps no key. */
	if (!store_get(m->session->store, SPAN("contact:key"), m->kept_s, &r))
		return false;
	if (r.count != STORE_NUMBERS_MAX && (!make || !key_make(m, &r)))
		return false;
	for (size_t i = 0; i < BOOK_KEY_OCTETS; i++)
		b->key[i] = (uint8_t)(r.number[i / NUMBER_OCTETS] >>
				      8 * (i % NUMBER_OCTETS));
	return true;
}

/* ---- keys of entries --------------------------------------------------------- */

static void
book_hash(const struct book *b, const char *kind, struct span one,
    struct span two, uint8_t out[HASH_SHA256_OCTETS])
{
	struct hash h;

	hash_start(&h);
	hash_add(&h, span_make((const char *)b->key, sizeof(b->key)));
	hash_add(&h, span_of(kind));
	hash_add(&h, SPAN("\0"));
	hash_add(&h, arena_lower(b->m->arena, one));
	hash_add(&h, SPAN("\0"));
	hash_add(&h, arena_lower(b->m->arena, two));
	hash_end(&h, out);
}

static struct span
book_key(
    const struct book *b, const char *kind, struct span one, struct span two)
{
	uint8_t hash[HASH_SHA256_OCTETS];
	char text[2 * 16 + 1];

	book_hash(b, kind, one, two, hash);
	hash_hex(hash, 16, text);
	return span_of(arena_printf(b->m->arena, "contact:%s:%s", kind, text));
}

struct span
book_pair_key(const struct book *b, struct span outside, struct span inside)
{
	return book_key(b, "pair", outside, inside);
}

struct span
book_domain_key(const struct book *b, struct span domain)
{
	return book_key(b, "domain", domain, SPAN(""));
}

#define WORDS_MAX 8

static int
word_order(const void *a, const void *b)
{
	const struct span *one = a, *two = b;
	size_t n = one->n < two->n ? one->n : two->n;
	int order = memcmp(one->p, two->p, n);

	return order != 0 ? order : (one->n > two->n) - (one->n < two->n);
}

static bool
word_octet(char c)
{
	return ascii_alnum(c) || (unsigned char)c >= 0x80;
}

/* Words of two letters and more: initials come and go. */
static size_t
name_words(struct span name, struct span word[WORDS_MAX])
{
	size_t count = 0;

	for (size_t i = 0, from; i < name.n && count < WORDS_MAX; i++) {
		from = i;
		while (i < name.n && word_octet(name.p[i]))
			i++;
		if (i - from >= 2)
			word[count++] = span_slice(name, from, i);
	}
	return count;
}

struct span
book_name_key(const struct book *b, struct span name)
{
	struct span word[WORDS_MAX], lower = arena_lower(b->m->arena, name);
	size_t count = name_words(lower, word);
	struct buf text;
	struct span key;

	if (count < 2 || span_find(name, '@') != SIZE_MAX)
		return SPAN("");
	qsort(word, count, sizeof(word[0]), word_order);
	buf_init(&text, name.n + WORDS_MAX);
	for (size_t i = 0; i < count; i++) {
		(void)buf_add(&text, word[i]);
		(void)buf_addc(&text, ' ');
	}
	key = book_key(b, "name", buf_span(&text), SPAN(""));
	buf_free(&text);
	return key;
}

/* ---- entries ------------------------------------------------------------------ */

struct count_change {
	enum book_number which;
	int64_t now_s, expires_s;
};

static void
count_change(void *ctx, struct store_record *r)
{
	const struct count_change *c = ctx;

	if (r->count != BOOK_NUMBERS) {
		*r = (struct store_record){ .count = BOOK_NUMBERS };
		r->number[BOOK_FIRST] = c->now_s;
	}
	if (r->number[c->which] < INT32_MAX)
		r->number[c->which]++;
	if (r->expires_s < c->expires_s)
		r->expires_s = c->expires_s;
}

bool
book_count(const struct book *b, struct span key, enum book_number which,
    int64_t lifetime_s)
{
	struct count_change c = { which, b->m->kept_s,
		b->m->kept_s + lifetime_s };

	return store_update(b->m->session->store, b->m->session->client, key,
	    b->m->kept_s, count_change, &c);
}

static int64_t
book_address(const struct book *b, struct span address)
{
	uint8_t hash[HASH_SHA256_OCTETS];
	int64_t number = 0;

	book_hash(b, "address", address, SPAN(""), hash);
	for (size_t i = 0; i < NUMBER_OCTETS; i++)
		number = number << 8 | hash[i];
	return number;
}

struct name_change {
	int64_t address, expires_s;
};

/* number[0] counts the addresses, which follow; more than fit: one more. What
 * is shared may say anything: a count below nothing begins anew. */
static void
name_change(void *ctx, struct store_record *r)
{
	const struct name_change *c = ctx;
	int64_t n;

	if (r->count != BOOK_ADDRESSES + 1 || r->number[0] < 0)
		*r = (struct store_record){ .count = BOOK_ADDRESSES + 1 };
	n = r->number[0];
	if (r->expires_s < c->expires_s)
		r->expires_s = c->expires_s;
	for (int64_t i = 1; i <= n && i <= BOOK_ADDRESSES; i++)
		if (r->number[i] == c->address)
			return;
	if (n > BOOK_ADDRESSES)
		return;
	r->number[0] = n + 1;
	if (n < BOOK_ADDRESSES)
		r->number[n + 1] = c->address;
}

bool
book_name_add(const struct book *b, struct span key, struct span address,
    int64_t lifetime_s)
{
	struct name_change c = { book_address(b, address),
		b->m->kept_s + lifetime_s };

	return store_update(b->m->session->store, b->m->session->client, key,
	    b->m->kept_s, name_change, &c);
}

enum book_name
book_name_of(const struct book *b, struct span key, struct span address)
{
	int64_t number = book_address(b, address);
	struct store_record r;

	if (!recall_get(b->m, RECALL_PERSONAL, key, &r))
		return BOOK_NAME_LOST;
	if (r.count != BOOK_ADDRESSES + 1 || r.number[0] < 1)
		return BOOK_NAME_UNKNOWN;
	if (r.number[0] > BOOK_ADDRESSES)
		return BOOK_NAME_COMMON;
	for (int64_t i = 1; i <= r.number[0]; i++)
		if (r.number[i] == number)
			return BOOK_NAME_THIS;
	return BOOK_NAME_OTHER;
}
