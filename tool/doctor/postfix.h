#ifndef TOOL_DOCTOR_POSTFIX_H
#define TOOL_DOCTOR_POSTFIX_H

/*
 * How Postfix is set up, as postconf(1) tells it: the parameters of main.cf,
 * and the smtpd services of master.cf with what each has of its own.
 */

#include "tool/doctor/doctor.h"

/* One service that runs smtpd(8). */
struct postfix_service {
	const char *name; /* "smtp/inet", "127.0.0.1:10025/inet" */
	bool chroot;
};

enum postfix_kind {
	POSTFIX_WORLD,  /* takes mail of anybody */
	POSTFIX_USERS,  /* of our own, who log in */
	POSTFIX_INSIDE, /* on loopback: mail that comes back from a filter */
	POSTFIX_OTHER,
};

/* A filter that is not ours, as it answered when it was first asked. */
struct postfix_filter {
	const char *socket;
	const char *silent; /* why it does not answer; NULL: it does */
};

struct postfix {
	struct doctor *d;
	struct span main;      /* "name = value" a line */
	struct span overrides; /* "service/type/name = value" a line */
	struct postfix_service *service;
	size_t count, cap;
	const char *listen; /* our socket, as postfix_milter gives it */
	struct postfix_filter *filter;
	size_t filter_count, filter_cap;
};

/*
 * Reads it all. False: there is no postconf, and *why is NULL; or it cannot
 * read main.cf, and *why is what it says.
 */
bool postfix_read(struct postfix *p, struct doctor *d, const char **why);
/* p NULL when this Postfix does not know the parameter. */
struct span postfix_main(const struct postfix *p, const char *name);
/* What the service has of its own; p NULL when it has main.cf's. */
struct span postfix_own(
    const struct postfix *p, const struct postfix_service *s, const char *name);
/* What holds for the service. */
struct span postfix_value(
    const struct postfix *p, const struct postfix_service *s, const char *name);

/* By the port that it listens on. */
enum postfix_kind postfix_kind(const struct postfix_service *s);
/* Whether the word stands in a list with blanks or commas between. */
bool postfix_word_in(struct span list, const char *word);

/* One filter of a list of milters. */
struct postfix_milter {
	struct span whole;   /* as it is written, with its braces */
	struct span text;    /* its socket: "unix:verdict/milter" */
	const char *socket;  /* comparable: "inet:127.0.0.1:8899", "unix:/p" */
	struct span options; /* of braces: "connect_timeout=5s, ..." */
};

/* Takes the next filter off *rest; false: there is none. */
bool postfix_milter_next(
    const struct postfix *p, struct span *rest, struct postfix_milter *out);
/* Its own setting, such as "content_timeout"; p NULL: it has none. */
struct span postfix_milter_option(
    const struct postfix_milter *m, const char *name);
/* "localhost" is 127.0.0.1; a relative path is below the queue directory. */
const char *postfix_socket(const struct postfix *p, struct span text);
/* "300s", "5m": seconds, or 0 when it can't be read. */
uint64_t postfix_seconds(struct span text);

/*
 * Those of a list that answer, and ours, with commas between; each is waited
 * for at most some seconds, once.
 */
const char *postfix_list_alive(struct postfix *p, struct span list);
/* Tells of those of a list that do not; change: the command up to its value. */
void postfix_filters(
    struct postfix *p, struct span list, const char *where, const char *change);

/* Who is taken for one of our own users? For doctor_postfix.c. */
void doctor_users(struct postfix *p);

#endif
