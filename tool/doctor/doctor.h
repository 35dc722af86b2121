#ifndef TOOL_DOCTOR_DOCTOR_H
#define TOOL_DOCTOR_DOCTOR_H

/*
 * What the parts of `verdict doctor` share: each answers one question and
 * adds what it finds, with the command or line that mends it.
 */

#include "policy/base/json.h"
#include "policy/dns/dns.h"
#include "tool/base/tool.h"

enum finding_level {
	FINDING_OK,
	FINDING_INFO,    /* nothing to do, but good to know */
	FINDING_UNKNOWN, /* it could not be tried; neither good nor bad */
	FINDING_WARN,
	FINDING_FAIL,
};

struct finding {
	enum finding_level level;
	const char *topic; /* "socket", "postfix", "resolver" ... */
	const char *text;
	const char *mend; /* NULL: nothing to do */
};

struct doctor {
	struct arena *arena;
	struct snapshot *snapshot;
	struct resolver *resolver; /* NULL: none could be had */
	bool canned;               /* the resolver is a zone */
	struct setting_list selectors;
	const char *reports;  /* where those of others lie; NULL: none */
	const char *sendmail; /* sendmail.cf; NULL: where it usually lies */
	uint16_t smtp_port;   /* of mail servers; 0: none is connected to */
	bool answers;         /* the daemon, on its milter socket */
	struct finding *finding;
	size_t count, cap;
};

/* Texts are copied. mend NULL: nothing to do. */
void doctor_found(struct doctor *d, enum finding_level level, const char *topic,
    const char *mend, const char *fmt, ...) ATTR_PRINTF(5, 6);

/* Waits for the answer. NULL without a resolver. Lives in the arena as long
 * as the batch. */
const struct dns_answer *doctor_ask(struct doctor *d, struct dns_batch *b,
    struct span name, enum dns_type type);

/*
 * For mends that are commands, which are pasted into a shell: text that stands
 * between single quotes already, and a word that may need some. In the arena.
 */
const char *doctor_quoted(struct doctor *d, const char *text);
const char *doctor_word(struct doctor *d, const char *text);

/* What a shell's command prints, in the arena; false when it can't be run. */
bool doctor_command(const char *command, struct arena *a, struct span *out);

/* Is the daemon there, and does it judge? */
void doctor_milter(struct doctor *d);
/* Does too much mail count as our own? Of the daemon's numbers. */
void doctor_direction(struct doctor *d, struct jsonr metrics);
/* Does Postfix hand its mail to it, in the right way? */
void doctor_postfix(struct doctor *d);
/* Does Sendmail, where it is set up to ask filters? */
void doctor_sendmail(struct doctor *d);
/*
 * Does an MTA whose setting `name` is size_max octets, 0 for no limit, take
 * larger messages than are read? change: how to set it to body.max.
 */
void doctor_size(struct doctor *d, const char *topic, const char *name,
    uint64_t size_max, const char *change);
/* May this user open the unix socket at path, by mode, owner and groups? */
void doctor_reach(struct doctor *d, const char *path, const char *user);
/* Does what users teach arrive? After doctor_milter. */
void doctor_learn(struct doctor *d);
/* Resolver, clock, disk, lists. */
void doctor_machine(struct doctor *d);
/* Can documents be read? */
void doctor_reader(struct doctor *d);
/* The libraries that the daemon runs with: known faults of theirs. */
void doctor_libraries(struct doctor *d);
/* What the world sees of a domain of ours. */
void doctor_domain(struct doctor *d, struct span domain);
/* Can the reports be sent that are wanted? */
void doctor_reporting(struct doctor *d);
/* What others have reported of it; nothing without d->reports. */
void doctor_reports(struct doctor *d, struct span domain);
/*
 * What its mail servers show with STARTTLS, and what the domain promises
 * about that. mx holds its MX records, or others where it has none.
 */
void doctor_tls(struct doctor *d, struct dns_batch *dns, struct span domain,
    const struct dns_answer *mx);
/* Says so, as a failure, when the answer could not be had. */
bool doctor_known(struct doctor *d, const struct dns_answer *a,
    const char *what, struct span name);

#endif
