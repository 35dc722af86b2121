#ifndef POLICY_WEATHER_WEATHER_MAIL_H
#define POLICY_WEATHER_WEATHER_MAIL_H

/* One message of the journal by the records of today. */

#include "policy/base/json.h"
#include "policy/weather/weather.h"

/* The questions about one domain's mail, each asked once. */
struct weather_dns {
	struct dns_batch *batch;
	struct arena *arena;
	int64_t wait_ms, now_s;
};

void weather_dns_begin(
    struct weather_dns *d, const struct weather_options *o, struct arena *a);
/* The same for the same answers, in whatever order they came. 48 bits. */
uint64_t weather_dns_hash(const struct weather_dns *d);
void weather_dns_end(struct weather_dns *d);

struct weather_mail {
	bool counts; /* it passed DMARC, or there was none */
	/* SPF or a signature of the author's own domain had passed: without
	 * DMARC anybody can send in its name. */
	bool vouched;
	bool fails, unknown;
	const char *why, *policy; /* fails; why in the arena */
};
/* author: the domain of it. */
void weather_judge(struct weather_dns *d, struct jsonr record,
    struct span author, struct arena *a, struct weather_mail *out);

#endif
