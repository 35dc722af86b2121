#ifndef RULES_HTML_JS_TEXT_H
#define RULES_HTML_JS_TEXT_H

/*
 * What scripts do with texts. Between html_script.c and js_*.c only. Pure; any thread.
 * A value whose text is NULL and which is no list: the budget is over.
 */

#include "rules/html/js_value.h"

/* A quoted text with its escapes, without the quotes. */
struct js_value js_quoted_text(struct js_reader *r, struct span raw);
/* unescape and decodeURIComponent: %41 and %u0041. */
struct js_value js_percent(struct js_reader *r, struct span s);
struct js_value js_base64(struct js_reader *r, struct span s);
struct js_value js_join(
    struct js_reader *r, const struct js_value *list, struct span between);
struct js_value js_add(
    struct js_reader *r, const struct js_value *x, const struct js_value *y);
struct js_value js_split(struct js_reader *r, struct span s, struct span at);
struct js_value js_replace(struct js_reader *r, struct span s, struct span what,
    struct span with, bool all);
/*
 * String.fromCharCode(104, ...), also by apply and of a list: from behind its
 * "(" on. False: there is more in it than numbers.
 */
bool js_characters(
    struct js_reader *r, struct js_lex *lex, struct js_value *out);
/* The number of at most max digits at the start of *s, which it takes off. */
bool js_digits(struct span *s, unsigned base, size_t max, uint32_t *out);

#endif
