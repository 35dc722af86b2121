#ifndef MILTER_ENGINE_ENGINE_H
#define MILTER_ENGINE_ENGINE_H

/*
 * The MTA's side. An engine takes the MTA's connections, speaks the milter
 * protocol and hands what the MTA says to one set of handlers; what they
 * answer it carries to the MTA. It knows nothing of what is judged, and
 * nobody else knows which engine it is.
 *
 * The life of one link: connect, helo (again after STARTTLS), then for each
 * message mail, rcpt ..., header ..., eoh, body ..., end; at last close.
 * abort may come at any point and ends the message, not the session. After
 * close another session may begin on the same connection (QUIT_NC): the
 * engine then starts with connect again. The handlers of one link come one
 * after another, but from changing threads.
 */

#include "policy/config/conf.h"
#include "policy/message/verdict.h"
#include "policy/tell/headers.h"
#include "rules/base/arena.h"
#include "rules/base/ip.h"
#include "rules/base/span.h"

struct engine_link_ops;

/*
 * Commands that the MTA may be told need no answer, when a connection begins,
 * because nothing is refused there: each answer is a wake-up on both sides.
 * What was agreed on holds for the connection, while a reload may bring rules
 * that refuse at once. Rejected: a snapshot that a connection keeps for good,
 * since a client can hold one for hours; and to end connections at a reload.
 * So the handlers give what they may not say at once as the answer to the end
 * of the message, and those who hear nothing at RCPT share one (judge.h,
 * session_unanswered).
 */
enum engine_silence {
	ENGINE_SILENT_MAIL = 1,
	ENGINE_SILENT_RCPT = 2,
	ENGINE_SILENT_EOH = 4,
};

enum engine_action {
	ENGINE_CONTINUE,
	ENGINE_ACCEPT, /* the message, or at connect and HELO the session */
	ENGINE_TEMPFAIL,
	ENGINE_REJECT,
	ENGINE_DISCARD,
};

/* What the MTA is told; its texts live until `ended`. */
struct engine_answer {
	enum engine_action action;
	struct reply reply; /* code 0: the MTA's own words */
	/* At the end of a message alone, and then with ENGINE_CONTINUE: */
	const struct header_edits *edits; /* or NULL */
	const char *quarantine;           /* why it is held; NULL: it is not */
};

/* One SMTP session of the MTA; the engine's own struct begins with it. */
struct engine_link {
	const struct engine_link_ops *ops;
	unsigned silent; /* enum engine_silence: what was agreed on */
	void *session; /* the handlers' own; NULL when the link is new */
	bool judging;  /* the same: a message's end has come, no answer yet */
	/* The same: the message has its answer, which its end will be given. */
	bool answered;
	struct engine_answer answer;
};

struct engine_link_ops {
	/* The value that the MTA gave the macro ("i", "{client_addr}"); a
	 * span without a pointer when it gave none. Lives until the handler
	 * returns. */
	struct span (*macro)(struct engine_link *link, const char *name);
	/*
	 * An answer has come that the message's end may wait for: the engine
	 * calls end_again soon. From any thread, while the link has a session;
	 * never waits. NULL: this engine calls `end`, which waits itself.
	 */
	void (*tell)(struct engine_link *link);
};

/* ESMTP parameters follow the path; the first argument is always there. */
struct engine_arguments {
	const struct span *arg;
	size_t count;
};

struct engine_handlers {
	/* Which commands need no answer now (enum engine_silence). Never
	 * another answer than ENGINE_CONTINUE is given where link->silent
	 * says so. */
	unsigned (*silence)(void);
	/* hostname is what the MTA says, "" for none; client.family 0: the
	 * MTA does not know the address. */
	void (*connect)(struct engine_link *link, struct span hostname,
	    struct ip client, uint16_t port);
	void (*helo)(struct engine_link *link, struct span helo);
	void (*mail)(struct engine_link *link,
	    const struct engine_arguments *arguments,
	    struct engine_answer *out);
	void (*rcpt)(struct engine_link *link,
	    const struct engine_arguments *arguments,
	    struct engine_answer *out);
	/* value begins with what stood behind the colon, its space too. */
	void (*header)(
	    struct engine_link *link, struct span name, struct span value);
	void (*eoh)(struct engine_link *link, struct engine_answer *out);
	void (*body)(struct engine_link *link, struct span chunk);
	/* Waits for what the message waits for. */
	void (*end)(struct engine_link *link, struct engine_answer *out);
	/*
	 * The same without waiting: true when the answer is there. Otherwise
	 * end_again is due at *again_ms (CLOCK_MONOTONIC) at the latest, and
	 * before that when ops->tell was called.
	 */
	bool (*end_begin)(struct engine_link *link, struct engine_answer *out,
	    int64_t *again_ms);
	bool (*end_again)(struct engine_link *link, struct engine_answer *out,
	    int64_t *again_ms);
	/* The answer to the end has been carried out, or could not be. */
	void (*ended)(struct engine_link *link);
	void (*abort)(struct engine_link *link);
	/* Releases the link's session. */
	void (*close)(struct engine_link *link);
};

struct engine {
	const char *name; /* as in the setting `engine` */
	/*
	 * Opens the socket for the MTA with mode and group where it is a unix
	 * socket; a stale one is removed. With the privileges of the start.
	 */
	bool (*open)(const struct config *c,
	    const struct engine_handlers *handlers, struct arena *a,
	    const char **why);
	/* Serves until the process is to end; false when it failed. */
	bool (*run)(void);
	/* When its own loop last came by (CLOCK_MONOTONIC); 0: not known. */
	int64_t (*alive_ms)(void);
	/* See libmilter_poll.c. */
	unsigned long (*spread)(void);
	/* What it is made of, for people: "libmilter 1.0.1". */
	void (*version)(char *out, size_t size);
};

enum engine_kind { ENGINE_NATIVE, ENGINE_LIBMILTER, ENGINE_KINDS };

/* The one that serves this process: native, unless another one was chosen. */
const struct engine *engine_chosen(void);
/* By the setting; at start, before the engine is opened. */
void engine_choose(enum engine_kind kind);
/* Of the other ones, too. */
const struct engine *engine_of(enum engine_kind kind);

/*
 * The macros that the MTA is asked for at each stage, by its number in the
 * protocol (that of libmilter/mfapi.h).
 */
struct engine_macro_list {
	unsigned stage;
	const char *names;
};
#define ENGINE_MACROS 6
extern const struct engine_macro_list engine_macros[ENGINE_MACROS];

#endif
