#ifndef TESTS_KIT_LEARN_KIT_H
#define TESTS_KIT_LEARN_KIT_H

/*
 * A learner in a directory of its own, with a clock of the test, and made-up
 * messages for it: each is a draw from the words of its topic and from words
 * that all mail has. One kit at a time.
 */

#include "policy/learn/learner.h"

#define LEARN_KIT_TIME INT64_C(1767225600)

struct learn_kit {
	struct arena *arena;
	char directory[64];
	struct clock_fixed time;
	struct learner *learner;
	char alerts[4000];
};

enum learn_topic { TOPIC_HAM, TOPIC_SPAM, TOPIC_OTHER };

void learn_kit_begin(struct learn_kit *k);
/* Ends the learner and begins it again on the same files. */
void learn_kit_restart(struct learn_kit *k);
/* The same, with a file that was written last at that time by the clock. */
void learn_kit_restart_after(struct learn_kit *k, int64_t written_s);
void learn_kit_end(struct learn_kit *k);

/* Message number seed about a topic; in the kit's arena. */
struct learn_features learn_kit_mail(
    struct learn_kit *k, enum learn_topic topic, unsigned seed);
struct span learn_kit_pack(struct learn_kit *k, const struct learn_features *f);
/* The secret that its learner has now; 0: none. */
uint64_t learn_kit_key(const struct learn_kit *k);
/* Teaches it; who "" is the administrator. */
enum lesson_answer learn_kit_teach(struct learn_kit *k, enum learn_topic topic,
    unsigned seed, bool spam, const char *who);
/* Both kinds, each count messages from seed on. */
void learn_kit_both(
    struct learn_kit *k, unsigned seed, unsigned count, const char *who);
/* Puts a sample in as another host's would be, past all caps. */
void learn_kit_import(struct learn_kit *k, enum learn_topic topic,
    unsigned seed, bool spam, const char *who, int64_t time_s);
/* What a decision saw, with an id of that number. */
const char *learn_kit_keep(
    struct learn_kit *k, enum learn_topic topic, unsigned seed, bool good);
/* Of count fresh messages of the topic, how many the model takes for spam;
 * SIZE_MAX without a model that speaks. */
size_t learn_kit_spam(
    struct learn_kit *k, enum learn_topic topic, unsigned count);
/* The row of a teacher in the last model; NULL: none. */
const struct learn_teacher *learn_kit_teacher(
    struct learn_kit *k, const char *who);

#endif
