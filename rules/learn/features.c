/*
 * From a message to the numbers of its features. Knows nothing of weights.
 */
#include "config.h"

#include "rules/learn/features.h"

#include "rules/base/bits.h"
#include "rules/learn/canonical.h"

#define WORD_MIN   2
#define WORD_MAX   32
#define NAMED_MAX  200 /* links, and files, that give features */
#define EXTENT_MAX 256

/* What a feature is made from; part of its hash. */
enum feature_kind {
	KIND_HEADER_GRAM = 1,
	KIND_BODY_GRAM,
	KIND_HEADER_WORD,
	KIND_HEADER_PAIR,
	KIND_BODY_WORD,
	KIND_BODY_PAIR,
	KIND_LINK_HOST,
	KIND_LINK_END,
	KIND_LINK_FLAGS,
	KIND_FILE_EXTENSION,
	KIND_FILE_TYPE,
	KIND_HTML_FLAG,
	KIND_MIME_FLAG,
	KIND_HIDDEN,
	KIND_COUNTS,
	KIND_FACT,
	KIND_FIELD,
	KIND_FIELD_PAIR,
};

#define SEEN_WORDS (LEARN_SIZE / 64)

struct feature_set {
	uint64_t key;
	/* A bit for each feature that is there: thousands are sorted and each
	 * kept once by looking through 4096 words. */
	uint64_t *seen;
	/* A bit for each word of seen that is not zero. */
	uint64_t used[SEEN_WORDS / 64];
	size_t count;
	/* Where each came from first, in that order; NULL: nobody asks. */
	struct learn_origin *origin;
	struct learn_origin here;
};

/* ---- hashing ------------------------------------------------------------------- */

/* A multiplication and a shift: each bit of the result depends on all of v. */
static uint64_t
feature_mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15U;
	return h ^ h >> 32;
}

static uint64_t
feature_hash(uint64_t h, struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		h = feature_mix(h, (unsigned char)text.p[i]);
	return h;
}

/* Its number; kind_key as of feature_key. */
static uint32_t
feature_at(uint64_t kind_key, uint64_t key, uint64_t value)
{
	return (uint32_t)(feature_mix(feature_mix(kind_key, value), key) >>
			  (64 - LEARN_BITS));
}

static uint64_t
feature_key(const struct feature_set *f, enum feature_kind kind)
{
	return f->key ^ (uint64_t)kind << 56;
}

static void
feature_add(struct feature_set *f, enum feature_kind kind, uint64_t value)
{
	uint32_t at = feature_at(feature_key(f, kind), f->key, value);
	uint64_t bit = (uint64_t)1 << at % 64;

	if ((f->seen[at / 64] & bit) != 0 || f->count == LEARN_FEATURES_MAX)
		return;
	f->seen[at / 64] |= bit;
	f->used[at / 4096] |= (uint64_t)1 << at / 64 % 64;
	if (f->origin != NULL) {
		f->origin[f->count] = f->here;
		f->origin[f->count].index = at;
	}
	f->count++;
}

static void
feature_text(struct feature_set *f, enum feature_kind kind, struct span text)
{
	feature_add(f, kind, feature_hash(1, span_slice(text, 0, EXTENT_MAX)));
}

/* ---- features of text --------------------------------------------------------------- */

/*
 * All at once where there is room for all and nobody asks where they come from:
 * whether one was there already is not asked by a branch, which would be
 * foretold wrongly for each other one.
 */
static void
feature_grams_fast(struct feature_set *f, enum feature_kind kind,
    const unsigned char *p, size_t count)
{
	uint64_t kind_key = feature_key(f, kind), key = f->key;
	uint32_t gram = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
	size_t added = 0;

	for (size_t i = 0; i < count; i++) {
		uint32_t at;
		uint64_t *word;

		gram = gram << 8 | p[i + 3];
		at = feature_at(kind_key, key, gram);
		word = &f->seen[at / 64];
		added += ~(*word >> at % 64) & 1;
		*word |= (uint64_t)1 << at % 64;
		f->used[at / 4096] |= (uint64_t)1 << at / 64 % 64;
	}
	f->count += added;
}

/* Those whose last octet stands in from..end-1. */
static void
feature_grams(struct feature_set *f, enum feature_kind kind, struct span text,
    size_t from, size_t end)
{
	const unsigned char *p = (const unsigned char *)text.p;
	size_t first = from < 3 ? 0 : from - 3;
	size_t last = end < text.n ? end : text.n;

	if (last < first + 4)
		return;
	if (f->origin == NULL && f->count + last <= LEARN_FEATURES_MAX) {
		feature_grams_fast(f, kind, p + first, last - first - 3);
		return;
	}
	for (size_t i = first; i + 3 < last; i++) {
		f->here.at = (uint16_t)i;
		f->here.length = 4;
		feature_add(f, kind,
		    (uint32_t)p[i] << 24 | (uint32_t)p[i + 1] << 16 |
			(uint32_t)p[i + 2] << 8 | p[i + 3]);
	}
}

/* Letters, digits, what is not ASCII, and what stands inside of words. */
static const uint64_t word_octets[4] = { UINT64_C(0x03ff609200000000),
	UINT64_C(0x07fffffe87ffffff), UINT64_MAX, UINT64_MAX };

static bool
word_octet(char c)
{
	unsigned char u = (unsigned char)c;

	return (word_octets[u / 64] >> u % 64 & 1) != 0;
}

/*
 * Words, and pairs of neighbours, of text from octet `from` on. kind is that
 * of words, the next that of pairs; seed is a field's name or so.
 */
static void
feature_words(struct feature_set *f, enum feature_kind kind, struct span text,
    size_t from, uint64_t seed)
{
	uint64_t last = seed;
	size_t end;

	for (size_t at = from; at < text.n; at = end + 1) {
		struct span word;
		uint64_t hash;

		for (end = at; end < text.n && word_octet(text.p[end]);)
			end++;
		word = span_slice(text, at, end);
		if (word.n < WORD_MIN || word.n > WORD_MAX)
			continue;
		hash = feature_hash(seed, word);
		f->here.at = (uint16_t)at;
		f->here.length = (uint16_t)word.n;
		feature_add(f, kind, hash);
		feature_add(
		    f, (enum feature_kind)(kind + 1), feature_mix(last, hash));
		last = hash;
	}
}

/* Words know the field that they stand in. */
static void
feature_field_words(struct feature_set *f, const struct canonical_header *h,
    size_t field, size_t from, size_t end)
{
	size_t last = field + 1 < h->count ? h->start[field + 1] : h->text.n;

	feature_words(f, KIND_HEADER_WORD,
	    span_slice(text_span(&h->text), 0, last < end ? last : end),
	    from > h->start[field] ? from : h->start[field], h->seed[field]);
}

static void
feature_header(struct feature_set *f, const struct canonical_header *h,
    size_t from, size_t end)
{
	f->here.text = LEARN_HEADER;
	feature_grams(f, KIND_HEADER_GRAM, text_span(&h->text), from, end);
	for (size_t i = 0; i < h->count; i++)
		if (h->start[i] < end)
			feature_field_words(f, h, i, from, end);
}

static void
feature_body(struct feature_set *f, struct span text)
{
	f->here.text = LEARN_BODY;
	feature_grams(f, KIND_BODY_GRAM, text, 0, text.n);
	feature_words(f, KIND_BODY_WORD, text, 0, 1);
}

/* ---- features with a name ------------------------------------------------------------ */

static unsigned
log2_of(size_t n)
{
	unsigned bits = 0;

	while (n > 0) {
		n >>= 1;
		bits++;
	}
	return bits;
}

static void
feature_named_is(struct feature_set *f, const char *name, struct span value)
{
	f->here.name = name;
	f->here.value = span_slice(value, 0, EXTENT_MAX);
}

/* names[i] names bit 1 << i. */
static void
feature_bits(struct feature_set *f, enum feature_kind kind, const char *what,
    unsigned bits, const char *const *names, size_t count)
{
	for (unsigned i = 0; i < count; i++)
		if ((bits & 1U << i) != 0) {
			feature_named_is(f, what, span_of(names[i]));
			feature_add(f, kind, i);
		}
}

static void
feature_number(
    struct feature_set *f, const char *what, unsigned which, size_t number)
{
	static const char *const upto[] = { "0", "1", "2-3", "4-7", "8-15",
		"16-31", "32-63", "64-127", "128-255", "256-511", "512-1023",
		"1024 or more" };
	unsigned size = log2_of(number);

	size = size < ARRAY_COUNT(upto) ? size : ARRAY_COUNT(upto) - 1;
	feature_named_is(f, what, span_of(upto[size]));
	feature_add(f, KIND_COUNTS, which << 8 | size);
}

/* Hosts by every end of theirs: "www.x.example", "x.example", "example". */
static void
feature_links(struct feature_set *f, const struct link_set *links)
{
	for (size_t i = 0; i < links->count && i < NAMED_MAX; i++) {
		const struct link *l = &links->link[i];
		struct span rest = span_slice(l->host, 0, EXTENT_MAX);
		size_t dot;

		feature_bits(f, KIND_LINK_FLAGS, "url.flags", l->flags,
		    link_flag_names, LINK_FLAG_COUNT);
		feature_named_is(f, "url.host", rest);
		feature_text(f, KIND_LINK_HOST, rest);
		for (int labels = 0; labels < 4; labels++) {
			dot = span_find(rest, '.');
			if (dot == SIZE_MAX)
				break;
			rest = span_slice(rest, dot + 1, rest.n);
			feature_named_is(f, "url.host below", rest);
			feature_text(f, KIND_LINK_END, rest);
		}
	}
}

static void
feature_files(struct feature_set *f, const struct content *c)
{
	for (size_t i = 0; i < c->file_count && i < NAMED_MAX; i++) {
		const struct content_file *file = &c->file[i];
		struct span type = span_of(file->content_type);

		feature_named_is(f, "attachment.content_type", type);
		feature_text(f, KIND_FILE_TYPE, type);
		for (size_t j = 0; j < file->name_count && j < 4; j++) {
			struct span extension = file->name[j].extension;

			feature_named_is(f, "attachment.extension", extension);
			feature_text(f, KIND_FILE_EXTENSION, extension);
		}
	}
}

static void
feature_facts(struct feature_set *f, const struct learn_message *m)
{
	for (size_t i = 0; i < m->named_count && i < NAMED_MAX; i++) {
		struct span value =
		    span_slice(m->named[i].value, 0, EXTENT_MAX);

		feature_named_is(f, m->named[i].name, value);
		feature_add(f, KIND_FACT,
		    feature_hash(
			feature_hash(1, span_of(m->named[i].name)), value));
	}
}

/*
 * Which fields there are, and which follows which: what wrote the message is
 * known by that, however long they are.
 */
static void
feature_fields(struct feature_set *f, const struct learn_message *m)
{
	size_t seen = header_seen(m->headers), hops = m->own_hops;
	uint64_t last = 1;

	for (size_t i = 0; i < seen && i < NAMED_MAX; i++) {
		struct span name = m->headers->field[i].name;
		uint64_t hash;

		if (canonical_skips(name))
			continue;
		if (hops > 0 && span_case_is(name, "received")) {
			hops--;
			continue;
		}
		hash = span_case_hash(name, 1);
		feature_named_is(f, "header.name", name);
		feature_add(f, KIND_FIELD, hash);
		feature_named_is(f, "header.name, after another", name);
		feature_add(f, KIND_FIELD_PAIR, feature_mix(last, hash));
		last = hash;
	}
}

static void
feature_named(struct feature_set *f, const struct learn_message *m)
{
	const struct content *c = m->content;

	f->here.text = LEARN_NAMED;
	feature_facts(f, m);
	feature_fields(f, m);
	feature_links(f, &c->links);
	feature_files(f, c);
	feature_bits(f, KIND_HTML_FLAG, "html", c->html_flags, html_flag_names,
	    HTML_FLAG_COUNT);
	feature_bits(f, KIND_MIME_FLAG, "mime", c->mime.flags, mime_flag_names,
	    MIME_FLAG_COUNT);
	if (c->hidden.n > 0) {
		feature_named_is(f, "html.hidden", SPAN("yes"));
		feature_add(f, KIND_HIDDEN, 1);
	}
	feature_number(f, "links", 1, c->links.count);
	feature_number(f, "parts", 2, c->mime.count);
	feature_number(f, "remote images", 3, c->remote_images);
	feature_number(f, "octets of text", 4, c->text.n);
	feature_named_is(f, "html", c->html ? SPAN("yes") : SPAN("no"));
	feature_add(f, KIND_COUNTS, 0x500U | (c->html ? 1U : 0U));
}

/* ---- all of them ------------------------------------------------------------ */

static const uint32_t *
feature_list(const struct feature_set *f, struct arena *a)
{
	uint32_t *list = arena_array(a, f->count + 1, sizeof(*list));
	size_t count = 0;

	for (uint32_t i = 0; i < SEEN_WORDS / 64; i++)
		for (uint64_t used = f->used[i]; used != 0; used &= used - 1) {
			uint32_t word = i * 64 + bit_lowest(used);

			for (uint64_t bits = f->seen[word]; bits != 0;
			     bits &= bits - 1)
				list[count++] = word * 64 + bit_lowest(bits);
		}
	return list;
}

/* The head first, so that it is known by itself. */
static void
features_read(struct feature_set *f, const struct learn_message *m,
    struct learn_features *out, struct learn_origins *where)
{
	struct canonical_header *h = arena_alloc(m->arena, sizeof(*h));
	struct canonical_text body;

	f->key = m->key;
	f->seen = arena_array(m->arena, SEEN_WORDS, sizeof(*f->seen));
	canonical_header(m->headers, m->own_hops, m->arena, h);
	canonical_body(m->content->text, m->arena, &body);
	feature_header(f, h, 0, LEARN_HEAD_OCTETS);
	out->head_count = f->count;
	out->head = feature_list(f, m->arena);
	feature_named(f, m);
	feature_header(f, h, LEARN_HEAD_OCTETS, h->text.n);
	feature_body(f, text_span(&body));
	out->count = f->count;
	out->index = feature_list(f, m->arena);
	where->origin = f->origin;
	where->count = f->count;
	where->header = text_span(&h->text);
	where->body = text_span(&body);
}

void
learn_features(const struct learn_message *m, struct learn_features *out)
{
	struct feature_set f = { .origin = NULL };
	struct learn_origins nobody_asks;

	features_read(&f, m, out, &nobody_asks);
}

void
learn_origins(const struct learn_message *m, struct learn_features *out,
    struct learn_origins *where)
{
	struct feature_set f = { .origin = arena_array(m->arena,
				     LEARN_FEATURES_MAX, sizeof(*f.origin)) };

	features_read(&f, m, out, where);
}
