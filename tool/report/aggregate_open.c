/*
 * From what comes by mail to the XML of reports: messages, gzip, zip.
 */
#include "config.h"

#include "rules/content/archive_one.h"
#include "rules/mime/mime_tree.h"
#include "tool/report/aggregate.h"

static const struct mime_limits open_limits = {
	.depth = 8, .parts = 100, .octets = AGGREGATE_OCTETS_MAX
};

static bool
open_is_packed(struct span octets)
{
	return span_starts(octets, SPAN("\x1f\x8b")) ||
	       span_starts(octets, SPAN("PK\x03\x04"));
}

static bool
open_is_xml(struct span octets)
{
	if (span_starts(octets, SPAN("\xef\xbb\xbf")))
		octets = span_slice(octets, 3, octets.n);
	/* UTF-16 begins with a mark. */
	return span_starts(span_trim(octets), SPAN("<")) ||
	       span_starts(octets, SPAN("\xff\xfe")) ||
	       span_starts(octets, SPAN("\xfe\xff"));
}

/* A document, packed or not. *left is how much may be unpacked: less with
 * each, for a mail may hold many that are small only as long as they are. */
static void
open_document(struct span octets, const char *name, size_t *left,
    struct arena *a, aggregate_visit *visit, void *ctx)
{
	struct aggregate report;
	const char *why;

	if (open_is_packed(octets)) {
		bool ok = archive_one_unpack(octets, *left, a, &octets, &why);

		*left -= octets.n;
		if (!ok) {
			visit(ctx, name, NULL, why);
			return;
		}
	}
	if (aggregate_read(octets, a, &report))
		visit(ctx, name, &report, report.why);
	else
		visit(ctx, name, NULL, report.why);
}

/* Could this part be a report, as opposed to the text that is around it? */
static bool
open_is_report(const struct mime_part *p, struct span octets)
{
	if (open_is_packed(octets))
		return true;
	return open_is_xml(octets) && !p->html &&
	       span_search(octets, SPAN("feedback")) != SIZE_MAX;
}

static void
open_mail(struct span octets, const char *name, struct arena *a,
    aggregate_visit *visit, void *ctx)
{
	struct header_list headers;
	struct mime_message mime;
	size_t left = AGGREGATE_OCTETS_MAX;
	unsigned anomalies = 0;
	bool any = false;
	struct span body;

	header_list_init(&headers, a);
	header_split(octets, &headers, &body, &anomalies);
	mime_parse(&headers, body, &open_limits, a, &mime);
	for (size_t i = 0; i < mime.count; i++) {
		const struct mime_part *p = &mime.part[i];
		struct span part;

		if (p->place != MIME_BODY)
			continue;
		part = mime_part_octets(&mime, p, AGGREGATE_OCTETS_MAX);
		if (!open_is_report(p, part))
			continue;
		open_document(part, name, &left, a, visit, ctx);
		any = true;
	}
	if (!any)
		visit(ctx, name, NULL, "there is no report in it");
}

void
aggregate_open(
    struct span octets, const char *name, aggregate_visit *visit, void *ctx)
{
	size_t left = AGGREGATE_OCTETS_MAX;
	struct arena *a = arena_new();

	if (open_is_packed(octets) || open_is_xml(octets))
		open_document(octets, name, &left, a, visit, ctx);
	else
		open_mail(octets, name, a, visit, ctx);
	arena_free(&a);
}
