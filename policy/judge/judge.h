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

#include "policy/message/services.h"
#include "policy/message/session.h"
#include "policy/message/verdict.h"

struct client_tls {
	struct span version, cipher, subject, issuer;
	unsigned bits;
	bool verified;
};

/* Takes a reference to the snapshot; a message is judged by the one that is
 * current at MAIL, where judge->snapshot tells. */
struct session *session_new(
    const struct services *judge, struct snapshot *snapshot);
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
 * The same for those who have something else to do meanwhile: neither waits.
 * They return true when the verdict is there, and otherwise when they want
 * session_eom_again at the latest (CLOCK_MONOTONIC, ms); session_tell says
 * when it is worth while before that.
 */
bool session_eom_begin(struct session *s, struct span queue_id,
    struct verdict *out, int64_t *again_ms);
bool session_eom_again(
    struct session *s, struct verdict *out, int64_t *again_ms);
/*
 * tell is called whenever an answer has come that the session waits for, from
 * another thread and under its locks: it only notes that it was called, and
 * calls nothing here. Before session_connect.
 */
void session_tell(struct session *s, void (*tell)(void *ctx), void *ctx);
/*
 * The MTA of this session hears no answer to RCPT, for there was nothing to say
 * at RCPT when that was agreed on. Recipients are judged as ever and the answer
 * is for the caller to drop; the end of the message then says it: the refusal
 * where all of them are refused, and otherwise "come again", since who is not
 * refused cannot be told from who is. That message is not judged.
 */
void session_unanswered(struct session *s);
/*
 * The transaction is over, judged or not; what belonged to it is released and
 * the next one begins.
 */
void session_end_message(struct session *s);

#endif
