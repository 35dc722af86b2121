#ifndef POLICY_LOAD_PATTERN_CACHE_H
#define POLICY_LOAD_PATTERN_CACHE_H

/*
 * The databases of Hyperscan for the patterns of a snapshot's rules. They are
 * built by the commands `verdict compile`, `lint` and `reload` and lie in the
 * directory "cache" of the state directory, named by what is in them. Loading
 * a snapshot takes those that are there; all others are served by PCRE2 with
 * literal prefilters, and the answers are the same.
 */

#include "policy/message/snapshot.h"

/* Takes what is in the cache. Reads files. Before the snapshot is shared. */
void pattern_cache_attach(struct snapshot *s);

struct pattern_build {
	struct span name; /* of the fact whose texts it looks at, or the list */
	size_t patterns;
	bool wanted;     /* Hyperscan can help */
	bool fresh;      /* built now; else it was there */
	const char *why; /* NULL, or why there is none */
};

/*
 * Builds what is missing, set by set; built is called after each. False when
 * some set that wants a database has none. Then removes what other rules have
 * left there and nobody has written for a week. May take minutes; never called by
 * the daemon.
 */
bool pattern_cache_build(struct snapshot *s,
    void (*built)(void *ctx, const struct pattern_build *build), void *ctx);

#endif
