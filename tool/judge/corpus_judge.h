#ifndef TOOL_JUDGE_CORPUS_JUDGE_H
#define TOOL_JUDGE_CORPUS_JUDGE_H

/*
 * Judges all messages of a corpus as if they came in now: what was learned is
 * not asked, for it may have been learned of these very messages.
 */

#include "tool/judge/corpus.h"

struct resolver;
struct snapshot;
struct verdict;

struct corpus_judge {
	struct snapshot *snapshot;
	struct resolver *resolver; /* NULL: every name is NXDOMAIN */
	/* Client, HELO name, sender and recipient from Received and what the
	 * delivery wrote; without, nothing is known of them. */
	bool from_received;
	/* What came of each; the verdict lives until it returns. */
	void (*judged)(void *ctx, const char *name, const struct verdict *v);
	/* For the bar; in static memory or the caller's. */
	const char *(*progress)(void *ctx);
	void *ctx;
};

/* With a bar. False after messages on standard error: some file could not be
 * read. Waits for DNS if there is a resolver. */
bool corpus_judge(const struct corpus_judge *j, const struct corpus *c);

#endif
