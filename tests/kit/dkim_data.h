#ifndef TESTS_KIT_DKIM_DATA_H
#define TESTS_KIT_DKIM_DATA_H

/* The signed messages and key records of tests/data/dkim. */

#include "policy/dns/dns.h"
#include "rules/base/arena.h"

#define DKIM_DATA_TIME 1767225600 /* when make.py signs */

/* A file of that directory. */
struct span dkim_data_read(struct arena *a, const char *name);
/* The key record at this name, "" when keys.txt has none. */
struct span dkim_data_record(struct arena *a, struct span owner);
/* All key records but the one at except (NULL: all). */
struct dns_zone *dkim_data_zone(struct arena *a, struct span except);

#endif
