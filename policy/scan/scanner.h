#ifndef POLICY_SCAN_SCANNER_H
#define POLICY_SCAN_SCANNER_H

/*
 * Asks a scanner over a socket, for many messages at once and without a
 * thread for each: one thread moves the octets of all of them.
 *
 * A job lies in its message's arena. Its texts must stay as they are until it
 * is done or scanner_drop has returned.
 */

#include <sys/socket.h>

#include "policy/base/wait.h"
#include "policy/message/services.h"
#include "policy/scan/clamd.h"

struct scanner;

enum scan_state { SCAN_ASKED, SCAN_ANSWERED, SCAN_FAILED };

#define SCAN_TEXTS      2
#define SCAN_ANSWER_MAX 1024 /* octets of an answer that are read */

struct scan_job {
	/* Set by whoever asks. */
	struct sockaddr_storage address;
	socklen_t address_length;
	struct span text[SCAN_TEXTS]; /* in this order, as one */
	struct waits *waits;          /* is posted to at the end */
	uint16_t group;               /* on whose behalf (crowd_group) */
	/* To be read once scanner_done says so. */
	enum scan_state state;
	const char *problem; /* of SCAN_FAILED: static text */
	char answer[SCAN_ANSWER_MAX];
	size_t answered;
	/* scanner.c's. */
	struct scan_job *next;
	int fd; /* -1: in the queue */
	size_t piece, sent;
	bool quiet; /* it hears no more: what it says is read */
};

/*
 * Messages that are being scanned at once; more wait for their turn, which has
 * next whose network has the fewest, and no network has all.
 */
#define SCANS_AT_ONCE 8

/* The services' alert is told when the scanner does not answer. */
struct scanner *scanner_new(const struct services *s);
/* No job may be left. */
void scanner_free(struct scanner **s);
/* Starts it, or fails it at once. Never waits. */
void scanner_ask(struct scanner *s, struct scan_job *job);
/* Whether the answer or the failure is there. */
bool scanner_done(struct scanner *s, struct scan_job *job);
/*
 * It is not waited for any more; when it is not done it fails with the
 * problem, which is told. NULL: nobody wants to know.
 */
void scanner_drop(struct scanner *s, struct scan_job *job, const char *problem);

#endif
