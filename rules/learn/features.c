/*
 * From a message to the numbers of its features. Knows nothing of weights.
 */
#include "config.h"

#include "rules/learn/features.h"

#include <stdlib.h>

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
};

struct feature_set {
	uint64_t key;
	uint32_t *index;
	size_t count;
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

static void
feature_add(struct feature_set *f, enum feature_kind kind, uint64_t value)
{
	uint64_t h = feature_mix(f->key ^ (uint64_t)kind << 56, value);

	if (f->count < LEARN_FEATURES_MAX)
		f->index[f->count++] =
		    (uint32_t)(feature_mix(h, f->key) >> (64 - LEARN_BITS));
}

static void
feature_text(struct feature_set *f, enum feature_kind kind, struct span text)
{
	feature_add(f, kind, feature_hash(1, span_slice(text, 0, EXTENT_MAX)));
}

/* ---- canonical text -------------------------------------------------------------- */

/*
 * Fields that tell who got the message, what a filter thought of it or what a
 * mailbox keeps: they say nothing about the next message, or all too much.
 */
static bool
field_is_skipped(struct span name)
{
	static const char *const skipped[] = { "to", "cc", "bcc", "resent-to",
		"delivered-to", "x-original-to", "envelope-to",
		"x-delivered-to", "x-envelope-to", "return-path",
		"x-mailbox-line", "status", "x-status", "x-keywords", "x-uid",
		"x-uidl", "lines", "content-length", "authentication-results",
		"received-spf", "arc-seal", "arc-message-signature",
		"arc-authentication-results", "x-verdict*", "x-spam*",
		"x-bogosity*", "x-dspam*", "x-virus*", "x-amavis*", "x-rspamd*",
		"x-gmail*", "x-ms-exchange-organization*" };

	for (size_t i = 0; i < ARRAY_COUNT(skipped); i++)
		if (header_name_is(name, span_of(skipped[i])))
			return true;
	return false;
}

/* Digits in these differ from message to message. */
static bool
field_has_ids(struct span name)
{
	static const char *const ids[] = { "date", "message-id", "references",
		"in-reply-to", "content-type", "content-id", "dkim-signature",
		"resent-date", "resent-message-id", "thread-index" };

	for (size_t i = 0; i < ARRAY_COUNT(ids); i++)
		if (span_case_is(name, ids[i]))
			return true;
	return false;
}

/* White space folded, lower case, digits as '0' where they are ids. */
static void
canonical_add(struct buf *out, struct span text, bool ids)
{
	for (size_t i = 0; i < text.n && out->n < out->max; i++) {
		char c = ascii_lower(text.p[i]);

		if (ids && ascii_digit(c))
			c = '0';
		if (c == '\0' || ascii_space(c))
			c = ' ';
		if (c != ' ' || (out->n > 0 && out->p[out->n - 1] != ' '))
			(void)buf_addc(out, c);
	}
}

/* RFC 5321, 4.4: "by" us "for" a recipient; "; date-time" at the end. */
static void
canonical_received(struct buf *out, struct span value)
{
	size_t end = span_find_last(value, ';');
	struct span rest = span_slice(value, 0, end), word;
	bool id = false;

	while (span_cut(&rest, ' ', &word)) {
		if (span_case_is(word, "for"))
			(void)span_cut(&rest, ' ', &word);
		else {
			canonical_add(out, word, id);
			canonical_add(out, SPAN(" "), false);
		}
		id = span_case_is(word, "id");
	}
	if (end != SIZE_MAX)
		canonical_add(out, span_slice(value, end, value.n), true);
}

/* RFC 6376, 3.5: all tags but the two that are hashes. */
static void
canonical_signature(struct buf *out, struct span value)
{
	struct span rest = value, tag;

	while (span_cut(&rest, ';', &tag)) {
		tag = span_trim(tag);
		if (span_starts(tag, SPAN("b=")) ||
		    span_starts(tag, SPAN("bh=")))
			continue;
		canonical_add(out, tag, true);
		canonical_add(out, SPAN("; "), false);
	}
}

static void
canonical_field(struct buf *out, const struct header_field *f)
{
	canonical_add(out, f->name, false);
	canonical_add(out, SPAN(": "), false);
	if (span_case_is(f->name, "received"))
		canonical_received(out, f->value);
	else if (span_case_is(f->name, "dkim-signature"))
		canonical_signature(out, f->value);
	else
		canonical_add(out, f->value, field_has_ids(f->name));
}

/* ---- features of text --------------------------------------------------------------- */

static void
feature_grams(struct feature_set *f, enum feature_kind kind, struct span text)
{
	uint32_t gram = 0;

	for (size_t i = 0; i < text.n; i++) {
		gram = gram << 8 | (unsigned char)text.p[i];
		if (i >= 3)
			feature_add(f, kind, gram);
	}
}

static bool
word_octet(char c)
{
	return ascii_alnum(c) || (c & 0x80) != 0 || c == '$' || c == '!' ||
	       c == '\'' || c == '-' || c == '.' || c == '@' || c == '_';
}

/*
 * Words, and pairs of neighbours. kind is that of words, the next that of
 * pairs; seed is a field's name or so.
 */
static void
feature_words(struct feature_set *f, enum feature_kind kind, struct span text,
    uint64_t seed)
{
	uint64_t last = seed;
	size_t end;

	for (size_t at = 0; at < text.n; at = end + 1) {
		struct span word;
		uint64_t hash;

		for (end = at; end < text.n && word_octet(text.p[end]);)
			end++;
		word = span_slice(text, at, end);
		if (word.n < WORD_MIN || word.n > WORD_MAX)
			continue;
		hash = feature_hash(seed, word);
		feature_add(f, kind, hash);
		feature_add(
		    f, (enum feature_kind)(kind + 1), feature_mix(last, hash));
		last = hash;
	}
}

static void
feature_header(
    struct feature_set *f, const struct header_list *h, size_t own_hops)
{
	size_t seen = header_seen(h), start;
	struct buf text;

	buf_init(&text, LEARN_HEADER_OCTETS);
	for (size_t i = 0; i < seen && text.n < text.max; i++) {
		const struct header_field *field = &h->field[i];

		if (field_is_skipped(field->name))
			continue;
		if (own_hops > 0 && span_case_is(field->name, "received")) {
			own_hops--;
			continue;
		}
		start = text.n;
		canonical_field(&text, field);
		(void)buf_addc(&text, '\n');
		/* Words know the field that they stand in. */
		feature_words(f, KIND_HEADER_WORD,
		    span_slice(buf_span(&text), start, text.n),
		    span_case_hash(field->name, 1));
	}
	feature_grams(f, KIND_HEADER_GRAM, buf_span(&text));
	buf_free(&text);
}

static void
feature_body(struct feature_set *f, const struct content *c)
{
	struct buf text;

	buf_init(&text, LEARN_BODY_OCTETS);
	canonical_add(&text, c->text, false);
	feature_grams(f, KIND_BODY_GRAM, buf_span(&text));
	feature_words(f, KIND_BODY_WORD, buf_span(&text), 1);
	buf_free(&text);
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
feature_bits(struct feature_set *f, enum feature_kind kind, unsigned bits)
{
	for (unsigned i = 0; i < 32; i++)
		if ((bits & 1U << i) != 0)
			feature_add(f, kind, i);
}

/* Hosts by every end of theirs: "www.x.example", "x.example", "example". */
static void
feature_links(struct feature_set *f, const struct link_set *links)
{
	for (size_t i = 0; i < links->count && i < NAMED_MAX; i++) {
		const struct link *l = &links->link[i];
		struct span rest = span_slice(l->host, 0, EXTENT_MAX);
		size_t dot;

		feature_bits(f, KIND_LINK_FLAGS, l->flags);
		feature_text(f, KIND_LINK_HOST, rest);
		for (int labels = 0; labels < 4; labels++) {
			dot = span_find(rest, '.');
			if (dot == SIZE_MAX)
				break;
			rest = span_slice(rest, dot + 1, rest.n);
			feature_text(f, KIND_LINK_END, rest);
		}
	}
}

static void
feature_named(struct feature_set *f, const struct content *c)
{
	feature_links(f, &c->links);
	for (size_t i = 0; i < c->file_count && i < NAMED_MAX; i++) {
		const struct content_file *file = &c->file[i];

		feature_text(f, KIND_FILE_TYPE, span_of(file->content_type));
		for (size_t j = 0; j < file->name_count && j < 4; j++)
			feature_text(
			    f, KIND_FILE_EXTENSION, file->name[j].extension);
	}
	feature_bits(f, KIND_HTML_FLAG, c->html_flags);
	feature_bits(f, KIND_MIME_FLAG, c->mime.flags);
	if (c->hidden.n > 0)
		feature_add(f, KIND_HIDDEN, 1);
	feature_add(f, KIND_COUNTS, 0x100U | log2_of(c->links.count));
	feature_add(f, KIND_COUNTS, 0x200U | log2_of(c->mime.count));
	feature_add(f, KIND_COUNTS, 0x300U | log2_of(c->remote_images));
	feature_add(f, KIND_COUNTS, 0x400U | log2_of(c->text.n));
	feature_add(f, KIND_COUNTS, 0x500U | (c->html ? 1U : 0U));
}

static int
index_compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void
learn_features(const struct header_list *headers, const struct content *content,
    size_t own_hops, uint64_t key, struct arena *a, struct learn_features *out)
{
	struct feature_set f = { .key = key };
	size_t kept = 0;

	f.index = arena_array(a, LEARN_FEATURES_MAX, sizeof(*f.index));
	/* The few that have names first: nothing crowds them out. */
	feature_named(&f, content);
	feature_header(&f, headers, own_hops);
	feature_body(&f, content);
	qsort(f.index, f.count, sizeof(*f.index), index_compare);
	for (size_t i = 0; i < f.count; i++)
		if (i == 0 || f.index[i] != f.index[i - 1])
			f.index[kept++] = f.index[i];
	*out = (struct learn_features){ f.index, kept };
}
