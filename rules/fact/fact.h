#ifndef RULES_FACT_FACT_H
#define RULES_FACT_FACT_H

/*
 * Facts: what rules read. A fact has a name, a type and the SMTP stage from
 * which it can be known; a row describes it, a schema numbers all rows, and
 * each message has its own values.
 *
 * The life of a fact: it starts FACT_PENDING; the check that owns it states
 * it (a value, absent, or unknown) as soon as it can; what is pending when
 * the verdict is due becomes absent if its check finished and unknown if it
 * did not. Nothing else changes a stated fact.
 *
 * A many-valued fact (dkim, url, attachment ...) is a group: one row of type
 * FACT_GROUP named "dkim" and one row per field named "dkim.domain". The
 * group is pending until facts_group_end or facts_group_unknown.
 *
 * Values point into memory of the message's arena or to static data. One
 * thread at a time per struct facts; a schema is read-only once finished.
 */

#include "rules/base/arena.h"
#include "rules/base/ip.h"
#include "rules/base/span.h"

enum stage {
	STAGE_CONNECT,
	STAGE_HELO,
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_EOH,
	STAGE_EOM,
};
#define STAGE_COUNT (STAGE_EOM + 1)
extern const char *const stage_names[STAGE_COUNT];

enum fact_type {
	FACT_BOOL,
	FACT_NUMBER,
	FACT_TEXT,    /* valid UTF-8 */
	FACT_BYTES,   /* raw: matched by byte patterns only */
	FACT_DOMAIN,  /* A-labels, lower case, no trailing dot */
	FACT_ADDRESS, /* local@domain, the domain as for FACT_DOMAIN */
	FACT_IP,
	FACT_WORD, /* one of a fixed set, always definite */
	FACT_GROUP,
};
#define FACT_TYPE_COUNT (FACT_GROUP + 1)
extern const char *const fact_type_names[FACT_TYPE_COUNT];

enum fact_flags {
	FACT_CHEAP = 1,   /* always gathered: the journal keeps it for replay */
	FACT_RCPT = 2,    /* has one value per recipient */
	FACT_SECRET = 4,  /* never printed by %{...} */
	FACT_PRIVATE = 8, /* text of the message: the journal never keeps it */
	FACT_PROSE = 16,  /* sentences: nobody compares the whole of it */
	/* A text that holds no local part of an address and no words of a
	 * person, so that it is kept where addresses are hashed; for texts
	 * the default is that they do. */
	FACT_IMPERSONAL = 32,
	FACT_CLAIMED = 64, /* whoever sends can write it as he likes */
	FACT_PROVES =
	    128,          /* says who sends, or from where, and was looked at */
	FACT_RESTS = 256, /* of a group: what was not found out of it can be
	                     known in part (facts_rest) */
	/* Numbers that are never outside of a range (fact_range). */
	FACT_COUNTS = 512,   /* 0 or more */
	FACT_SHARE = 1024,   /* 0 to 1 */
	FACT_PERCENT = 2048, /* 0 to 100 */
	FACT_SCORE = 4096,   /* -1 to 1 */
	FACT_HOUR = 8192,    /* 0 to 23, without fractions */
};

struct fact_row {
	const char *name;
	enum fact_type type;
	enum stage stage;
	unsigned flags;
	const char *const *words; /* FACT_WORD: its words, NULL at the end */
	const char *help;         /* one line, for manual and lint */
};

/* Whether values of the row may tell of a person: addresses, and texts unless
 * the row says otherwise. */
bool fact_is_personal(const struct fact_row *row);
/* What a number of this row can be; false: any. *most may be INFINITY. */
bool fact_range(const struct fact_row *row, double *least, double *most);

enum fact_state { FACT_PENDING, FACT_ABSENT, FACT_UNKNOWN, FACT_KNOWN };

struct value {
	enum fact_state state;
	bool yes;         /* FACT_BOOL */
	double number;    /* FACT_NUMBER */
	struct span text; /* TEXT, BYTES, DOMAIN, ADDRESS and WORD */
	struct ip ip;     /* FACT_IP */
	const char *why;  /* when UNKNOWN: static or arena text, or NULL */
};

/* Numbers of facts are indices into a schema's rows. */
typedef uint16_t fact_id;
#define FACT_NONE UINT16_MAX

struct schema;

struct schema *schema_new(void);
void schema_free(struct schema **s);
/*
 * Adds rows, which must outlive the schema, and returns the number of the
 * first; the others follow in order. A name given twice panics.
 */
fact_id schema_add(struct schema *s, const struct fact_row *rows, size_t count);
size_t schema_count(const struct schema *s);
const struct fact_row *schema_row(const struct schema *s, fact_id id);
/* FACT_NONE when there is no such fact. */
fact_id schema_find(const struct schema *s, struct span name);
/* The group that a field belongs to ("dkim" for "dkim.domain"), or FACT_NONE. */
fact_id schema_group(const struct schema *s, fact_id id);
/* Whether each recipient has his own: FACT_RCPT. */
bool schema_by_rcpt(const struct schema *s, fact_id id);
/*
 * Names by their numbers, a line each; that of a field is without its group's,
 * as in an object of a group's fields. Until a row is added.
 */
struct span schema_names(const struct schema *s);

struct facts;

/* All pending. Lives as long as the arena. */
struct facts *facts_new(const struct schema *s, struct arena *a);
const struct schema *facts_schema(const struct facts *f);

void facts_bool(struct facts *f, fact_id id, bool yes);
void facts_number(struct facts *f, fact_id id, double number);
/* The span is not copied. For TEXT, BYTES, DOMAIN, ADDRESS. */
void facts_text(struct facts *f, fact_id id, struct span text);
/* word must be one of the row's words (anything else panics). */
void facts_word(struct facts *f, fact_id id, const char *word);
void facts_ip(struct facts *f, fact_id id, struct ip ip);
void facts_absent(struct facts *f, fact_id id);
void facts_unknown(struct facts *f, fact_id id, const char *why);
/* Any type; the value's state says which of the above. */
void facts_set(struct facts *f, fact_id id, struct value v);

/* Never NULL. For FACT_RCPT rows see facts_rcpt. */
const struct value *facts_get(const struct facts *f, fact_id id);
/*
 * The first fact from id on, fields of groups aside, that has something to
 * say: it is known or unknown, or has one value per recipient. FACT_NONE:
 * there is none.
 */
fact_id facts_next(const struct facts *f, size_t id);
/*
 * For those who read what another check states and that may not be among the
 * checks: the fact of that name, an absent one when there is none. Never NULL.
 */
const struct value *facts_named(const struct facts *f, const char *name);
/* Its text; "" when it is not known. */
struct span facts_named_text(const struct facts *f, const char *name);

/*
 * Groups. facts_element appends an element with all fields absent and returns
 * its index; facts_field states one field of it.
 */
size_t facts_element(struct facts *f, fact_id group);
void facts_field(
    struct facts *f, fact_id field, size_t element, struct value v);
void facts_group_end(struct facts *f, fact_id group);
/* Some elements could not be found out; those that were added stay. */
void facts_group_unknown(struct facts *f, fact_id group, const char *why);
/*
 * Behind the last element and before facts_group_unknown: what is known of
 * such that could not be found out. facts_rest returns the index of one all of
 * whose fields are unknown; facts_field states what is known of them all the
 * same. Where a group has any, what could not be found out is like one of
 * these. They do not count: facts_count and the index of the first are one.
 */
size_t facts_rest(struct facts *f, fact_id group, const char *why);
size_t facts_rest_count(const struct facts *f, fact_id group);
/* Forgets its elements, so that others can be given instead. */
void facts_clear_group(struct facts *f, fact_id group);
size_t facts_count(const struct facts *f, fact_id group);
const struct value *facts_field_get(
    const struct facts *f, fact_id field, size_t element);

/*
 * Per-recipient facts (FACT_RCPT): set and read for recipient number rcpt,
 * counted from 0 in the order of RCPT commands.
 */
void facts_rcpt_set(struct facts *f, fact_id id, size_t rcpt, struct value v);
const struct value *facts_rcpt(const struct facts *f, fact_id id, size_t rcpt);

/* Makes ids first..first+count-1 that are still pending absent or unknown. */
void facts_settle(struct facts *f, fact_id first, size_t count,
    enum fact_state state, const char *why);

/* Shorthands for facts_field. */
struct value value_bool(bool yes);
struct value value_number(double number);
struct value value_text(struct span text);
struct value value_ip(struct ip ip);
struct value value_absent(void);
struct value value_unknown(const char *why);

#endif
