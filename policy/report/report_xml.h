#ifndef POLICY_REPORT_REPORT_XML_H
#define POLICY_REPORT_REPORT_XML_H

/*
 * Writing aggregate reports of DMARC (RFC 9990, 3.1.1). Whatever goes in, what
 * comes out is well-formed: &, <, > and quotes are escaped, what XML 1.0 does
 * not allow (controls, octets that are no UTF-8) becomes a question mark. Pure;
 * any thread; the buffer's .over tells whether there was room.
 */

#include "rules/base/buf.h"

/* <name>text</name>; name is ours. */
void report_xml_element(struct buf *out, const char *name, struct span text);

/* What stands above the rows. */
struct report_head {
	struct span organization, email, contact; /* contact "": none */
	struct span id;                           /* the Report-ID */
	int64_t begin_s, end_s;                   /* both are of the period */
	struct span published; /* report_row.h; XML already */
	struct span problem;   /* with the record; "" for none */
	uint64_t omitted;      /* messages for which there was no room */
};

void report_xml_begin(struct buf *out, const struct report_head *h);
/* rest: report_row.h; XML already. */
void report_xml_record(
    struct buf *out, struct span ip, uint64_t count, struct span rest);
void report_xml_end(struct buf *out);

#endif
