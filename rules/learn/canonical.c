/*
 * What of a message says something about the next one, in one form: lower
 * case, white space folded, digits of dates and ids as zeroes. Knows nothing
 * of features.
 */
#include "config.h"

#include "rules/learn/canonical.h"

#include "rules/base/arena.h"
#include "rules/learn/features.h"

/*
 * Of all that hosts wrote when they handed it on. Mail that came over many of
 * them would have nothing else in LEARN_HEADER_OCTETS, neither author nor
 * subject: that cost half of all that is missed.
 */
#define RECEIVED_OCTETS 300

static void
text_init(struct canonical_text *t, size_t max, struct arena *a)
{
	*t = (struct canonical_text){ .p = arena_alloc(a, max), .max = max };
}

/*
 * Fields that tell who got the message, what a filter thought of it or what a
 * mailbox keeps: they say nothing about the next message, or all too much.
 */
bool
canonical_skips(struct span name)
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
	char first = name.n > 0 ? ascii_lower(name.p[0]) : '\0';

	for (size_t i = 0; i < ARRAY_COUNT(skipped); i++)
		if (skipped[i][0] == first &&
		    header_name_is(name, span_of(skipped[i])))
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

/* What an octet becomes, where that is another one. */
static const char octet_folded[256] = { ['\0'] = ' ', ['\t'] = ' ',
	['\n'] = ' ', ['\v'] = ' ', ['\f'] = ' ', ['\r'] = ' ', ['A'] = 'a',
	['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f',
	['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k',
	['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p',
	['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u',
	['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z' };

/*
 * White space folded, lower case, digits as '0' where they are ids. Returns how
 * many octets of text that were.
 */
static size_t
canonical_take(struct canonical_text *out, struct span text, bool ids)
{
	char last = out->n > 0 ? out->p[out->n - 1] : ' ';
	size_t n = out->n, i;

	for (i = 0; i < text.n && n < out->max; i++) {
		char folded = octet_folded[(unsigned char)text.p[i]];
		char c = folded != '\0' ? folded : text.p[i];

		if (ids && ascii_digit(c))
			c = '0';
		if (c == ' ' && last == ' ')
			continue;
		out->p[n++] = last = c;
	}
	out->n = n;
	return i;
}

static void
canonical_add(struct canonical_text *out, struct span text, bool ids)
{
	(void)canonical_take(out, text, ids);
}

/* RFC 5321, 4.4: "by" us "for" a recipient; "; date-time" at the end. */
static void
canonical_received(struct canonical_text *out, struct span value)
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
canonical_signature(struct canonical_text *out, struct span value)
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
canonical_field(struct canonical_text *out, const struct header_field *f)
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

/* Adds a field, at most octets of it. */
static void
canonical_header_add(struct canonical_header *out, const struct header_field *field,
    size_t octets)
{
	struct canonical_text *t = &out->text;
	size_t max = t->max;

	out->start[out->count] = (uint16_t)t->n;
	out->seed[out->count++] = span_case_hash(field->name, 1);
	if (octets < max - t->n)
		t->max = t->n + octets;
	canonical_field(t, field);
	t->max = max;
	if (t->n < max)
		t->p[t->n++] = '\n';
}

void
canonical_header(const struct header_list *h, size_t own_hops, struct arena *a,
    struct canonical_header *out)
{
	size_t seen = header_seen(h), received = RECEIVED_OCTETS;

	text_init(&out->text, LEARN_HEADER_OCTETS, a);
	out->count = 0;
	for (size_t i = 0; i < seen && out->text.n < out->text.max; i++) {
		const struct header_field *field = &h->field[i];
		bool hop = span_case_is(field->name, "received");
		size_t before = out->text.n, used;

		if (hop && own_hops > 0) {
			own_hops--;
			continue;
		}
		if (canonical_skips(field->name) || (hop && received == 0))
			continue;
		canonical_header_add(out, field, hop ? received : SIZE_MAX);
		used = out->text.n - before;
		if (hop)
			received -= used < received ? used : received;
	}
}

/* Where the last of text begins that give so many octets; from or behind it. */
static size_t
body_tail(struct span text, size_t from, size_t octets)
{
	bool space = true;
	size_t at = text.n;

	for (size_t n = 0; at > from && n < octets; at--) {
		unsigned char c = (unsigned char)text.p[at - 1];
		bool here = c == ' ' || octet_folded[c] == ' ';

		n += here && space ? 0 : 1;
		space = here;
	}
	return at;
}

void
canonical_body(struct span text, struct arena *a, struct canonical_text *out)
{
	size_t begun, tail;

	text_init(out, LEARN_BODY_OCTETS, a);
	out->max = LEARN_BODY_OCTETS - LEARN_BODY_TAIL;
	begun = canonical_take(out, text, false);
	out->max = LEARN_BODY_OCTETS;
	tail = body_tail(text, begun, LEARN_BODY_TAIL - 1);
	if (tail > begun)
		out->p[out->n++] = '\n';
	canonical_add(out, span_slice(text, tail, text.n), false);
}
