#ifndef RULES_MAIL_AUTHOR_H
#define RULES_MAIL_AUTHOR_H

/*
 * Whose mail a message claims to be: the author domain of RFC 9989, 4.2 and
 * 5.3.1, and all that is odd about the From field. DMARC and the header check
 * ask the same function, so that no two parts of the program can differ.
 *
 * There is an author domain only when there is exactly one From field, every
 * reading of which shows the same domain. Several mailboxes of one domain
 * have one author domain. Everything else has none, and DMARC is permerror.
 */

#include "rules/mail/addr_list.h"
#include "rules/mail/header.h"

enum author_status {
	AUTHOR_OK,
	AUTHOR_MISSING,   /* no From field */
	AUTHOR_MULTIPLE,  /* more than one */
	AUTHOR_EMPTY,     /* no mailbox in it */
	AUTHOR_GROUP,     /* group syntax (RFC 6854), which many do not know */
	AUTHOR_MALFORMED, /* no usable address */
	AUTHOR_AMBIGUOUS, /* software would differ in what it reads */
	AUTHOR_DOMAINS,   /* several author domains (RFC 9989, 11.5) */
};
#define AUTHOR_STATUS_COUNT (AUTHOR_DOMAINS + 1)
/* NULL at the end, as the words of a fact. */
extern const char *const author_status_names[AUTHOR_STATUS_COUNT + 1];

#define AUTHOR_FLAG_MAX 24

struct author {
	enum author_status status;
	const char *why;       /* static text, or NULL when OK */
	size_t fields;         /* From fields */
	struct span domain;    /* the author domain; "" unless OK */
	struct addr_list list; /* of the first From field; empty without one */
	struct span *domains;  /* all distinct ones in it, at most
	                          ADDR_MAILBOX_MAX */
	size_t domain_count;
	const char *flag[AUTHOR_FLAG_MAX]; /* of author_flags */
	size_t flag_count;
};

/* The names of all flags, for the manual: what each says of a From field. */
struct author_flag {
	const char *name;
	bool fatal; /* the message has no author domain then */
	const char *help;
};
extern const struct author_flag author_flags[];
extern const size_t author_flag_count;

/* Judges one field's value (unfolded and trimmed) as if it were the only. */
void author_of_field(struct span value, struct arena *a, struct author *out);
/*
 * Judges the whole header. anomalies are bits of enum header_anomaly: they
 * tell whether other software may see a From field where we see none.
 */
void author_find(const struct header_list *h, unsigned anomalies,
    struct arena *a, struct author *out);

/*
 * The same where author_of_field has read the first From field into *author
 * already; without such a field *author is overwritten.
 */
void author_complete(const struct header_list *h, unsigned anomalies,
    struct arena *a, struct author *author);

#endif
