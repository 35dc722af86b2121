#ifndef RULES_LIST_LIST_H
#define RULES_LIST_LIST_H

/*
 * Static lists: entries of one kind from files and from the rule files
 * themselves, and the question whether a value is among them.
 *
 * The life of a list: list_new; list_add_text for each file or inline entry,
 * where lines that cannot be read are counted and the first few reported;
 * list_finish; from then on it is immutable and any thread may look up;
 * list_free. Time is the caller's: an expired entry is kept and skipped.
 *
 * One entry a line. White space around it, empty lines and what follows a #
 * or ; at the start of a line or behind white space do not count, but a
 * comment behind an entry is kept as its note. "until 2026-12-31" behind an
 * entry lets it end with that day (UTC).
 *
 *   domains    example.com    the domain and all below it
 *              =example.com   the domain alone
 *              .example.com   all below it ("*.example.com" means the same)
 *              hosts files (0.0.0.0 a.example b.example), RPZ dumps
 *              (a.example CNAME . is the name alone, *.a.example what is
 *              below it, rpz-passthru is no entry), ||a.example^, URLs
 *              without a path, and dnsmasq's and Unbound's lines
 *   addresses  local@domain, local@ (in any domain), @domain, @.domain (in
 *              what is below it); the local part without regard to case
 *   networks   192.0.2.1, 192.0.2.0/24, 2001:db8::/32, 192.0.2.1-192.0.2.9
 *   words      any text without regard to case (of Latin, Greek and Cyrillic
 *              letters); in "..." when it holds # or ; or ends as an expiry
 *              does
 *   patterns   /regex/flags, or a bare regex to the end of the line
 *
 * In a list by recipient each line begins with whose it is, local@domain or
 * @domain, and says something for mail to him alone. Not for patterns.
 */

#include "rules/base/ip.h"
#include "rules/base/span.h"
#include "rules/match/patterns.h"

enum list_kind {
	LIST_DOMAINS,
	LIST_ADDRESSES,
	LIST_NETWORKS,
	LIST_WORDS,
	LIST_PATTERNS,
};
#define LIST_KIND_COUNT (LIST_PATTERNS + 1)
extern const char *const list_kind_names[LIST_KIND_COUNT];

struct list_options {
	size_t entries_max; /* 0: 20,000,000 */
	/* entries belong to recipients */
	bool by_rcpt;
	/* addresses: local+tag@domain is also looked up as local@domain */
	bool plus_tags;
	/* patterns: bounds, and whether they are byte patterns */
	struct patterns_options patterns;
};

/* A line that is no entry. */
struct list_problem {
	size_t line;
	size_t column;     /* from 1, in octets; 0: the whole line */
	char text[48];     /* the line's start, printable */
	char message[160]; /* why */
};

#define LIST_PROBLEMS_MAX 8

/* Added to by each list_add_text; zeroed by the caller first. */
struct list_report {
	size_t lines;
	size_t entries;    /* added */
	size_t duplicates; /* already covered by the same entry */
	size_t skipped; /* well-formed, but nothing to list (RPZ's SOA ...) */
	size_t bad;
	struct list_problem problem[LIST_PROBLEMS_MAX]; /* the first of bad */
	size_t problem_count;
};

struct list;

/* options may be NULL. */
struct list *list_new(enum list_kind kind, const struct list_options *options);
void list_free(struct list **l);
enum list_kind list_kind(const struct list *l);

/*
 * Adds the entries of text, a whole file or one inline entry. source (a file
 * name, copied) and first_line (1 for a file) are told by hits. report may be
 * NULL. False when a line was bad or the list is full; good lines are in.
 */
bool list_add_text(struct list *l, struct span text, const char *source,
    size_t first_line, struct list_report *report);
/*
 * Adds one pattern to a list of patterns, as a rule file has it between
 * slashes. False, with error filled, when it does not compile.
 */
bool list_add_pattern(struct list *l, struct span regex, unsigned flags,
    const char *source, size_t line, struct pattern_error *error);
/* Ends the adding; frees what only adding needs. */
void list_finish(struct list *l);

size_t list_count(const struct list *l);
/* Octets held. */
size_t list_memory(const struct list *l);
/* The patterns of a finished LIST_PATTERNS (to attach a database), or NULL. */
struct patterns *list_patterns(struct list *l);

/* What was found; the spans live as long as the list. */
struct list_hit {
	struct span entry; /* as stored: lower case, A-labels, no prefix sign */
	struct span note;  /* or empty */
	const char *source;
	size_t line;
	int64_t until_s; /* Unix time at which it ends, or 0 */
	bool below_only; /* .example.com, @.example.com */
	bool alone_only; /* =example.com; always true but for domains */
	struct span owner; /* by recipient: whose it is; else empty */
};

/*
 * Lookups. now_s is Unix time. hit may be NULL. Where several entries apply,
 * the longest (the nearest domain, the narrowest network) is told. All are
 * false for a list of another kind.
 *
 * A domain is given as FACT_DOMAIN has it: A-labels; upper case and one
 * trailing dot are tolerated. An address is as FACT_ADDRESS.
 */
bool list_find_domain(const struct list *l, struct span domain, int64_t now_s,
    struct list_hit *hit);
bool list_find_address(const struct list *l, struct span address, int64_t now_s,
    struct list_hit *hit);
bool list_find_ip(
    const struct list *l, struct ip ip, int64_t now_s, struct list_hit *hit);
bool list_find_word(const struct list *l, struct span word, int64_t now_s,
    struct list_hit *hit);
/*
 * Patterns: three-valued. job.wanted is ignored (expired entries are not
 * wanted). *match, which may be NULL, tells where in the text.
 */
enum pattern_answer list_find_text(const struct list *l,
    const struct patterns_job *job, int64_t now_s, struct list_hit *hit,
    struct pattern_result *match);

/* ---- by recipient -------------------------------------------------------- */

#define LIST_OWNERS_MAX 3

/*
 * Whose entries count for a recipient, as FACT_ADDRESS has him: his own, those
 * of his address without +tag, and his domain's. How many.
 */
size_t list_owners(
    const struct list *l, struct span rcpt, uint32_t owner[LIST_OWNERS_MAX]);
bool list_by_rcpt(const struct list *l);

/* What is looked up; which of them, the list's kind says. */
struct list_value {
	struct span text; /* domain, address or word */
	struct ip ip;
};
/* As the lookups above, among the entries of one owner. Those above are false
 * for a list by recipient, and this one for any other. */
bool list_find_owned(const struct list *l, uint32_t owner,
    const struct list_value *v, int64_t now_s, struct list_hit *hit);

/*
 * Calls each for every entry that has not expired, in the order of the
 * files, until it returns false. The entry of a network is its text.
 */
void list_each(const struct list *l, int64_t now_s,
    bool (*each)(void *context, const struct list_hit *hit), void *context);

#endif
