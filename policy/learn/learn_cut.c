/*
 * Keys, marks and cuts. Knows no file.
 */
#include "config.h"

#include "policy/learn/learn_cut.h"

#include <stdio.h>
#include <string.h>

#include "policy/base/hash.h"

/* So few that a mark may be far are cut off exactly. */
#define CUT_EXACT ((uint64_t)LEARN_MARK_ONE_IN * 16)

void
learn_sample_key(struct span features, char key[LEARN_KEY_OCTETS + 1])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t hash[HASH_SHA256_OCTETS];

	hash_sha256(features, hash);
	for (size_t i = 0; i < LEARN_KEY_OCTETS; i++)
		key[i] = hex[hash[i / 2] >> (i % 2 == 0 ? 4 : 0) & 0xf];
	key[LEARN_KEY_OCTETS] = '\0';
}

/* Hexadecimal digits spread evenly: one in 16, and of these one in 4. */
bool
learn_key_marked(const char *key)
{
	_Static_assert(LEARN_MARK_ONE_IN == 16 * 4, "two digits of a key");
	return key[0] == '0' && key[1] >= '0' && key[1] < '4';
}

int64_t
learn_oldest_s(int64_t now_s)
{
	const int64_t week_s = INT64_C(7) * LEARN_DAY_S;
	int64_t oldest_s = now_s - (int64_t)LEARN_SAMPLE_DAYS * LEARN_DAY_S;

	return oldest_s < 0 ? 0 : (oldest_s / week_s + 1) * week_s;
}

bool
learn_cut_next(struct learn_cut *c, int64_t time_s, const char *key)
{
	if (c->seen >= c->max)
		return false;
	c->seen++;
	if (c->max < CUT_EXACT || learn_key_marked(key)) {
		c->time_s = time_s;
		(void)snprintf(c->key, sizeof(c->key), "%s", key);
	}
	return c->seen < c->max;
}

bool
learn_cut_goes(const struct learn_cut *c, int64_t time_s, const char *key)
{
	return time_s < c->time_s ||
	       (time_s == c->time_s && strcmp(key, c->key) < 0);
}
