#ifndef POLICY_HEADER_CHECK_HEADER_H
#define POLICY_HEADER_CHECK_HEADER_H

/*
 * The check of the header: check_header.c states what the fields say,
 * header_people.c whom they name, header_marks.c what their form tells,
 * header_brand.c whose name is shown, and header_charset.c knows what raw text
 * is in. Only these include this.
 */

#include "policy/config/setting.h"
#include "policy/message/check.h"
#include "policy/message/session.h"

enum header_fact {
	F_HEADER,
	F_HEADER_NAME,
	F_HEADER_VALUE,
	F_HEADER_RAW,
	F_HEADER_INDEX,
	F_HEADER_ENCODING,
	F_FIELDS_ORDER,
	F_SUBJECT,
	F_SUBJECT_NAMES,
	F_SUBJECT_BRAND,
	F_SUBJECT_BRAND_OWN,
	F_MESSAGE_ID,
	F_MESSAGE_ID_DOMAIN,
	F_DATE,
	F_DATE_AGE,
	F_DATE_ZONE,
	F_DATE_LAG,
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
	F_FROM_BRAND,
	F_FROM_BRAND_OWN,
	F_FROM_FAMILY,
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
	F_RCPT_ADDRESSED,
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
/* Whether anybody reads one of the facts first to last: what nobody reads is
 * not worked out. */
bool header_reads(
    const struct message *m, enum header_fact first, enum header_fact last);

extern const struct check check_header;

struct header_slot {
	bool asked; /* charset is set */
	struct value charset;
};

/*
 * The charset that raw text of the header stands in, as a text: "" where
 * nothing says it, and for text that has no need of one. Pending while the
 * body is to say it, unknown where it could not be looked at.
 */
struct value header_charset(struct message *m, struct span raw);
/* At the end of the message: true when the body has been looked at for it now,
 * and what is pending can be stated. Parses the body, where asked at all. */
bool header_charset_found(struct message *m);

/* The words of F_SUBJECT_NAMES and F_HEADER_ENCODING; end with NULL. */
extern const char *const header_named_names[4];
extern const char *const header_encoding_names[4];

struct brand_settings {
	struct setting_list brands;
};

/* A value of F_HEADER_ENCODING. */
struct value header_needs_encoding(const struct header_field *field);
/* States the order of the fields and what stands beside F_MESSAGE_ID, F_DATE
 * and F_SUBJECT, once the subject is stated; and F_RCPT_ADDRESSED. */
void header_marks(struct message *m);

/* The tables of brands that the setting names, in the snapshot's arena. */
bool header_brands_load(const struct loading *l, const void *settings,
    void **data, const char **why);
/* States F_FROM_BRAND, F_SUBJECT_BRAND and whose they are by the others of
 * From and Subject. */
void header_brand(struct message *m);

/* States F_FROM_STATUS and all that follow; flags what author_find does. */
void header_people(struct message *m);

#endif
