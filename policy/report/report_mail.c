/*
 * The names, the file and the mail of a report. Whether it is wanted and how
 * it is sent is report_send.c's.
 */
#include "config.h"

#include "policy/report/report_mail.h"

#include <stdio.h>
#include <time.h>

#include "policy/report/report_xml.h"
#include "rules/content/archive_one.h"
#include "rules/text/domain.h"

#define LINE_OCTETS 57 /* of base64, that make a line of 76 */

struct span
report_submitter(const struct config *c, struct arena *a)
{
	struct span from = span_of(c->report_from), domain;
	size_t at = span_find_last(from, '@');
	const char *why;

	return at != SIZE_MAX &&
		       domain_to_ascii(
			   span_slice(from, at + 1, from.n), a, &domain, &why)
		   ? domain
		   : SPAN("");
}

struct span
report_organization(const struct config *c, struct arena *a)
{
	return c->report_organization[0] != '\0'
		   ? span_of(c->report_organization)
		   : report_submitter(c, a);
}

void
report_day_text(int64_t day, char out[16])
{
	time_t at = (time_t)(day * REPORT_DAY_S);
	struct tm tm = { .tm_mday = 1 };

	(void)gmtime_r(&at, &tm);
	(void)strftime(out, 16, "%Y-%m-%d", &tm);
}

/* ---- the file ------------------------------------------------------------------------ */

static void
mail_row(void *ctx, struct span ip, uint64_t count, struct span rest)
{
	report_xml_record(ctx, ip, count, rest);
}

bool
report_parts_make(struct report_file *f, const struct config *c,
    const struct report_delivery *d, struct arena *a, struct report_parts *out,
    const char **why)
{
	int64_t begin_s = d->day * REPORT_DAY_S;
	const struct report_head head = {
		.organization = report_organization(c, a),
		.email = span_of(c->report_from),
		.contact = span_of(c->report_contact),
		.id = d->id,
		.begin_s = begin_s,
		.end_s = begin_s + REPORT_DAY_S - 1,
		.published = d->published,
		.problem = d->problem,
		.omitted = d->omitted,
	};
	struct buf xml;
	bool ok;

	buf_init(&xml, REPORT_XML_MAX);
	buf_init(&out->packed, REPORT_MAIL_MAX / 2);
	out->submitter = report_submitter(c, a);
	out->file = arena_printf(a, "%.*s!%.*s!%lld!%lld!%.*s.xml.gz",
	    SPAN_FMT(out->submitter), SPAN_FMT(d->domain),
	    (long long)head.begin_s, (long long)head.end_s, SPAN_FMT(d->id));
	report_xml_begin(&xml, &head);
	*why = "its rows can't be read";
	ok = report_file_rows(f, d, mail_row, &xml);
	report_xml_end(&xml);
	if (ok) {
		*why = "it is too large";
		ok =
		    !xml.over && archive_one_pack(buf_span(&xml), &out->packed);
	}
	buf_free(&xml);
	return ok;
}

void
report_parts_free(struct report_parts *p)
{
	buf_free(&p->packed);
}

/* ---- the mail ------------------------------------------------------------------------- */

static void
mail_base64(struct buf *out, struct span octets)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < octets.n; i += 3) {
		uint32_t word = 0;
		size_t left = octets.n - i;

		for (size_t k = 0; k < 3; k++)
			word = word << 8 |
			       (k < left ? (unsigned char)octets.p[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			(void)buf_addc(
			    out, k <= left || k == 0
				     ? digits[word >> (18 - 6 * k) & 63]
				     : '=');
		if (i % LINE_OCTETS == LINE_OCTETS - 3 || left <= 3)
			(void)buf_addc(out, '\n');
	}
}

static void
mail_date(struct buf *out, int64_t date_s)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu",
		"Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t at = (time_t)date_s;
	struct tm tm = { .tm_mday = 1 };

	(void)gmtime_r(&at, &tm);
	(void)buf_printf(out, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\n",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Domains are long: each has a line of its own. */
static void
mail_header(const struct config *c, const struct report_delivery *d,
    const struct report_parts *p, struct span to, int64_t date_s,
    struct buf *out)
{
	(void)buf_printf(out,
	    "From: %s\n"
	    "To: %.*s\n"
	    "Subject: Report Domain: %.*s\n"
	    " Submitter: %.*s\n"
	    " Report-ID: <%.*s>\n",
	    c->report_from, SPAN_FMT(to), SPAN_FMT(d->domain),
	    SPAN_FMT(p->submitter), SPAN_FMT(d->id));
	mail_date(out, date_s);
	/* A mail that is sent again must be known to be the same one. */
	(void)buf_printf(out,
	    "Message-ID: <%.*s.%lld@%.*s>\n"
	    "Auto-Submitted: auto-generated\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: multipart/mixed; boundary=\"=_%.*s\"\n\n",
	    SPAN_FMT(d->id), (long long)d->number, SPAN_FMT(p->submitter),
	    SPAN_FMT(d->id));
}

static void
mail_text(const struct report_delivery *d, const struct report_parts *p,
    struct buf *out)
{
	char day[16];

	report_day_text(d->day, day);
	(void)buf_printf(out,
	    "--=_%.*s\n"
	    "Content-Type: text/plain; charset=us-ascii\n\n"
	    "This is a DMARC aggregate report (RFC 9990) on mail in the name "
	    "of\n%.*s, as %.*s received it on %s (UTC):\n"
	    "%llu message%s in %llu row%s. It is sent because the DMARC record "
	    "of that\ndomain asks for it (rua).\n\n",
	    SPAN_FMT(d->id), SPAN_FMT(d->domain), SPAN_FMT(p->submitter), day,
	    (unsigned long long)d->messages, plural(d->messages),
	    (unsigned long long)d->rows, plural(d->rows));
}

bool
report_mail_write(const struct config *c, const struct report_delivery *d,
    const struct report_parts *p, struct span to, int64_t date_s,
    struct buf *out)
{
	mail_header(c, d, p, to, date_s, out);
	mail_text(d, p, out);
	(void)buf_printf(out,
	    "--=_%.*s\n"
	    "Content-Type: application/gzip\n"
	    "Content-Transfer-Encoding: base64\n"
	    "Content-Disposition: attachment;\n"
	    " filename=\"%s\"\n\n",
	    SPAN_FMT(d->id), p->file);
	mail_base64(out, buf_span(&p->packed));
	(void)buf_printf(out, "--=_%.*s--\n", SPAN_FMT(d->id));
	return !out->over;
}
