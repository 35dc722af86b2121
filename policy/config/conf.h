#ifndef POLICY_CONFIG_CONF_H
#define POLICY_CONFIG_CONF_H

/*
 * The reader of verdict.conf, which knows no module: it is handed the rows of
 * all of them. And the settings that belong to no check; their rows stand in
 * policy/load/config_rows.c, since they know who reads their values. `verdict
 * lint --show` lists all.
 */

#include "policy/config/setting.h"

struct diags;

enum config_mode { MODE_ENFORCE, MODE_MONITOR };
enum config_recipients { RECIPIENTS_APART, RECIPIENTS_TOGETHER };
enum config_relay { RELAY_JUNK, RELAY_REFUSE };
enum config_refuse { REFUSE_HELO, REFUSE_MAIL, REFUSE_RCPT };
enum config_addresses { ADDRESSES_PLAIN, ADDRESSES_HASHED };
enum config_report { REPORT_OFF, REPORT_COLLECT, REPORT_ON };
enum config_log { LOG_SYSLOG, LOG_STDERR };
enum config_log_format { LOG_TEXT, LOG_JSON };

#define CONFIG_CONTACT_ID "%{id}"

struct config {
	/* The process. */
	const char *listen;
	const char *socket_mode; /* octal */
	const char *socket_group;
	setting_word engine; /* enum engine_kind of milter/engine/engine.h */
	const char *user, *group;
	const char *pid_file;
	const char *control;       /* path of the control socket; "" for none */
	const char *state;         /* directory */
	struct setting_list store; /* see store_conf.h */
	setting_word store_fallback;
	setting_duration store_timeout;
	/* Paths, "" for none: TLS with Redis, and its password. */
	const char *store_ca, *store_certificate, *store_key;
	const char *store_password_file;
	uint64_t store_entries;

	/* What is judged, and how far a verdict goes. */
	setting_word mode;
	setting_word refuse;
	setting_word recipients;     /* who are judged differently */
	setting_word relay_refusals; /* of mail from our own relay */
	/* For who is refused, "" for nobody; CONFIG_CONTACT_ID in it stands
	 * for the decision's id. */
	const char *reply_contact;
	struct setting_nets trust;   /* local: not judged by SPF, DKIM, lists */
	struct setting_nets relay;   /* our own other MX hosts */
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
	/* Copied to PostgreSQL; "": nowhere. */
	const char *journal_copy;
	setting_duration journal_copy_keep;
	/* Aggregate reports of DMARC. */
	setting_word report;
	const char *report_organization; /* "": the domain of report_from */
	const char *report_from;         /* address */
	const char *report_sender;       /* envelope; "": report_from */
	const char *report_contact;      /* "": none */
	const char *report_smtp;

	/* What is learned. */
	bool learn;
	setting_duration learn_keep; /* what decisions saw */
	uint64_t learn_kept;         /* of how many */
	const char *learn_socket;    /* for users' lessons; "" for none */
	const char *learn_group;

	setting_word log;
	setting_word log_format;
};

/* Rows of settings, and the struct that they fill. */
struct config_part {
	const struct setting_row *row;
	size_t count;
	void *base;
};

/* All settings that there are, in the order in which they are listed. */
struct config_parts {
	const struct config_part *part;
	size_t count;
	const char **origin; /* by setting: "file:line"; NULL: the default */
	struct arena *arena; /* for values that are no numbers */
};

/* Gives every setting its default. Needs part, count and arena alone. */
void config_standard(struct config_parts *parts);

/*
 * Reads text (named file in messages) into settings that hold their
 * defaults. All errors go to diags; false when there was one.
 */
bool config_read(const struct config_parts *parts, const char *file,
    struct span text, struct diags *diags);

/*
 * Calls visit for every setting. base is the struct that row fills; origin is
 * "file:line", or NULL for a default.
 */
typedef void config_visit(void *ctx, const struct setting_row *row,
    const void *base, const char *origin);
void config_each(
    const struct config_parts *parts, config_visit *visit, void *ctx);

#endif
