#ifndef POLICY_MESSAGE_MESSAGE_H
#define POLICY_MESSAGE_MESSAGE_H

/*
 * Making, filling and releasing a struct message, for judge.c and, of what
 * the journal kept, rejudge.c.
 */

#include "policy/message/session.h"

struct services;

/* Octets of structure that are kept of a body behind body.max. */
#define BODY_SKELETON_MAX ((uint64_t)1 << 20)

/* It is judged at that time, and remembered at the same by a clock that has
 * not jumped. */
void message_begin_at(struct message *m, int64_t unix_s);
/* The transaction to come on this session; nothing is known of it yet. */
struct message *message_new(struct session *s, const struct services *judge);
/* Runs the checks' release hooks and frees everything; NULL is fine. */
void message_free(struct message **m);

/* An address as it came, copied and parsed. */
void envelope_set(
    struct message *m, struct envelope_address *out, struct span raw);
/* inbound, submission, local or relay, by what is known now. */
enum direction message_direction(const struct message *m);

/*
 * For a message from our own relay: sets client and helo to the first hop in
 * its Received fields that is not ours (RFC 5321 4.4). False when none can
 * be told.
 */
bool message_find_hop(struct message *m);

/*
 * Whose mail it claims to be, read once for all who ask, in the message's
 * arena. Of the first From field, as soon as that is there, NULL before; and,
 * from STAGE_EOH on, by the whole header.
 */
struct author;
const struct author *message_author_field(struct message *m);
const struct author *message_author(struct message *m);

#endif
