#ifndef POLICY_REPORT_REPORT_MAIL_H
#define POLICY_REPORT_REPORT_MAIL_H

/*
 * One report as a file and as a mail (RFC 9990, 3.1.4 and 3.2.1). Pure, but
 * for reading the rows.
 */

#include "policy/config/conf.h"
#include "policy/report/report_file.h"

/* Octets of a report before it is packed, and of the mail. */
#define REPORT_XML_MAX  ((size_t)256 << 20)
#define REPORT_MAIL_MAX ((size_t)64 << 20)

struct report_parts {
	struct span submitter; /* the domain of report.from */
	const char *file;      /* receiver!domain!begin!end!id.xml.gz */
	struct buf packed;     /* the file */
};

/*
 * Makes the file of a report; report_parts_free in any case. False: *why says
 * why (static text).
 */
bool report_parts_make(struct report_file *f, const struct config *c,
    const struct report_delivery *d, struct arena *a, struct report_parts *out,
    const char **why);
void report_parts_free(struct report_parts *p);

/*
 * The mail to one address; lines end in LF. date_s: of its Date. False: it is
 * too large.
 */
bool report_mail_write(const struct config *c, const struct report_delivery *d,
    const struct report_parts *p, struct span to, int64_t date_s,
    struct buf *out);

/* The domain of report.from, in A-labels; "" when it has none. */
struct span report_submitter(const struct config *c, struct arena *a);
/* What reports are signed with: report.organization, or the submitter. */
struct span report_organization(const struct config *c, struct arena *a);

/* "2026-11-28" of a day since 1970. */
void report_day_text(int64_t day, char out[16]);

#endif
