#ifndef POLICY_CONTENT_CHECK_CONTENT_H
#define POLICY_CONTENT_CHECK_CONTENT_H

/*
 * The facts of the content check, by row. Between check_content.c, which
 * reads the message, and content_facts.c, which states what was read.
 */

#include "policy/message/check.h"
#include "policy/message/session.h"
#include "rules/content/content.h"
#include "rules/text/script.h"

extern const struct check check_content;

enum content_fact {
	F_BODY,
	F_BODY_PLAIN,
	F_BODY_HTML,
	F_BODY_RAW,
	F_BODY_LENGTH,
	F_BODY_MIXED,
	F_SCRIPT_FIRST, /* one row each, in the order of enum script */
	F_SCRIPT_LAST = F_SCRIPT_FIRST + (int)SCRIPT_COUNT - 1,
	F_URL,
	F_URL_HREF,
	F_URL_SCHEME,
	F_URL_HOST,
	F_URL_DOMAIN,
	F_URL_IP,
	F_URL_ADDRESS,
	F_URL_KIND,
	F_URL_TEXT,
	F_URL_TEXT_HOST,
	F_URL_MISMATCH,
	F_URL_OWN,
	F_URL_FLAGS,
	F_ATTACHMENT,
	F_ATTACHMENT_NUMBER,
	F_ATTACHMENT_NAME,
	F_ATTACHMENT_EXTENSION,
	F_ATTACHMENT_RUNS,
	F_ATTACHMENT_TYPE,
	F_ATTACHMENT_CONTENT_TYPE,
	F_ATTACHMENT_SIZE,
	F_ATTACHMENT_ARCHIVE,
	F_ATTACHMENT_ENCRYPTED,
	F_ATTACHMENT_MACROS,
	F_ATTACHMENT_ACTS,
	F_ATTACHMENT_SHA256,
	F_ATTACHMENT_MEMBERS,
	F_ATTACHMENT_TEXT,
	F_MEMBER,
	F_MEMBER_NAME,
	F_MEMBER_EXTENSION,
	F_MEMBER_RUNS,
	F_MEMBER_NUMBER,
	F_HTML,
	F_HTML_HIDDEN,
	F_HTML_HIDDEN_TEXT,
	F_HTML_FORM,
	F_HTML_PASSWORD,
	F_HTML_BASE,
	F_HTML_REFRESH,
	F_HTML_SCRIPT,
	F_HTML_SMUGGLING,
	F_HTML_DATA,
	F_HTML_JAVASCRIPT,
	F_HTML_BUILT,
	F_HTML_FRAME,
	F_HTML_IMAGES,
	F_HTML_REMOTE_IMAGES,
	F_HTML_TEXT_SHARE,
	F_MIME_PARTS,
	F_MIME_DEPTH,
	F_MIME_ATTACHMENTS,
	F_MIME_ENCRYPTED,
	F_COUNT,
};

/* States what was read here, and then what documents add to. */
void content_state_read(struct message *m, const struct content *c);
void content_state_found(struct message *m, const struct content *c);
/* Whether a link of a document is one of those outside of documents. */
bool content_has_link(const struct content *c, const struct link *l);
/* The text of a link promises a host of another registrable domain. */
bool content_link_mismatch(const struct link *l);

#endif
