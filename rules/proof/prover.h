#ifndef RULES_PROOF_PROVER_H
#define RULES_PROOF_PROVER_H

/*
 * All mail that can be, as a formula; between the files of this room.
 *
 * A fact is absent, unknown, or has one of finitely many values: those that
 * some rule names, and one for each class of values that no question tells
 * apart (pool.c). What a value answers is asked of the evaluator itself; only
 * where values of a class differ (patterns, lists that are asked elsewhere)
 * an answer is left open (encode.c). A group has as many elements as the
 * questions about it can tell apart. So whatever a message can be, some
 * assignment stands for it, and what no assignment allows no message does;
 * the other way round an assignment is only believed once the evaluator has
 * confirmed it on facts made from it (witness.c).
 *
 * Not known of any message, and so left open: how facts hang together, but
 * for an address and its parts.
 */

#include "rules/base/arena.h"
#include "rules/eval/eval.h"
#include "rules/lang/ast.h"
#include "rules/proof/gate.h"
#include "rules/proof/proof.h"
#include "rules/proof/sum.h"

/* The literals of an answer: neither is true when it is unknown. */
struct pair {
	lit yes, no;
};

enum reply { REPLY_NO, REPLY_YES, REPLY_FREE };

/* A value that a fact can have, or one that stands for a class of them. */
struct candidate {
	struct value value;
	bool open; /* stands for a class: answers to patterns are free */
	bool wild; /* stands for all there may be besides: all are free */
	size_t stands_for; /* the candidate that answers alike, or itself; once
			      all have answered, among the first n of its pool */
};

enum asked_about {
	ASKED_COND,
	ASKED_ENTRY,     /* is it in what the owner has in the cond's list */
	ASKED_OWNER,     /* is the recipient one whose entries those are */
	ASKED_THRESHOLD, /* is it the recipient's */
};

/* A question about one fact, with what each candidate answers. */
struct asked {
	const struct cond *cond;
	size_t set;
	fact_id fact;
	unsigned char *reply; /* enum reply, without the negation */
	enum asked_about about;
	size_t list;      /* ENTRY, OWNER */
	uint32_t owner;   /* the list's number of him */
	struct span name; /* OWNER: he; THRESHOLD: whose it is */
	bool says;        /* ENTRY: the first of its list */
	const struct threshold *threshold;
	enum outcome outcome;
	/* Of a pattern that only one text matches, once looked at: what each
	 * question of the pool says of that text, as enum truth. */
	unsigned char *of_only;
	bool only_looked;
};

struct mentions {
	struct span *text, *domain, *local, *full;
	struct span *tagged; /* local parts behind which a + may stand */
	size_t text_n, text_cap, domain_n, domain_cap;
	size_t local_n, local_cap, full_n, full_cap, tagged_n, tagged_cap;
	double *number;
	size_t number_n, number_cap;
	struct ip *ip;
	size_t ip_n, ip_cap;
};

/* The values of facts that are compared with one another. */
struct pool {
	struct pool *joined; /* into which this one went, or NULL */
	fact_id *fact;
	size_t fact_n, fact_cap;
	struct asked *asked;
	size_t asked_n, asked_cap;
	/* Those about conditions, by the address of that; once filled. */
	struct asked **by_cond;
	size_t by_cond_n;
	struct mentions said;
	bool addresses, cut;
	/* Those that answers tell apart; behind them, the rest up to all. */
	struct candidate *candidate;
	size_t n, all, cap;
};

/* An answer that values of one class can give either way. */
struct atom {
	const char *key;
	struct pair is;
	const struct cond *cond; /* one that asks so */
	size_t set;
	struct atom *next;
	uint64_t hash;       /* of the key; not of words */
	struct asked *asked; /* the same */
	/* Of a pattern: the text that it looks for, or NULL; and whether case
	 * does not matter to it. */
	struct span literal;
	bool folds;
};

/* One fact of one message, or one field of one element. */
struct instance {
	fact_id fact;
	size_t slot; /* of its group; 0 */
	const struct pool *pool;
	lit absent, unknown, known;
	const lit *is; /* by candidate */
	struct atom *atoms;
	struct instance *next;
};

struct group {
	fact_id fact;
	size_t slots;
	lit *present;
	lit tail; /* there may be more that were not found out */
	/* Those are like one of these, whose slots begin at SLOTS_REST; without
	 * one nothing is known of them. */
	size_t rests;
	lit *rest;
	struct group *next;
};

/* A set of rules in the formula. */
struct proved {
	const struct ruleset *rs;
	struct facts *facts; /* for asking the evaluator */
	struct ruling *ruling;
	struct pair *rule; /* by rule, once made */
	bool *made;
	/* By decisive rule: all above let the message by; this one acts; it is
	 * unknown and says what comes of that. */
	lit *reached, *acts, *defers;
	lit outcome[OUTCOME_COUNT];
	struct sum *score; /* NULL: it cannot be made */
	/* Outcomes by a threshold, or because nothing decided. */
	lit ends;
};

/* Elements of one group; where questions could tell more apart, that is said
 * and nothing is called proved. */
#define SLOTS_MAX  160
#define SLOTS_REST SLOTS_MAX

/* What is asked of the elements of a group, each once. */
struct said_of_group {
	fact_id group;
	enum quantifier kind; /* NO asks what ANY does */
	double number;        /* COUNT: the greatest */
	size_t child;         /* number of the same; 0: none */
	struct said_of_group *next;
};

/* Conditions that ask the same, of which one is asked. */
struct same {
	const struct cond *cond;
	size_t set, number;
	bool asked;          /* of pools and groups */
	const char *atom;    /* the key of its atom, once asked for */
	struct pair *answer; /* by slot, where made */
	bool *made;
	size_t answer_n;
	struct span key;
	uint64_t hash;
	struct same *next;
};
struct sames;

/* Of whom `verdict for` speaks. */
struct whose {
	struct span rcpt;
	lit is;
	struct whose *next;
};

struct prover {
	struct arena *arena;
	struct gates *g;
	struct sums *sums;
	const struct schema *schema;
	int64_t now_s;
	struct proved set[2];
	size_t set_n;
	bool scored;                /* sums of scores were made */
	struct pool **pool;         /* by fact; NULL: nobody asks */
	struct instance **instance; /* by fact */
	struct group **group;       /* by fact */
	struct instance ***in_slot; /* by fact and slot; NULL: none */
	struct sames *sames;
	struct said_of_group *said;
	size_t *slots; /* by group: elements that its questions tell apart */
	size_t related; /* pairs of patterns, and patterns asked of a text */
	struct atom *words; /* rows from outside, by what is written */
	struct whose *whose;
	lit limit; /* a pattern ran into its bounds */
	/* Assumed while a message is looked for: what did not work is left
	 * out then, and what no test could say. */
	lit search;
	lit plain; /* assumed where nothing is to be unknown */
	/* By witness_take: the value that could not be found, as a clause. */
	lit *blocked;
	size_t blocked_n;
	/* And answers, or a class of values and an answer, that no text is
	 * known for, whatever else is asked. */
	struct textless {
		lit answer, class;
	} *textless;
	size_t textless_n, textless_cap;
	const char *cut; /* why the formula is not complete, or NULL */
	/* Why there is none, and from which condition on; or NULL. */
	const char *refused;
	struct place refused_at;
};

/* ---- pool.c -------------------------------------------------------------- */

/* Notes all that a condition asks. */
void pool_ask(struct prover *p, size_t set, const struct cond *c);
/* Then: makes the values, and asks of each; or refuses, for they are too
 * many. */
void pools_fill(struct prover *p);
struct pool *pool_of(const struct prover *p, fact_id fact);
/* The question about this condition, once pools are filled. */
struct asked *pool_find(const struct pool *pool, const struct cond *c);
/* Puts a question with those of its fact. */
void pool_asked(struct prover *p, struct asked q);
bool candidate_fits(const struct candidate *c, const struct fact_row *row);
/* The fact called PREFIX.part beside an address, or FACT_NONE. */
fact_id address_part(struct prover *p, fact_id address, const char *part);

/* ---- merge.c ------------------------------------------------------------- */

/* Once all have answered: keeps those that answers tell apart. */
void pool_merge(struct prover *p, struct pool *pool);

/* ---- same.c -------------------------------------------------------------- */

struct sames *sames_new(struct arena *a);
struct same *same_of(struct prover *p, size_t set, const struct cond *c);
/* What a list says, as a text: lists of two sets that say the same are one. */
const char *same_list_key(struct prover *p, const struct list *l);
/* The same of the list that a condition asks, wherever that is asked. */
const char *same_list_asked(struct prover *p, size_t set, const struct cond *c);

/* ---- values.c ------------------------------------------------------------ */

void pool_values(struct prover *p, struct pool *pool);
/* What the list says, put with what is said. Too long a list is cut. */
void mentions_cond(struct prover *p, const struct proved *set,
    struct mentions *m, const struct cond *c);
void mentions_rcpt(struct prover *p, struct mentions *m, struct span name);
void mentions_share(struct prover *p, struct mentions *a, struct mentions *b);
/* A list of which not every entry became a value. */
bool list_is_big(const struct list *l);

/* ---- reply.c ------------------------------------------------------------- */

/* What the evaluator says of a value, whatever is negated. */
/* In two steps, to ask several questions of one value. */
void reply_state(
    struct prover *p, size_t set, fact_id fact, const struct value *v);
enum truth reply_ask(struct prover *p, size_t set, const struct cond *c);
enum truth reply_of(struct prover *p, size_t set, const struct cond *c,
    fact_id fact, const struct value *v);
/* Whether texts that differ in case alone may be told apart. */
bool pattern_sees_case(const struct cond *c);
/* Of a value that was stated. */
enum reply reply_for(
    struct prover *p, const struct asked *q, const struct candidate *c);

/* ---- encode.c ------------------------------------------------------------ */

struct instance *instance_of(struct prover *p, fact_id fact, size_t slot);
struct pair encode_cond(
    struct prover *p, size_t set, const struct cond *c, size_t slot);
struct pair encode_rule(struct prover *p, size_t set, size_t rule);
struct pair encode_question(
    struct prover *p, size_t set, const struct cond *c, size_t slot);
/* Of a question: those values that answer yes. */
lit encode_yes(
    struct prover *p, const struct instance *i, const struct asked *q);
struct group *group_of(struct prover *p, fact_id fact);
/* The answer of a row from outside, by what is written of it. */
struct pair encode_word(
    struct prover *p, const char *key, const struct cond *c, size_t set);
/* A row from outside as it is written, without line ends. In the arena. */
const char *word_written(struct prover *p, const struct cond *c);

/* ---- owned.c ------------------------------------------------------------- */

/* False: it is no list by recipient, or one of too many. */
bool owned_ask(struct prover *p, size_t set, const struct cond *c);
bool encode_owned(struct prover *p, size_t set, const struct cond *c,
    size_t slot, struct pair *out);
/* What `verdict for` says of recipients. False: it is of too many. */
void thresholds_ask(struct prover *p, size_t set);
bool threshold_is(
    struct prover *p, size_t set, const struct threshold *t, lit *out);
/* Of a question that is no ASKED_COND. */
enum reply owned_reply(
    struct prover *p, const struct asked *q, const struct value *v);

/* ---- address.c ----------------------------------------------------------- */

/* An address and its parts, as far as anybody asks them, are of one piece. */
void address_link(struct prover *p, struct instance *address);

/* ---- chain.c ------------------------------------------------------------- */

/* What comes of the message: fills reached, acts, outcome. */
void chain_encode(struct prover *p, size_t set);

/* ---- score.c ------------------------------------------------------------- */

/* The score against a number. */
lit score_compare(struct prover *p, size_t set, enum token_kind op, double n);

/* ---- sample.c ------------------------------------------------------------ */

/*
 * A text that the pattern may match: a guess that the caller checks. Variants
 * differ in which branch of an alternation is taken. p NULL: no idea.
 */
struct span sample_text(
    struct arena *a, struct span regex, struct span flags, unsigned variant);
/* The text of a pattern that says nothing but a text, to be found anywhere
 * (*folds: without regard to case); p NULL: it says more. */
struct span sample_literal(
    struct arena *a, struct span regex, struct span flags, bool *folds);

/* What is asked about it (proof.c, proof_change.c, proof_rule.c). */
struct proof {
	struct prover p;
	uint64_t conflicts_max;
	struct changes *changes; /* NULL: not asked yet */
	/* By rule of the first set, made once: it is true and, if it decides,
	 * reached; and whether a message was found for which it is. */
	lit *used;
	bool *seen_used;
};

/* ---- proof.c --------------------------------------------------------------- */

/* Whether goal can be true; limit: patterns may run into their bounds; search:
 * of a message that a test can say, and that was not tried. */
enum sat_answer proof_solve(
    struct proof *proof, lit goal, bool limit, bool search);
/* Once a search for it has ended so, and not with a message: what that comes
 * to. OPEN: *why. */
enum proof_answer proof_none(
    struct proof *proof, lit goal, enum sat_answer found, const char **why);

#endif
