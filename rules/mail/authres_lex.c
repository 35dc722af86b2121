/*
 * The tokens of Authentication-Results. Knows no method and nobody's name.
 */
#include "config.h"

#include "rules/mail/authres_lex.h"

#include <string.h>

#include "rules/base/utf8.h"

bool
authres_lex_more(const struct authres_lex *h)
{
	return !h->bad && h->at < h->s.n;
}

/* A comment, nested and with quoted pairs; h->at is on its "(". */
static void
authres_lex_comment(struct authres_lex *h)
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

void
authres_lex_skip(struct authres_lex *h)
{
	while (authres_lex_more(h)) {
		if (ascii_space(h->s.p[h->at]))
			h->at++;
		else if (h->s.p[h->at] == '(')
			authres_lex_comment(h);
		else
			return;
	}
}

void
authres_lex_quoted(struct authres_lex *h, struct buf *id)
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

bool
authres_lex_char(char c)
{
	return (unsigned char)c >= 0x80 ||
	       (c > ' ' && c < 0x7F && strchr("()<>@,;:\\\"/[]?=", c) == NULL);
}

static void
authres_lex_id(struct authres_lex *h, struct buf *id)
{
	size_t from = h->at;
	struct span token;

	if (authres_lex_more(h) && h->s.p[h->at] == '"') {
		authres_lex_quoted(h, id);
		return;
	}
	while (authres_lex_more(h) && authres_lex_char(h->s.p[h->at]))
		h->at++;
	token = span_slice(h->s, from, h->at);
	h->bad = h->bad || token.n == 0;
	h->odd = h->odd || !utf8_ascii(token);
	(void)buf_add(id, token);
}

void
authres_lex_head(struct authres_lex *h, struct buf *id, struct span *version)
{
	size_t from;

	authres_lex_skip(h);
	authres_lex_id(h, id);
	authres_lex_skip(h);
	for (from = h->at; authres_lex_more(h) && ascii_digit(h->s.p[h->at]);)
		h->at++;
	*version = span_slice(h->s, from, h->at);
	authres_lex_skip(h);
	if (authres_lex_more(h) && h->s.p[h->at] != ';')
		h->bad = true;
	h->bad = h->bad || id->over;
}
