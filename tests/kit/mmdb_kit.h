#ifndef TESTS_KIT_MMDB_KIT_H
#define TESTS_KIT_MMDB_KIT_H

/*
 * Writes a file in MaxMind's format (version 2.0, records of 24 bits), as
 * small as tests need.
 */

#include "rules/base/buf.h"
#include "rules/base/ip.h"

/* Keys and values that make the map of one network. A value is a text; with
 * "#" before it a number; and a key "a/b" stands in a map within the map. */
struct mmdb_row {
	const char *net;
	const char *pair[8]; /* key, value ..., NULL */
};

/* version 4 or 6: networks of which kind the rows name. */
void mmdb_make(
    const struct mmdb_row *row, size_t count, int version, struct buf *out);

#endif
