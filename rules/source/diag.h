#ifndef RULES_SOURCE_DIAG_H
#define RULES_SOURCE_DIAG_H

/*
 * What is wrong with a file that an administrator wrote, and where. One
 * reporter for verdict.conf and for rule files, so that every message has the
 * same shape:
 *
 *   10-local.rules:3:35: error: no fact is called "dmrac"
 *       when from.domain in partners and dmrac != pass
 *                                        ^~~~~
 *       did you mean "dmarc"?
 *
 * A struct diags collects; whoever reads files begins one, adds each file's
 * text as a source and hands it to the parsers; at the end it is printed and
 * .errors tells whether the files can be used. Everything lies in the arena
 * that diags_init was given. One thread at a time.
 */

#include "rules/base/arena.h"
#include "rules/base/buf.h"
#include "rules/base/span.h"

/* How many errors, and apart from them how many warnings, are kept. */
#define DIAGS_MAX 50

/* A text with a name. The text must outlive the diags. */
struct source {
	struct span name;
	struct span text;
	size_t number;             /* in the order in which they were added */
	const struct source *from; /* that names this one, or NULL */
};

/* A piece of a source; source NULL: of no file (a command line, say). */
struct place {
	const struct source *source;
	size_t at, n; /* octets */
};

enum diag_level { DIAG_ERROR, DIAG_WARNING };
extern const char *const diag_level_names[2];

struct diag {
	enum diag_level level;
	struct place place;
	const char *message;
	const char *hint; /* or NULL */
};

struct diags {
	struct arena *arena;
	struct diag *item;
	size_t count, cap;
	size_t errors, warnings; /* all, those that were not kept included */
	size_t sources;
	bool last_kept;
};

void diags_init(struct diags *d, struct arena *a);
/* The name is copied, the text is not. Lives as long as the arena. */
const struct source *diags_source(
    struct diags *d, struct span name, struct span text);
/* The same in another arena, for sources that outlive the messages. */
/* from: the one that names it, to which its name is relative, or NULL. */
const struct source *diags_source_in(struct diags *d, struct arena *a,
    struct span name, struct span text, const struct source *from);

/*
 * Copies the texts that messages point into, so that they can be printed when
 * the sources are gone.
 */
void diags_keep(struct diags *d);

/*
 * The message is one sentence without capital and full stop. Text from the
 * file in it may be anything: it is made printable when it is printed.
 */
void diag_error(struct diags *d, struct place p, const char *fmt, ...)
    ATTR_PRINTF(3, 4);
void diag_warn(struct diags *d, struct place p, const char *fmt, ...)
    ATTR_PRINTF(3, 4);
/* Says with the last error or warning what was expected or could be meant;
 * may be several lines. */
void diag_hint(struct diags *d, const char *fmt, ...) ATTR_PRINTF(2, 3);

/* The usage of what was misused, unless there is a better hint already. */
void diag_hint_usage(struct diags *d, const char *usage);

/* From the start of a to the end of b, which lie in one source. */
struct place place_join(struct place a, struct place b);
/* 1-based; columns count characters, a tab being one. */
void place_locate(struct place p, size_t *line, size_t *column);
/* "file:line" for messages that mention a second place. In the arena. */
const char *place_name(struct place p, struct arena *a);

/*
 * All that was found, by file and place, for a person. colour: with SGR
 * sequences for a terminal. What does not fit in out is missing.
 */
void diags_print(const struct diags *d, struct buf *out, bool colour);
/* The same as one JSON array of {level, file, line, column, message, hint}. */
void diags_json(const struct diags *d, struct buf *out);

/*
 * Did you mean: offer all words that would have been right, then ask for the
 * one that is nearest. Distance is counted in letters inserted, left out,
 * replaced or swapped, without regard to case; a word that was begun and not
 * ended ("hist") is one slip away from what it begins.
 */
struct suggestion {
	struct span word;
	struct span best;
	unsigned distance;
};
void suggestion_begin(struct suggestion *s, struct span word);
void suggestion_offer(struct suggestion *s, struct span candidate);
/* The same for a NULL-terminated array. */
void suggestion_offer_all(struct suggestion *s, const char *const *candidates);
/* Adds the hint to the last error if any candidate is near enough. */
bool suggestion_hint(const struct suggestion *s, struct diags *d);
/* The nearest of count candidates, or NULL when none is near. */
const char *diag_suggest(
    struct span word, const char *const *candidates, size_t count);

#endif
