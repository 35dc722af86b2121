#ifndef POLICY_GEO_GEO_FILE_H
#define POLICY_GEO_GEO_FILE_H

/*
 * What files in MaxMind's format (GeoLite2, DB-IP, IPinfo ...) say of an
 * address. This is the only file that knows libmaxminddb; without it,
 * geo_file_open says so.
 */

#include "rules/base/arena.h"
#include "rules/base/ip.h"
#include "rules/base/span.h"

enum geo_key { GEO_ASN, GEO_AS_ORG, GEO_COUNTRY, GEO_CONTINENT, GEO_KEYS };

struct geo_file;

/*
 * Opens a copy of the octets, which need not outlive the call: a file that is
 * cut short or written over under a running daemon cannot end it then. NULL
 * with *why (static text) when they are no such file. May wait for memory
 * only; the result is read-only, for any number of threads.
 */
struct geo_file *geo_file_open(struct span octets, const char **why);
void geo_file_close(struct geo_file **f);

enum geo_answer {
	GEO_SAID,   /* *number for GEO_ASN, *text else, as the file has it */
	GEO_SILENT, /* the file says nothing of it */
	GEO_BROKEN, /* the file could not be read there, or not for IPv6 */
};
/* Looks up one address; text lives as long as the file. Never waits. */
enum geo_answer geo_file_ask(const struct geo_file *f, struct ip ip,
    enum geo_key key, struct span *text, double *number);

#endif
