#ifndef RULES_LIST_LIST_LINE_H
#define RULES_LIST_LIST_LINE_H

/*
 * Lines of list files: what a line says apart from its comment and its end,
 * and which entries the many formats of public lists mean by it. Only for
 * rules/list/list.c. Pure, but for the state of one file.
 */

#include "rules/base/arena.h"
#include "rules/list/list.h"
#include "rules/list/list_table.h"

/* A line taken apart. */
struct list_line {
	struct span text; /* the entry or entries, trimmed; may be empty */
	struct span note;
	int64_t until_s; /* 0: for ever */
};

/* Where entries of a line go; false ends the line (the list is full). */
struct list_sink {
	bool (*take)(void *context, const struct list_record *r);
	void *context;
};

/* What one line of a file means for those behind it (zone files). */
struct list_file {
	struct arena *arena; /* the caller empties it between lines */
	struct span origin;  /* of a zone, as "rpz.example", or "" */
	bool in_brackets;    /* inside ( ... ) of a record */
};

enum list_verdict {
	LIST_LINE_TAKEN,
	LIST_LINE_SKIPPED, /* says something, but lists nothing */
	LIST_LINE_BAD,
	LIST_LINE_FULL,
};

/* Why a line is bad: at is a place in its text, or NULL. */
struct list_fault {
	const char *why; /* static */
	const char *at;
};

/*
 * Takes comment and end off. whole: only a # or ; at the start is a comment
 * and there is no end (patterns). False for a day that does not exist.
 */
bool list_line_split(struct span line, bool whole, struct list_line *out,
    struct list_fault *fault);

/* One per kind but for patterns. The records have key, shown and flags. */
enum list_verdict list_line_domains(struct list_file *f, struct span text,
    struct list_sink sink, struct list_fault *fault);
enum list_verdict list_line_address(struct list_file *f, struct span text,
    struct list_sink sink, struct list_fault *fault);
enum list_verdict list_line_network(struct list_file *f, struct span text,
    struct list_sink sink, struct list_fault *fault);
enum list_verdict list_line_word(struct list_file *f, struct span text,
    struct list_sink sink, struct list_fault *fault);

/* Behind the "/" of a pattern: where the closing one stands, or SIZE_MAX. */
size_t list_pattern_end(struct span text);

/*
 * A domain in lower case and A-labels without trailing dot; false with why.
 * room holds LIST_KEY_MAX octets, and *out may point into it or the arena.
 */
bool list_domain(struct arena *a, struct span text, char *room,
    struct span *out, const char **why);
/* The next token, up to white space; false at the end. */
bool list_token(struct span *rest, struct span *token);

/* The key of a network in a list, with its first octets telling its size. */
#define LIST_NETWORK_KEY_MAX 18
struct span list_network_key(
    struct ip ip, unsigned bits, char room[LIST_NETWORK_KEY_MAX]);

#endif
