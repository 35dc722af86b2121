#ifndef RULES_HTML_JS_VALUE_H
#define RULES_HTML_JS_VALUE_H

/*
 * Tokens of a script, and texts that it puts together. Between html_script.c and js_*.c
 * only. Pure; any thread.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

enum js_token {
	JS_END,
	JS_NAME,
	JS_TEXT, /* without its quotes */
	JS_TEMPLATE,
	JS_NUMBER,
	JS_SIGN, /* one character, whatever it stands for */
};

/* A copy of it is a place to go back to. */
struct js_lex {
	struct span text;
	size_t at; /* behind the token below */
	enum js_token kind;
	struct span token;
};

/* The next token, without comments. False at the end. */
bool js_next(struct js_lex *lex);
/* The token is that sign, or that name. */
bool js_is(const struct js_lex *lex, char sign);
bool js_is_name(const struct js_lex *lex, const char *name);

struct js_value {
	struct span text;  /* p NULL: not known, or a list */
	struct span *item; /* NULL: no list */
	size_t count;
	bool built; /* it does not stand in the script as it is */
	bool open;  /* there is more of it that is not known */
};

/* What names stand for; one that shares its slot with another is forgotten. */
#define JS_NAMES 512
struct js_names {
	struct js_name {
		struct span name;
		struct js_value value;
	} slot[JS_NAMES];
};

struct js_reader {
	struct arena *arena;
	size_t *budget; /* octets that may still be put together */
	struct js_names *names;
};

void js_assign(struct js_reader *r, struct span name, const struct js_value *v);
/*
 * Works out the expression whose first token lex stands at, as far as it is
 * one of texts; lex then stands behind it, before the next token. False:
 * nothing of it is known, and lex stands where it stood.
 */
bool js_expression(
    struct js_reader *r, struct js_lex *lex, struct js_value *out);

#endif
