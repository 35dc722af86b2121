#ifndef POLICY_MESSAGE_SESSION_H
#define POLICY_MESSAGE_SESSION_H

/*
 * struct session is one SMTP connection, struct message one transaction on
 * it. Both are facts for everybody below: checks read them, the functions in
 * session.c and judge.c alone write them. The MTA side (milter/, the tool,
 * the scenario tests) drives them through the session_* calls in judge.h.
 *
 * A struct message exists from connect on: the transaction that is to come.
 * When it ends the next one is made, with connect and HELO replayed.
 */

#include "policy/dns/dns.h"
#include "rules/base/arena.h"
#include "rules/base/buf.h"
#include "rules/base/ip.h"
#include "rules/fact/fact.h"
#include "rules/mail/header.h"
#include "rules/mime/mime_skeleton.h"

struct learner;
struct reader;
struct snapshot;
struct ruling;
struct store;
struct verdict;

enum direction {
	DIRECTION_INBOUND,
	DIRECTION_SUBMISSION,
	DIRECTION_LOCAL,
	DIRECTION_RELAY,
};
extern const char *const direction_names[4];

struct session {
	struct snapshot *snapshot; /* a reference */
	struct resolver *resolver;
	/* Called when an answer has come for this session (wait.h, waits_tell);
	 * NULL: its end is waited for. */
	void (*tell)(void *ctx);
	void *tell_ctx;
	struct store *store;     /* NULL: nothing is remembered */
	struct learner *learner; /* NULL: nothing is learned */
	struct reader *reader;   /* NULL: documents are not read */
	void *const *lent;       /* check_lent's */
	bool probe;              /* verdict doctor asks: see probe.h */
	bool rcpts_unanswered;   /* session_unanswered */
	struct arena *arena;
	struct ip client;        /* family 0: not known, not trusted */
	uint16_t client_port;    /* 0: not known */
	struct span client_name; /* what the MTA says; "" when it has none */
	struct span daemon_name; /* the MTA's {daemon_name} */
	struct span helo;        /* the last one, as given */
	struct span tls_version, tls_cipher; /* "" without TLS */
	unsigned tls_bits;
	bool tls_verified; /* the client's certificate */
	struct span tls_subject, tls_issuer;
	struct span hostname;    /* the MTA's {j}, or ours */
	struct message *message; /* the current transaction */
	unsigned helos;          /* that were listened to */
	unsigned messages;       /* transactions so far */
};

/* An envelope address, without angle brackets. */
struct envelope_address {
	struct span raw;    /* "" for the null reverse-path */
	struct span local;  /* "" when there is none */
	struct span domain; /* A-labels in lower case; "" when there is none or
	                       it is not a valid domain */
};

struct rcpt {
	struct envelope_address address;
	bool refused; /* by us, or by the MTA (SMFIP_RCPT_REJ) */
	bool refused_by_mta;
};

struct message {
	struct session *session;
	struct arena *arena;
	struct dns_batch *dns;
	struct waits *waits; /* for DNS and for all else that is asked */
	struct facts *facts;
	struct ruling *ruling;
	int64_t time_s;           /* unix time at which it is judged */
	int64_t kept_s;           /* the same for what is remembered: by a
	                             clock that has not jumped (store_time) */
	int64_t started_ms;       /* CLOCK_MONOTONIC */
	int64_t eom_ms;           /* when its end came; 0: not yet */
	char id[24];              /* the decision id */
	struct span queue_id;     /* "" until the MTA has one */
	enum direction direction; /* fixed at MAIL */

	/* Whom SPF, lists and reverse DNS judge: the client, or behind our own
	 * relay the first untrusted hop. family 0: not known. */
	struct ip client;
	struct span helo;

	enum stage stage; /* the last that the checks were told of */
	struct envelope_address sender;
	struct span auth_user, auth_type; /* "" without AUTH */
	uint64_t size_declared;           /* 0: not declared */
	bool smtputf8;
	struct rcpt *rcpt;
	size_t rcpt_count, rcpt_cap;

	struct header_list headers;
	struct author *author;     /* message_author's */
	bool author_whole;         /* by the whole header */
	unsigned header_anomalies; /* enum header_anomaly */
	struct buf body;           /* kept up to body.max, and of what is behind
	                              it the structure alone */
	size_t body_whole;         /* so much of it has no gaps */
	bool body_cut;             /* there was more than is kept whole */
	struct mime_skeleton skeleton;
	uint64_t body_octets; /* all of them */

	/* What it takes of the memory for all messages (budget.h), for the
	 * body among it; whether it was refused some. room NULL: no bound. */
	struct room *room;
	struct share_holder *room_holder;
	size_t room_held, room_body;
	bool room_short;

	/* Structural anomalies and limits that were met: names for
	 * X-Verdict's flags, each once (message_flag). */
	const char **flag;
	size_t flag_count, flag_cap;
	/* What could not be found out in time (message_incomplete). */
	const char **incomplete;
	size_t incomplete_count, incomplete_cap;

	unsigned apart; /* what it says of recipients: judge/apart.c's */
	/* The mildest refusal of a recipient that the MTA has not been told of
	 * (session_unanswered), or NULL. */
	const struct verdict *untold;
	/* What the store said (recall.h). */
	struct recalled *recalled;
	size_t recalled_count, recalled_cap;

	void **slot;        /* by check_index */
	bool envelope_only; /* a case without message: content is absent */
	bool skip_content;  /* it ended the process before: not parsed */
	bool mail_seen, body_started, judged;
	bool dns_awaited; /* its end had to wait for DNS */
};

/* Those of flags.def. */
enum own_flag {
#define FLAG(id, name, help) FLAG_##id,
#include "policy/message/flags.def"
#undef FLAG
	FLAG_COUNT
};
struct own_flag_row {
	const char *name, *help;
};
extern const struct own_flag_row own_flags[FLAG_COUNT];
void message_raise(struct message *m, enum own_flag flag);
/* Adds a flag once; name is static, of a table that `verdict words` shows. */
void message_flag(struct message *m, const char *name);
void message_incomplete(struct message *m, const char *what);

/* What SPF, DKIM, DMARC, lists and greylisting judge: inbound and relay. */
bool message_is_foreign(const struct message *m);

#endif
