#ifndef POLICY_LISTS_DNSLIST_STATE_H
#define POLICY_LISTS_DNSLIST_STATE_H

/* What dnslist_health.c keeps, for it and dnslist_report.c alone. */

#include <pthread.h>

#include "policy/lists/dnslist_health.h"

/* What an alert is about. */
enum dnslist_matter {
	MATTER_SUSPENDED,
	MATTER_RESUMED,
	MATTER_ERROR,
	MATTER_HITS,
};
#define MATTER_COUNT (MATTER_HITS + 1)
extern const char *const dnslist_matter_names[MATTER_COUNT];

/* One zone, all that the health's mutex guards. Lives as long as the health. */
struct dnslist_state {
	struct dnslist_state *next;
	struct dnslist_health *health;
	struct dnslist list; /* kind, names, probes: what a probe needs */
	const char *label;
	bool watched, probed, suspended, ipv6;
	const char *reason; /* static text; "" when it is well */
	const char *code;   /* that it answered instead, or NULL */
	int64_t since_s, next_probe_s;
	int64_t told_s[MATTER_COUNT]; /* last alert; 0: none */
	unsigned failed;              /* probes without answer in a row */
	unsigned silent;              /* questions without answer in a row */
	uint64_t asked, hits, other, failures, errors, suspensions;

	/* The share of hits, window by window. */
	unsigned window, window_hits;
	bool usual_known;
	double usual;
};

struct dnslist_health {
	struct dnslist_health_options options;
	int64_t base_s; /* unix time when the monotonic clock was zero */
	pthread_mutex_t mutex;
	struct arena *arena;
	struct dnslist_state *first;
	pthread_t thread;
	pthread_cond_t wake;
	bool running, stop;
};

#endif
