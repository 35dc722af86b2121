#ifndef POLICY_CONFIG_SETTING_H
#define POLICY_CONFIG_SETTING_H

/*
 * Typed rows of settings. A row names a key of verdict.conf and the member of
 * a struct that it fills; SETTING does not compile when the member's type is
 * not one of those below. The struct lies in the snapshot and is read-only.
 */

#include "rules/base/arena.h"
#include "rules/base/buf.h"
#include "rules/base/ip.h"
#include "rules/base/span.h"

struct setting_list { /* of texts */
	const struct span *item;
	size_t count;
};

struct setting_nets {
	const struct ip_net *net;
	size_t count;
};

/* A member of these types tells what a value may be. */
typedef struct {
	int64_t ms;
} setting_duration; /* 500ms 5s 10m 2h 7d */
typedef struct {
	uint64_t octets;
} setting_size; /* 512 64k 10M 1G */
typedef struct {
	unsigned index;
} setting_word; /* into row->words */

enum setting_type {
	SETTING_BOOL,    /* bool: on/off yes/no */
	SETTING_NUMBER,  /* uint64_t */
	SETTING_DECIMAL, /* double */
	SETTING_TEXT,    /* const char * */
	SETTING_DURATION,
	SETTING_SIZE,
	SETTING_WORD,
	SETTING_LIST,
	SETTING_NETS,
};

struct setting_row {
	const char *key; /* "dkim.signatures" */
	enum setting_type type;
	size_t offset;
	const char *standard; /* the default, as it would be written */
	double min, max;      /* numbers, ms, octets; both 0: no bounds */
	const char *const *words;
	const char *help; /* one line */
	/*
	 * What must be said against a value beyond its type, such as the
	 * address of a socket; NULL: nothing. base is the struct that the row
	 * fills. Nothing is opened or asked. False with *why (arena or static
	 * text).
	 */
	bool (*fits)(const void *base, struct arena *a, const char **why);
	bool at_start; /* a reload does not change it */
};

/* The rows of one struct. */
struct setting_table {
	const struct setting_row *row;
	size_t count;
	size_t size; /* of the struct that they fill */
};

#define SETTING_TYPE_OF(m) \
	_Generic((m), bool: SETTING_BOOL, uint64_t: SETTING_NUMBER,            \
	    double: SETTING_DECIMAL, const char *: SETTING_TEXT,               \
	    setting_duration: SETTING_DURATION, setting_size: SETTING_SIZE,    \
	    setting_word: SETTING_WORD, struct setting_list: SETTING_LIST,     \
	    struct setting_nets: SETTING_NETS)

/* SETTING(struct dkim_settings, signatures, "dkim.signatures", "10", 1, 100,
 *     NULL, "how many signatures of one message are judged") */
#define SETTING(strukt, member, key, standard, min, max, words, help)          \
	{                                                                      \
		key, SETTING_TYPE_OF(((const strukt *)0)->member),             \
		    offsetof(strukt, member), standard, min, max, words, help, \
		    NULL, false                                                \
	}
/* The same, for a value that has a form of its own or is read at start. */
#define SETTING_OF(                                                            \
    strukt, member, key, standard, min, max, words, help, fits, at_start)      \
	{                                                                      \
		key, SETTING_TYPE_OF(((const strukt *)0)->member),             \
		    offsetof(strukt, member), standard, min, max, words, help, \
		    fits, at_start                                             \
	}

/*
 * Reads the values that stand behind a key into base (the struct that row
 * belongs to). Texts and arrays live in the arena. False: *why says what is
 * wrong with them, as text in the arena, and *bad which value (0-based).
 */
bool setting_parse(const struct setting_row *row, const struct span *value,
    size_t count, void *base, struct arena *a, size_t *bad, const char **why);
/* The default; a default that does not parse panics. */
void setting_standard(
    const struct setting_row *row, void *base, struct arena *a);
/* Appends the effective value, as it would be written in a file. */
void setting_format(
    const struct setting_row *row, const void *base, struct buf *out);
/* The same for people: passwords in URLs are ***. */
void setting_show(
    const struct setting_row *row, const void *base, struct buf *out);
/* Whether one of the networks holds the address. */
bool setting_nets_hold(const struct setting_nets *nets, struct ip ip);
/* "number from 1 to 100", "one of enforce monitor": for messages, manual. */
const char *setting_expects(const struct setting_row *row, struct arena *a);

#endif
