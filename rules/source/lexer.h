#ifndef RULES_SOURCE_LEXER_H
#define RULES_SOURCE_LEXER_H

/*
 * The words of verdict.conf and of rule files: one lexer for both.
 *
 * A file is statements; a statement ends with its line, in both kinds of
 * file, unless its parser says that line ends do not matter for a while
 * (lexer.joined). A word is anything bare: a keyword, a fact, a number with
 * or without unit, an address, a network, a path. "..." is a string, /.../i
 * a pattern, # begins a comment.
 *
 * Errors of the lexer are reported at once; .failed stays set and the token
 * is TOKEN_BAD, which a parser passes over without a second message. Tokens
 * point into the source or into the arena and live as long as both.
 */

#include "rules/source/diag.h"

enum token_kind {
	TOKEN_END,
	TOKEN_BAD,     /* was reported */
	TOKEN_NEWLINE, /* one for any number of line ends */
	TOKEN_WORD,
	TOKEN_STRING,
	TOKEN_PATTERN,
	TOKEN_LPAREN,
	TOKEN_RPAREN,
	TOKEN_LBRACE,
	TOKEN_RBRACE,
	TOKEN_COMMA,
	TOKEN_EQ,
	TOKEN_NE,
	TOKEN_LT,
	TOKEN_LE,
	TOKEN_GT,
	TOKEN_GE,
	TOKEN_MATCH,   /* ~ */
	TOKEN_NOMATCH, /* !~ */
};
#define TOKEN_KIND_COUNT (TOKEN_NOMATCH + 1)

struct token {
	enum token_kind kind;
	struct place place;
	size_t line; /* 1-based */
	/* WORD: as written; STRING: what it stands for; PATTERN: what stands
	 * between the slashes, as written; else empty. */
	struct span text;
	struct span flags; /* PATTERN: the letters behind the last slash */
};

struct lexer {
	const struct source *source;
	struct diags *diags;
	struct arena *arena; /* for strings with escapes: that of diags */
	size_t at;
	size_t line;
	size_t end;   /* of what can be read */
	bool failed;  /* sticky */
	bool joined;  /* set by the parser: line ends are white space */
	bool pattern; /* set by the parser: a slash begins a pattern now */
	bool peeked;
	struct token ahead;
};

/* Reports a NUL or bad UTF-8; the file is then read up to that place. */
void lexer_init(struct lexer *l, const struct source *s, struct diags *d);
/* The next token without taking it; valid until the next call. */
const struct token *lexer_peek(struct lexer *l);
struct token lexer_next(struct lexer *l);

/* Takes the next token if it is of this kind, or this very word. */
bool lexer_take(struct lexer *l, enum token_kind kind);
bool lexer_take_word(struct lexer *l, const char *word);
bool lexer_at_word(struct lexer *l, const char *word);

/* Passes over everything up to and with the end of the line. */
void lexer_skip_line(struct lexer *l);

/* For messages: "a word", "\"(\"", "the end of the line" ... */
const char *token_kind_name(enum token_kind kind);
/* For messages: the token as it was written, cut when long. In the arena. */
const char *token_show(const struct token *t, struct arena *a);
bool token_is(const struct token *t, const char *word);

#endif
