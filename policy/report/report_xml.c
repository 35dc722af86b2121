/*
 * The form of aggregate reports. What their rows say is report_row.c's.
 */
#include "config.h"

#include "policy/report/report_xml.h"

#include <stdio.h>

#include "rules/base/utf8.h"

static const char *
report_xml_escape(uint32_t rune)
{
	switch (rune) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&apos;";
	default:
		return NULL;
	}
}

/* XML 1.0, 2.2, without the C1 controls and what is no character. */
static bool
report_xml_allows(uint32_t rune)
{
	return (rune >= ' ' && rune < 0x7f) ||
	       (rune >= 0xa0 && rune < 0xfffe) ||
	       (rune >= 0x10000 && rune <= 0x10ffff);
}

static void
report_xml_text(struct buf *out, struct span text)
{
	uint32_t rune;

	for (size_t at = 0, n; at < text.n; at += n) {
		const char *escape;

		n = utf8_next(text, at, &rune);
		escape = report_xml_escape(rune);
		if (escape != NULL)
			(void)buf_addz(out, escape);
		else if (rune != UTF8_BAD && report_xml_allows(rune))
			(void)buf_add(out, span_slice(text, at, at + n));
		else
			(void)buf_addc(out, '?');
	}
}

void
report_xml_element(struct buf *out, const char *name, struct span text)
{
	(void)buf_printf(out, "<%s>", name);
	report_xml_text(out, text);
	(void)buf_printf(out, "</%s>", name);
}

static void
report_xml_number(struct buf *out, const char *name, int64_t number)
{
	(void)buf_printf(out, "<%s>%lld</%s>", name, (long long)number, name);
}

/* What the domain's owner should know beside the rows (3.1.5). */
static void
report_xml_error(struct buf *out, const struct report_head *h)
{
	char omitted[80] = "";
	struct buf text;

	if (h->problem.n == 0 && h->omitted == 0)
		return;
	buf_init(&text, 1000);
	if (h->problem.n > 0)
		(void)buf_printf(&text, "in the DMARC record: %.*s",
		    SPAN_FMT(span_slice(h->problem, 0, 200)));
	if (h->omitted > 0) {
		(void)snprintf(omitted, sizeof(omitted),
		    "%snot in this report: %llu message%s",
		    text.n > 0 ? "; " : "", (unsigned long long)h->omitted,
		    plural(h->omitted));
		(void)buf_addz(&text, omitted);
	}
	report_xml_element(out, "error", buf_span(&text));
	buf_free(&text);
}

void
report_xml_begin(struct buf *out, const struct report_head *h)
{
	(void)buf_addz(out,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<feedback xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\">\n"
	    "<version>1.0</version>\n<report_metadata>");
	report_xml_element(out, "org_name", h->organization);
	report_xml_element(out, "email", h->email);
	if (h->contact.n > 0)
		report_xml_element(out, "extra_contact_info", h->contact);
	report_xml_element(out, "report_id", h->id);
	(void)buf_addz(out, "<date_range>");
	report_xml_number(out, "begin", h->begin_s);
	report_xml_number(out, "end", h->end_s);
	(void)buf_addz(out, "</date_range>");
	report_xml_error(out, h);
	report_xml_element(
	    out, "generator", SPAN("verdict-milter " PACKAGE_VERSION));
	(void)buf_addz(out, "</report_metadata>\n<policy_published>");
	(void)buf_add(out, h->published);
	(void)buf_addz(out, "</policy_published>\n");
}

void
report_xml_record(
    struct buf *out, struct span ip, uint64_t count, struct span rest)
{
	(void)buf_addz(out, "<record><row>");
	report_xml_element(out, "source_ip", ip);
	report_xml_number(out, "count", (int64_t)count);
	(void)buf_add(out, rest);
	(void)buf_addz(out, "</record>\n");
}

void
report_xml_end(struct buf *out)
{
	(void)buf_addz(out, "</feedback>\n");
}
