#ifndef RULES_MAIL_AUTHRES_LEX_H
#define RULES_MAIL_AUTHRES_LEX_H

/*
 * Going through the text of an Authentication-Results (RFC 8601, 2.2): white
 * space, comments, quoted strings and tokens. The text is a field's value as
 * it came, folds and all. Each function takes time in proportion to what it
 * passes; none passes the end, and none goes on once the text is bad.
 */

#include "rules/base/buf.h"
#include "rules/base/span.h"

struct authres_lex {
	struct span s;
	size_t at;
	bool bad; /* sticky: the grammar does not allow this */
	bool odd; /* it does, but readers may differ */
};

/* Is there more, and all good so far? */
bool authres_lex_more(const struct authres_lex *h);
/* Passes white space and comments. */
void authres_lex_skip(struct authres_lex *h);
/* A quoted string; what it says goes to id. h->at is on the first quote. */
void authres_lex_quoted(struct authres_lex *h, struct buf *id);
/* RFC 2045's token, with what RFC 6532 adds. */
bool authres_lex_char(char c);
/*
 * The authserv-id, which goes to id, and the version ("" for none): all up to
 * ";" or the end, and h->at is then there.
 */
void authres_lex_head(
    struct authres_lex *h, struct buf *id, struct span *version);

#endif
