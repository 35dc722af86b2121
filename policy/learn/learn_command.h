#ifndef POLICY_LEARN_LEARN_COMMAND_H
#define POLICY_LEARN_LEARN_COMMAND_H

/*
 * What `verdict learn`, `unlearn` and `learned` ask of the daemon, as lines of
 * words; some are followed by octets, so many as the line says.
 *
 *   learn spam|ham id ID [by USER]
 *   learn spam|ham message OCTETS [by USER]
 *   unlearn id ID [by USER]         unlearn message OCTETS [by USER]
 *   learned                         its state, as JSON
 *   learned export TIME KEY         samples behind that one, a line each
 *   learned import OCTETS           such lines; the first one says whose
 *   learned forget [by USER] [sender ADDRESS] [since TIME] [before TIME]
 *   learned train                   a new model now
 *   learned accept                  the same, whatever the gate says
 *
 * Times are seconds since 1970. Through the door, the socket for those who
 * bring users' lessons, only the first four, and each must name its user. Of
 * many lessons of the administrator each may say "at TIME" behind.
 */

#include "policy/learn/learner.h"
#include "rules/base/buf.h"

/* Of a message, so many octets are read; of an import, at once. */
#define LEARN_PAYLOAD_MAX ((size_t)10 << 20)
/* Of an export, about so many octets are given at once. */
#define LEARN_EXPORT_OCTETS ((size_t)4 << 20)

struct learn_request {
	struct span line; /* with the command's name */
	struct span payload;
	bool door;
};

/* How many octets follow the line; more than LEARN_PAYLOAD_MAX: refuse. */
size_t learn_command_payload(struct span line);
/* Appends the answer; false: an error, in words. Waits for the disk. */
bool learn_command(
    struct learner *l, const struct learn_request *r, struct buf *answer);

#endif
