#ifndef TOOL_REPORT_AGGREGATE_H
#define TOOL_REPORT_AGGREGATE_H

/*
 * Aggregate reports that others have sent (RFC 9990, RFC 7489 Appendix C, and
 * what receivers make of them). Everything in them is a stranger's: sizes,
 * depth and texts are bounded, documents with a DOCTYPE are refused, so that
 * there are no entities to expand, and no text leaves here with control
 * characters in it.
 */

#include "rules/base/arena.h"
#include "rules/base/ip.h"

/* Octets of one report when it is unpacked. */
#define AGGREGATE_OCTETS_MAX  ((size_t)64 << 20)
#define AGGREGATE_DEPTH_MAX   32
#define AGGREGATE_TEXT_MAX    512
#define AGGREGATE_RECORDS_MAX 100000
/* Signatures of a record, and reasons, that are kept. */
#define AGGREGATE_PARTS_MAX 4

enum aggregate_disposition {
	AGGREGATE_NONE, /* and "pass" */
	AGGREGATE_QUARANTINE,
	AGGREGATE_REJECT,
};

/* Who was authenticated, whether that was aligned or not. */
struct aggregate_auth {
	struct span domain, selector, result;
};

struct aggregate_record {
	struct span source; /* an address, in one form where it is one */
	uint64_t count;
	enum aggregate_disposition disposition;
	bool dkim_aligned, spf_aligned;
	struct span header_from, envelope_from;
	struct aggregate_auth dkim[AGGREGATE_PARTS_MAX];
	size_t dkim_count;
	struct aggregate_auth spf; /* the last one that is given */
	struct span reason[AGGREGATE_PARTS_MAX]; /* types */
	size_t reason_count;
};

struct aggregate {
	struct span organization, email, id;
	int64_t begin_s, end_s; /* 0: not told */
	struct span domain, p;  /* of policy_published */
	struct aggregate_record *record;
	size_t count, cap;
	bool whole;      /* up to the end of the root element */
	const char *why; /* not whole: what ended it (static text) */
};

/*
 * Reads the XML of one report. False: it is none; out->why says why. True with
 * out->whole false: what came before the fault. All in the arena.
 */
bool aggregate_read(struct span xml, struct arena *a, struct aggregate *out);

/*
 * All reports in octets: an XML document, one in gzip or zip, or a mail with
 * any of them attached. why (static text): NULL, or why what should hold one
 * has none. name is for visit alone.
 */
typedef void aggregate_visit(void *ctx, const char *name,
    const struct aggregate *report, const char *why);
void aggregate_open(
    struct span octets, const char *name, aggregate_visit *visit, void *ctx);

#endif
