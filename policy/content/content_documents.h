#ifndef POLICY_CONTENT_CONTENT_DOCUMENTS_H
#define POLICY_CONTENT_CONTENT_DOCUMENTS_H

/*
 * The documents of one message on their way to the helper and back. Nobody
 * waits for it before the end of the message, and then no longer than
 * reader.timeout says: what has not come is not known.
 */

#include "policy/config/setting.h"
#include "policy/message/session.h"
#include "policy/reader/reader.h"
#include "rules/content/content.h"

struct document_settings {
	bool on;
	uint64_t helpers, cpu, documents;
	setting_size memory;
	setting_duration timeout;
};

struct content_documents {
	struct reader_job *job; /* one for each document; NULL: none asked */
	bool *taken;            /* its answer was read */
	size_t count, left;
};

/* Hands all documents over, unless nobody reads them here: then what they say
 * is not known. The slot is zeroed. */
void documents_ask(struct message *m, struct content_documents *docs,
    struct content *c, const struct document_settings *set);
/* Takes the answers that have come; true when none is left. */
bool documents_take(
    struct message *m, struct content_documents *docs, struct content *c);
/* Their time is over. */
void documents_give_up(struct message *m, struct content_documents *docs);
/* Before the message's arena goes. */
void documents_release(struct message *m, struct content_documents *docs);
/* What the helper could not do, for a person; NULL: nothing. */
const char *documents_problem(const struct content_documents *docs);

#endif
