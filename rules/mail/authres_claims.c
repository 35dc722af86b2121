/*
 * Does an Authentication-Results that came with a message pretend to be
 * ours? Only the head, up to the first ";", is of interest. The sender
 * controls every octet; the reader behind us, whom he wants to fool, may be
 * more lenient than the grammar, so whatever is odd is searched for our name
 * instead of being parsed.
 */
#include "config.h"

#include "rules/mail/authres.h"

#include <string.h>

#include "rules/base/utf8.h"

/* No domain is longer; what else an id may be is compared as ASCII. */
#define AUTHRES_ID_MAX 1000
/* Words that are not ASCII in one value: past that it is nobody's mail. */
#define AUTHRES_WORDS_MAX 32

struct authres_head {
	struct span s;
	size_t at;
	bool bad; /* sticky: the grammar does not allow this */
	bool odd; /* it does, but readers may differ */
};

static bool
authres_head_more(const struct authres_head *h)
{
	return !h->bad && h->at < h->s.n;
}

/* A comment, nested and with quoted pairs; h->at is on its "(". */
static void
authres_head_comment(struct authres_head *h)
{
	size_t depth = 0;

	h->odd = true;
	for (; h->at < h->s.n; h->at++) {
		char c = h->s.p[h->at];

		if (c == '\\')
			h->at++;
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0) {
			h->at++;
			return;
		}
	}
	h->bad = true;
}

static void
authres_head_skip(struct authres_head *h)
{
	while (authres_head_more(h)) {
		if (ascii_space(h->s.p[h->at]))
			h->at++;
		else if (h->s.p[h->at] == '(')
			authres_head_comment(h);
		else
			return;
	}
}

/* A quoted string; what it says goes to id. h->at is on the first quote. */
static void
authres_head_quoted(struct authres_head *h, struct buf *id)
{
	h->odd = true;
	for (h->at++; h->at < h->s.n; h->at++) {
		char c = h->s.p[h->at];

		if (c == '"') {
			h->at++;
			return;
		}
		if (c == '\\' && h->at + 1 < h->s.n)
			c = h->s.p[++h->at];
		if (c != '\r' && c != '\n')
			(void)buf_addc(id, c);
	}
	h->bad = true;
}

/* RFC 2045's token, with what RFC 6532 adds. */
static bool
authres_head_char(char c)
{
	return (unsigned char)c >= 0x80 ||
	       (c > ' ' && c < 0x7F && strchr("()<>@,;:\\\"/[]?=", c) == NULL);
}

static void
authres_head_id(struct authres_head *h, struct buf *id)
{
	size_t from = h->at;
	struct span token;

	if (authres_head_more(h) && h->s.p[h->at] == '"') {
		authres_head_quoted(h, id);
		return;
	}
	while (authres_head_more(h) && authres_head_char(h->s.p[h->at]))
		h->at++;
	token = span_slice(h->s, from, h->at);
	h->bad = h->bad || token.n == 0;
	h->odd = h->odd || !utf8_ascii(token);
	(void)buf_add(id, token);
}

/* Reads all up to ";" or the end; h->at is then there. */
static void
authres_head_read(struct authres_head *h, struct buf *id, struct span *version)
{
	size_t from;

	authres_head_skip(h);
	authres_head_id(h, id);
	authres_head_skip(h);
	for (from = h->at; authres_head_more(h) && ascii_digit(h->s.p[h->at]);)
		h->at++;
	*version = span_slice(h->s, from, h->at);
	authres_head_skip(h);
	if (authres_head_more(h) && h->s.p[h->at] != ';')
		h->bad = true;
	h->bad = h->bad || id->over;
}

static bool
authres_is_ours(struct span id, const struct authres_ids *ours)
{
	for (size_t i = 0; i < ours->count; i++)
		if (span_case_eq(id, ours->id[i]))
			return true;
	return false;
}

/* The same for an id as it stands there, which may be in U-labels. */
static bool
authres_text_is_ours(struct span text, const struct authres_ids *ours)
{
	struct arena *a;
	bool yes;

	if (text.n > AUTHRES_ID_MAX)
		return false;
	a = arena_new();
	yes = authres_is_ours(authres_id(text, a), ours);
	arena_free(&a);
	return yes;
}

/*
 * s without what can hide a name from us and not from another reader: white
 * space and control characters, quotes and backslashes, octets that are not
 * ASCII, and either comments or just their parentheses.
 */
static void
authres_squeeze(struct buf *out, struct span s, bool comments)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '(')
			depth++;
		else if (c == ')')
			depth -= depth > 0;
		else if (c > ' ' && c < 0x7F && c != '"' && c != '\\' &&
			 (comments || depth == 0))
			(void)buf_addc(out, c);
	}
}

static bool
authres_squeezed_names(
    struct span s, const struct authres_ids *ours, bool comments)
{
	struct buf b;
	bool yes = false;

	buf_init(&b, s.n);
	authres_squeeze(&b, s, comments);
	for (size_t i = 0; i < ours->count && !yes; i++)
		yes = ours->id[i].n > 0 &&
		      span_case_search(buf_span(&b), ours->id[i]) != SIZE_MAX;
	yes = yes || b.over; /* no memory: rather remove it */
	buf_free(&b);
	return yes;
}

/* Is one of its words our name in U-labels? */
static bool
authres_word_names(struct span s, const struct authres_ids *ours)
{
	size_t words = 0;

	for (size_t i = 0, end; i < s.n; i = end + 1) {
		struct span word;

		for (end = i; end < s.n && authres_head_char(s.p[end]);)
			end++;
		word = span_slice(s, i, end);
		if (utf8_ascii(word))
			continue;
		if (++words > AUTHRES_WORDS_MAX ||
		    authres_text_is_ours(word, ours))
			return true;
	}
	return false;
}

/*
 * Is there no id, but a result, or something else than white space and
 * comments, where it ought to be? h is behind what was read of the head, id
 * is what stood there for one: "spf=pass", "spf/1=pass", "; spf=pass", "1;".
 */
static bool
authres_is_anonymous(struct authres_head h, struct span id)
{
	size_t digits = 0;

	if (h.at >= h.s.n)
		return false;
	while (digits < id.n && ascii_digit(id.p[digits]))
		digits++;
	if (digits == id.n && h.s.p[h.at] == ';')
		return true;
	h.bad = false;
	if (h.s.p[h.at] == '/') {
		h.at++;
		authres_head_skip(&h);
		while (authres_head_more(&h) && ascii_digit(h.s.p[h.at]))
			h.at++;
		authres_head_skip(&h);
	}
	return authres_head_more(&h) && h.s.p[h.at] == '=';
}

bool
authres_claims(struct span value, const struct authres_ids *ours)
{
	struct authres_head h = { .s = value };
	struct span version, head;
	struct buf id;
	bool yes;

	buf_init(&id, value.n + 1);
	authres_head_read(&h, &id, &version);
	yes = authres_is_anonymous(h, span_trim(buf_span(&id))) ||
	      (!h.bad && authres_text_is_ours(buf_span(&id), ours));
	buf_free(&id);
	if (yes || (!h.bad && version.n > 0 && !span_is(version, "1")))
		return true;
	if (!h.bad && !h.odd)
		return false;
	head = h.bad ? value : span_slice(value, 0, h.at);
	return authres_squeezed_names(head, ours, false) ||
	       authres_squeezed_names(head, ours, true) ||
	       authres_word_names(head, ours);
}
