#ifndef POLICY_JUDGE_JUDGE_H
#define POLICY_JUDGE_JUDGE_H

/*
 * The life of one SMTP session, as whoever drives it sees it: the milter, the
 * tool and the scenario tests call these in the order of the SMTP commands
 * and carry out what comes back.
 *
 *   session_new, session_connect, session_helo (again after STARTTLS),
 *   { session_mail, session_rcpt..., session_header..., session_eoh,
 *     session_body..., session_eom }, session_free
 *
 * session_abort ends a transaction at any point and may come at any time.
 * Only session_eom waits: for the DNS answers of this message, up to the
 * `deadline`. One call at a time for a session, from any thread.
 */

#include "policy/base/clock.h"
#include "policy/message/session.h"
#include "policy/judge/verdict.h"

struct client_tls {
	struct span version, cipher, subject, issuer;
	unsigned bits;
	bool verified;
};

struct decision_ids;

/* What all sessions of a process share; read-only to them. */
struct judge {
	struct clock clock;
	struct resolver *resolver;
	struct store *store; /* NULL: nothing is remembered */
	struct decision_ids *ids;
	struct crash_memory *crash; /* NULL: what ended us is not remembered */
	struct room *room; /* NULL: no bound on all messages together */
	const char *hostname;
	/* Called once for every verdict that ends a transaction or refuses a
	 * recipient; may be NULL. In the session's thread; must not wait. */
	void (*judged)(
	    void *ctx, struct message *m, const struct verdict *v, size_t rcpt);
	/* States facts that are given instead of found, over those of the
	 * checks, each time before rules are asked at a stage; may be NULL. */
	void (*given)(void *ctx, struct message *m, enum stage stage);
	/* Something that an operator should know; may be NULL. key names the
	 * kind ("store lost", "list zen"), each of which is told at most once
	 * in a while; text is a sentence for a person. Both are copied. Any
	 * thread; never waits. */
	void (*alert)(void *ctx, const char *key, const char *text);
	void *ctx;
};
#define JUDGED_MESSAGE SIZE_MAX /* rcpt of the verdict on a whole message */

/* Takes a reference to the snapshot. */
struct session *session_new(
    const struct judge *judge, struct snapshot *snapshot);
/* Releases everything, a transaction under way included; NULL is fine. */
void session_free(struct session **s);

/*
 * The client connected. client.family 0: the MTA does not know the address.
 * name is what the MTA says it is called, "" when it has no verified name.
 * daemon_name is the listener's name in the MTA.
 */
void session_connect(struct session *s, struct ip client, uint16_t port,
    struct span name, struct span daemon_name, struct span hostname);
void session_helo(
    struct session *s, struct span helo, const struct client_tls *tls);

struct mail_parameters {
	struct span reverse_path; /* with or without <> */
	struct span auth_user, auth_type;
	uint64_t size; /* 0: not declared */
	bool smtputf8;
};
/* TLS again, because STARTTLS may have come since HELO; NULL: as before. */
void session_mail(struct session *s, const struct mail_parameters *p,
    const struct client_tls *tls, struct verdict *out);
/*
 * One recipient. refused_by_mta: the MTA has refused it itself; it is counted
 * but not judged. A verdict of TEMPFAIL or REJECT is for this recipient
 * alone; ACCEPT says "go on", for the message is not judged yet.
 */
void session_rcpt(struct session *s, struct span forward_path,
    bool refused_by_mta, struct span queue_id, struct verdict *out);
void session_header(struct session *s, struct span raw_name, struct span raw);
void session_eoh(struct session *s, struct span queue_id, struct verdict *out);
void session_body(struct session *s, struct span chunk);
/* The verdict on the whole message. Its texts live as long as the message. */
void session_eom(struct session *s, struct span queue_id, struct verdict *out);
/*
 * The transaction is over, judged or not; what belonged to it is released and
 * the next one begins.
 */
void session_end_message(struct session *s);

/* ---- decision ids -------------------------------------------------------- */

/* Short ids, unique across hosts: time, host and counter in base32. */
struct decision_ids *decision_ids_new(struct span hostname, uint32_t start);
void decision_ids_free(struct decision_ids **ids);
/* Any thread. */
void decision_id(struct decision_ids *ids, int64_t unix_s, char out[24]);

#endif
