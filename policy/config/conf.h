#ifndef POLICY_CONFIG_CONF_H
#define POLICY_CONFIG_CONF_H

/*
 * verdict.conf: the settings that belong to no check, and the reader of the
 * file. Rows of checks stand in the checks; `verdict lint --show` lists all.
 */

#include "policy/config/setting.h"

struct diags;
struct snapshot;

enum config_mode { MODE_ENFORCE, MODE_MONITOR };
enum config_refuse { REFUSE_HELO, REFUSE_MAIL, REFUSE_RCPT };
enum config_addresses { ADDRESSES_PLAIN, ADDRESSES_HASHED };
enum config_log { LOG_SYSLOG, LOG_STDERR };
enum config_log_format { LOG_TEXT, LOG_JSON };

struct config {
	/* The process. */
	const char *listen;
	const char *socket_mode; /* octal */
	const char *socket_group;
	const char *user, *group;
	const char *pid_file;
	const char *control;       /* path of the control socket; "" for none */
	const char *state;         /* directory */
	struct setting_list store; /* see store_conf.h */
	setting_word store_fallback;
	setting_duration store_timeout;
	uint64_t store_entries;

	/* What is judged, and how far a verdict goes. */
	setting_word mode;
	setting_word refuse;
	struct setting_nets trust; /* local: not judged by SPF, DKIM, lists */
	struct setting_nets relay; /* our own other MX hosts */
	struct setting_list submission; /* {daemon_name}s that are submission */
	bool
	    unknown_defers; /* an unknown rule above makes a refusal temporary */

	/* Names. */
	const char *authserv_id;           /* "": the MTA's host name */
	struct setting_list authserv_also; /* further ids that are ours */

	/* DNS and time. */
	struct setting_list resolver;
	setting_duration dns_timeout;
	uint64_t dns_cache;
	setting_duration deadline; /* of one message at its end */

	/* Bounds. */
	setting_size body_max;   /* of a body that is kept for content checks */
	setting_size body_total; /* of all messages at once, see room.h */
	setting_size header_max;
	uint64_t rcpt_max;

	struct setting_list rules; /* files and patterns of files */
	bool compare;
	setting_duration lists_watch;

	/* For whoever watches. */
	const char *metrics;    /* 127.0.0.1:9897 or unix:PATH; "" for none */
	const char *alert_mail; /* address; "" for none */
	const char *alert_smtp; /* server on loopback */
	setting_duration alert_interval;
	double alert_temperror; /* percent; 0: never */
	double alert_refusals;  /* times; 0: never */
	/* The decision journal. */
	bool journal;
	setting_duration journal_keep;
	setting_size journal_size;
	setting_word journal_addresses;

	setting_word log;
	setting_word log_format;
};

extern const struct setting_row config_rows[];
extern const size_t config_row_count;

/*
 * Reads text (named file in messages) into the snapshot's settings, which
 * hold their defaults. All errors go to diags; false when there was one.
 */
bool config_read(struct snapshot *snap, const char *file, struct span text,
    struct diags *diags);

/* Gives every setting its default; makes the checks' structs. */
void config_standard(struct snapshot *snap);

/*
 * Calls each for every setting there is: the core's first, then check by
 * check. base is the struct that row fills; origin is "file:line", or NULL
 * for a default.
 */
typedef void config_visit(void *ctx, const struct setting_row *row,
    const void *base, const char *origin);
void config_each(const struct snapshot *snap, config_visit *visit, void *ctx);

#endif
