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

bool
store_text_read(struct span text, struct store_record *r)
{
	char room[STORE_TEXT_MAX], *at = room;

	*r = (struct store_record){ 0 };
	if (text.n == 0 || text.n >= sizeof(room))
		return false;
	(void)memcpy(room, text.p, text.n);
	room[text.n] = '\0';
	r->expires_s = strtoll(at, &at, 10);
	while (*at == ' ' && r->count < STORE_NUMBERS_MAX)
		r->number[r->count++] = strtoll(at, &at, 10);
	if (at == room + text.n && r->count > 0)
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
