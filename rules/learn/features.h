#ifndef RULES_LEARN_FEATURES_H
#define RULES_LEARN_FEATURES_H

/*
 * What the learner sees of a message: which of 2^18 features it has. Judging
 * and learning read the same canonical text, so that what was learned is what
 * will be judged. No text can be read back from the numbers: they are hashes
 * keyed with a secret of the site.
 *
 * The text is the header (names and values in their order, without recipients,
 * our own hop, marks of filters and signatures' values; of Received fields 300
 * octets), its first LEARN_HEADER_OCTETS, and LEARN_BODY_OCTETS of the visible text
 * of the body, the last LEARN_BODY_TAIL of them from its end. Features are its
 * 4-grams of octets, its words, pairs of words that stand side by side, which
 * fields the whole header has and which follows which, named properties of
 * links, files and HTML, and what the caller names. A feature is there or not; it is never counted,
 * so that repeating a word gains nothing.
 *
 * Those of the first LEARN_HEAD_OCTETS of the text are told apart, too: what
 * a sender adds behind them to look like somebody else changes nothing there.
 */

#include "rules/content/content.h"

#define LEARN_BITS          18
#define LEARN_SIZE          (1U << LEARN_BITS)
#define LEARN_HEADER_OCTETS 600
#define LEARN_HEAD_OCTETS   500
#define LEARN_BODY_OCTETS   2000
#define LEARN_BODY_TAIL     500
/* More than all texts and names of one message can have; what would be more
 * is left out. */
#define LEARN_FEATURES_MAX 8192

struct learn_features {
	const uint32_t *index; /* ascending, each once, below LEARN_SIZE */
	size_t count;
	const uint32_t *head; /* those of the head alone, in the same way */
	size_t head_count;
};

/* Something about a message that its text does not say: "spf", "pass". */
struct learn_named {
	const char *name;
	struct span value;
};

struct learn_message {
	const struct header_list *headers;
	const struct content *content;
	/* How many Received fields from the top were written by our own
	 * hosts: 0 in a milter, which is asked before its MTA writes one; 1
	 * for a message as it was delivered. */
	size_t own_hops;
	uint64_t key; /* the site's */
	const struct learn_named *named;
	size_t named_count;
	struct arena *arena; /* all that comes out lies there */
};

/*
 * Takes time in proportion to the limits above, and to the number of links and
 * files that content has. Any thread.
 */
void learn_features(const struct learn_message *m, struct learn_features *out);

enum learn_text { LEARN_NAMED, LEARN_HEADER, LEARN_BODY };

/* Where a feature stands in the message, the first time. */
struct learn_origin {
	uint32_t index;
	enum learn_text text;
	uint16_t at, length; /* of a text */
	const char *name;    /* of one that has a name */
	struct span value;
};

struct learn_origins {
	const struct learn_origin *origin; /* a row for each feature */
	size_t count;
	struct span header, body; /* the canonical texts */
};

/* The same features, and where each comes from: for people. */
void learn_origins(const struct learn_message *m, struct learn_features *out,
    struct learn_origins *where);

#endif
