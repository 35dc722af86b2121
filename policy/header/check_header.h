#ifndef POLICY_HEADER_CHECK_HEADER_H
#define POLICY_HEADER_CHECK_HEADER_H

/*
 * The check of the header, in two files: check_header.c states what the
 * fields say, header_people.c whom they name. Only these two include this.
 */

#include "policy/message/check.h"
#include "policy/message/session.h"

enum header_fact {
	F_HEADER,
	F_HEADER_NAME,
	F_HEADER_VALUE,
	F_HEADER_RAW,
	F_HEADER_INDEX,
	F_SUBJECT,
	F_MESSAGE_ID,
	F_DATE,
	F_DATE_AGE,
	F_LIST_ID,
	F_LIST_UNSUBSCRIBE,
	F_PRECEDENCE,
	F_AUTO_SUBMITTED,
	F_RECEIVED_COUNT,
	F_FROM_STATUS,
	F_FROM_COUNT,
	F_FROM_DOMAINS,
	F_FROM_DOMAIN,
	F_FROM_ADDRESS,
	F_FROM_LOCAL,
	F_FROM_NAME,
	F_FROM_SPOOF,
	F_AUTHOR,
	F_AUTHOR_ADDRESS,
	F_AUTHOR_DOMAIN,
	F_AUTHOR_NAME,
	F_SENDER_ADDRESS,
	F_SENDER_DOMAIN,
	F_SENDER_NAME,
	F_REPLY_ADDRESS,
	F_REPLY_DOMAIN,
	F_REPLY_NAME,
	F_REPLY_DIFFERS,
	F_TO,
	F_TO_ADDRESS,
	F_TO_DOMAIN,
	F_TO_NAME,
	F_CC,
	F_CC_ADDRESS,
	F_CC_DOMAIN,
	F_CC_NAME,
	HEADER_FACT_COUNT,
};

fact_id header_fact(const struct message *m, enum header_fact f);

/* States F_FROM_STATUS and all that follow; flags what author_find does. */
void header_people(struct message *m);

#endif
