#ifndef POLICY_MEMORY_CANARY_H
#define POLICY_MEMORY_CANARY_H

/*
 * Rules that are tried on a part of mail (`rule x for 5%`). Which part is
 * chosen by a hash of the rule and of the domains of sender and recipient, so
 * a correspondence is in it or not, on all hosts alike, and a greater part
 * holds the smaller one.
 *
 * A canary is watched by what comes of its decisions: one is bad when it
 * refuses somebody to whom the recipients have written, or when a user moves
 * the message out of Junk. Every decision moves a sum, up when it is bad and
 * down, to zero at least, when it is not (Page's test, 1954); above a bound
 * the rule is taken back: it matches nothing any more, here and wherever the
 * same store is asked, until its text is changed.
 */

#include "policy/store/store.h"
#include "rules/lang/extension.h"

#define CANARY_KEY_MAX 40

/* The key of its entry; of a rule with other words it is another one. */
void canary_key(const struct rule_canary *canary, char out[CANARY_KEY_MAX]);

struct canary_state {
	int64_t decided, bad;
	int64_t taken_back_s; /* when; 0: it acts */
};
/* False: nothing is known of it. */
bool canary_read(const struct store_record *r, struct canary_state *out);

/* Whether a canary made the decision with this id, and nobody said yet that it
 * was good mail. Any thread; may wait as the store does. */
bool canary_decides(struct store *s, struct span id, int64_t now_s);
/*
 * A user says of the decision with this id that it was good mail. True when
 * that takes the rule back. Any thread; may wait as the store does.
 */
bool canary_lesson(struct store *s, struct span id, int64_t now_s);

/*
 * The sum of a rule after one more decision; above the bound it is taken back.
 * Pure. With one bad decision in a thousand that happens once in some 15,000
 * decisions, with one in fifty after some 115.
 */
#define CANARY_BOUND 4605
int64_t canary_sum(int64_t sum, bool bad);

/* The sentence for an alert. */
#define CANARY_ALERT                                                         \
	"a rule that was tried on a part of mail is taken back and matches " \
	"nothing any more: too much of what it decided was good mail; see "  \
	"verdict rules"

#endif
