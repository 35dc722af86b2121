#ifndef POLICY_SPF_SPF_EVAL_H
#define POLICY_SPF_SPF_EVAL_H

/*
 * What spf.c (the walk) and spf_match.c (one mechanism) share. Nobody else
 * includes this.
 *
 * A missing answer is no result of its own: it sets spf.waiting, the term
 * counts as not matching and the walk goes on, so that everything behind it
 * is asked for, too. Nothing that comes after is believed.
 */

#include "policy/spf/spf.h"
#include "policy/spf/spf_macro.h"
#include "policy/spf/spf_record.h"

enum spf_match { SPF_NO, SPF_YES, SPF_TEMP, SPF_PERM };
extern const char *const spf_match_words[SPF_PERM + 1];

/* A parsed record, found again by the address of its text in the batch. */
struct spf_memo {
	struct spf_memo *next;
	const char *text;
	struct spf_record record;
};

/* The record that is being evaluated. */
struct spf_scope {
	struct span domain; /* %{d} */
	const struct spf_record *record;
	unsigned depth;
};

struct spf {
	struct spf_query query;
	struct arena *arena;
	struct dns_batch *dns;
	struct span sender; /* %{s} */
	bool eai;           /* the local part is not ASCII */
	bool done;
	struct spf_memo *memo;
	struct spf_outcome outcome;

	/* Of the current run. The term that goes over the limit is kept in
	 * the trace, hence one more. */
	bool waiting;
	unsigned lookups, void_lookups;
	struct spf_step step[SPF_LOOKUPS_MAX + 1];
	struct spf_name target[SPF_LOOKUPS_MAX + 1];
	char problem[400];
};

/* For "%.*s": no more of a stranger's text than fits in a sentence. */
#define SPF_SHOWN(s) (int)((s).n > 80 ? 80 : (s).n), (s).p

/* States what went wrong; the first one of a run stands. */
void spf_problem(struct spf *s, const char *fmt, ...) ATTR_PRINTF(2, 3);
/* The same for a temporary failure of DNS. */
void spf_temporary(
    struct spf *s, struct span name, const struct dns_answer *answer);
/* The answer, or NULL with waiting set. */
const struct dns_answer *spf_ask(
    struct spf *s, struct span name, enum dns_type type);

/* Fills in what text needs; false when it cannot be expanded (now). */
bool spf_values(struct spf *s, const struct spf_scope *scope, struct span text,
    struct spf_macro_values *v);
/*
 * The name that a domain-spec stands for, the scope's domain when it is
 * empty; *out may point into room. SPF_NO: there is none (now), the term
 * cannot match.
 */
enum spf_match spf_expand(struct spf *s, const struct spf_scope *scope,
    struct span spec, struct spf_name *room, struct span *out);
/* a, mx, ptr and exists against their target. */
enum spf_match spf_match_term(
    struct spf *s, const struct spf_term *t, struct span target);

#endif
