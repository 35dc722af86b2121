/*
 * An entry of the store as one line of decimal numbers: when it expires, then
 * its own. What a shared engine keeps, whoever wrote it.
 */
#include "config.h"

#include "policy/store/store_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ours have 48 bits, or are times in microseconds, or count. */
#define NUMBER_MOST (INT64_C(1) << 59)

/* A shared engine may hold what none of ours wrote, and those who keep entries
 * add to their numbers: what could run over is no number. */
static int64_t
number_read(char **at, bool *ok)
{
	int64_t number = strtoll(*at, at, 10);

	*ok = *ok && number >= -NUMBER_MOST && number <= NUMBER_MOST;
	return number;
}

bool
store_text_read(struct span text, struct store_record *r)
{
	char room[STORE_TEXT_MAX], *at = room;
	bool ok = true;

	*r = (struct store_record){ 0 };
	if (text.n == 0 || text.n >= sizeof(room))
		return false;
	(void)memcpy(room, text.p, text.n);
	room[text.n] = '\0';
	r->expires_s = number_read(&at, &ok);
	while (*at == ' ' && r->count < STORE_NUMBERS_MAX)
		r->number[r->count++] = number_read(&at, &ok);
	if (ok && at == room + text.n && r->count > 0)
		return true;
	*r = (struct store_record){ 0 };
	return false;
}

size_t
store_text_write(const struct store_record *r, char out[STORE_TEXT_MAX])
{
	size_t n;

	if (r->count == 0)
		return 0;
	n = (size_t)snprintf(out, STORE_TEXT_MAX, "%" PRId64, r->expires_s);
	for (unsigned i = 0; i < r->count; i++)
		n += (size_t)snprintf(
		    out + n, STORE_TEXT_MAX - n, " %" PRId64, r->number[i]);
	return n;
}
