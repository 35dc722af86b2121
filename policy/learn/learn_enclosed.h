#ifndef POLICY_LEARN_LEARN_ENCLOSED_H
#define POLICY_LEARN_LEARN_ENCLOSED_H

/*
 * What a bounce encloses. A bounce quotes mail of others: it says nothing about
 * who sends it, and what its own words say would be learned of the mail it
 * quotes. So it is judged, and taught, by that mail, of which nothing is known
 * but what stands in it, or, where it encloses none, not at all.
 */

#include "rules/learn/features.h"

/*
 * Puts the headers and the content of what c encloses, a message or its header,
 * into *out, in out's arena; nothing else of it is touched. False: there is
 * none. Pure.
 */
bool learn_enclosed_read(const struct content *c, struct learn_message *out);

#endif
