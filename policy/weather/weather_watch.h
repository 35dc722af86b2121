#ifndef POLICY_WEATHER_WEATHER_WATCH_H
#define POLICY_WEATHER_WEATHER_WATCH_H

/*
 * Once a day, for the domains that rules watch: what DNS says of them is
 * compared with what it said the day before, and where it has changed and last
 * week's mail would fail, an alert says how many and why.
 */

#include "policy/base/clock.h"
#include "policy/message/snapshot.h"
#include "policy/store/store.h"
#include "policy/weather/weather.h"

#define WEATHER_WEEK_S ((int64_t)7 * 86400)

struct weather_watch {
	const char *journal; /* path */
	struct resolver *resolver;
	struct clock clock;
	struct store *store; /* remembers what DNS said; never NULL */
	void (*alert)(void *ctx, const char *key, const char *text);
	void *ctx;
};

/* weather_options.watched for the domains that the rules of a snapshot watch;
 * ctx points to one of these. */
struct weather_watched {
	const struct snapshot *snapshot;
	int64_t now_s;
};
bool weather_is_watched(void *ctx, struct span domain);

/*
 * Looks, if nobody has today (UTC) and the rules watch any domain. Returns how
 * many alerts were raised. Waits for DNS and for the disk.
 */
size_t weather_tick(struct weather_watch *w, const struct snapshot *s);
/* "from today 41 of 60 mails of the last week of ... would fail". */
const char *weather_sentence(const struct weather_domain *d, struct arena *a);

#endif
