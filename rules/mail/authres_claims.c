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
#include "rules/mail/authres_lex.h"

/* No domain is longer; what else an id may be is compared as ASCII. */
#define AUTHRES_ID_MAX 1000
/* Words that are not ASCII in one value: past that it is nobody's mail. */
#define AUTHRES_WORDS_MAX 32

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

		for (end = i; end < s.n && authres_lex_char(s.p[end]);)
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
authres_is_anonymous(struct authres_lex h, struct span id)
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
		authres_lex_skip(&h);
		while (authres_lex_more(&h) && ascii_digit(h.s.p[h.at]))
			h.at++;
		authres_lex_skip(&h);
	}
	return authres_lex_more(&h) && h.s.p[h.at] == '=';
}

bool
authres_claims(struct span value, const struct authres_ids *ours)
{
	struct authres_lex h = { .s = value };
	struct span version, head;
	struct buf id;
	bool yes;

	buf_init(&id, value.n + 1);
	authres_lex_head(&h, &id, &version);
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
