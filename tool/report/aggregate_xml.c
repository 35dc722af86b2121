/*
 * The seam to expat. Element names are looked at without their namespace's
 * prefix, and by their parent alone: versions of the schema, and receivers,
 * differ in what is around them.
 */
#include "config.h"

#include "tool/report/aggregate.h"

#include <expat.h>
#include <string.h>

#include "rules/base/buf.h"
#include "rules/base/utf8.h"
#include "rules/text/rune.h"

#define NAME_MAX_KEPT 40
#define COUNT_MAX     UINT64_C(1000000000) /* of one record */

struct reader {
	XML_Parser parser;
	struct arena *arena;
	struct aggregate *out;
	struct aggregate_record *record; /* the one that is open, or NULL */
	char name[AGGREGATE_DEPTH_MAX][NAME_MAX_KEPT];
	unsigned depth;
	struct buf text;
	bool root_seen;
	const char *why; /* what we have stopped for */
};

/* ---- values --------------------------------------------------------------------------- */

/* Valid UTF-8 without what a terminal would obey, or hide behind. */
static struct span
value_text(struct reader *r)
{
	struct span text = utf8_clean(span_trim(buf_span(&r->text)), r->arena);
	char *p = arena_strdup(r->arena, text);
	size_t n = 0, next;
	uint32_t rune;

	for (size_t i = 0; i < text.n; i = next) {
		next = i + utf8_next(text, i, &rune);
		if (rune < ' ' || (rune >= 0x7f && rune < 0xa0) ||
		    rune_invisible(rune) || rune_bidi(rune))
			p[n++] = ' ';
		else
			while (i < next)
				p[n++] = text.p[i++];
	}
	return span_make(p, n);
}

static struct span
value_lower(struct reader *r)
{
	return arena_lower(r->arena, value_text(r));
}

/* The digits that it begins with: some write fractions of a second. */
static uint64_t
value_number(struct reader *r)
{
	struct span text = span_trim(buf_span(&r->text));
	size_t n = 0;
	uint64_t number = 0;

	while (n < text.n && ascii_digit(text.p[n]))
		n++;
	return span_number(span_slice(text, 0, n), &number) ? number : 0;
}

static int64_t
value_time(struct reader *r)
{
	uint64_t number = value_number(r);

	/* Milliseconds, where it would be the year 5000. */
	if (number > UINT64_C(100000000000))
		number /= 1000;
	return number > UINT64_C(100000000000) ? 0 : (int64_t)number;
}

/* ---- elements ---------------------------------------------------------------------------- */

static void
take_organization(struct reader *r)
{
	r->out->organization = value_text(r);
}

static void
take_email(struct reader *r)
{
	r->out->email = value_text(r);
}

static void
take_id(struct reader *r)
{
	r->out->id = value_text(r);
}

static void
take_begin(struct reader *r)
{
	r->out->begin_s = value_time(r);
}

static void
take_end(struct reader *r)
{
	r->out->end_s = value_time(r);
}

static void
take_domain(struct reader *r)
{
	r->out->domain = value_lower(r);
}

static void
take_p(struct reader *r)
{
	r->out->p = value_lower(r);
}

static void
take_source(struct reader *r)
{
	char text[IP_TEXT_MAX];
	struct ip ip;

	r->record->source = value_text(r);
	if (ip_parse(r->record->source, &ip))
		r->record->source =
		    arena_dup(r->arena, span_of(ip_format(ip, text)));
}

static void
take_count(struct reader *r)
{
	uint64_t count = value_number(r);

	r->record->count = count < COUNT_MAX ? count : COUNT_MAX;
}

static void
take_disposition(struct reader *r)
{
	struct span word = value_lower(r);

	r->record->disposition = span_is(word, "reject") ? AGGREGATE_REJECT
				 : span_is(word, "quarantine")
				     ? AGGREGATE_QUARANTINE
				     : AGGREGATE_NONE;
}

static void
take_dkim_aligned(struct reader *r)
{
	r->record->dkim_aligned = span_is(value_lower(r), "pass");
}

static void
take_spf_aligned(struct reader *r)
{
	r->record->spf_aligned = span_is(value_lower(r), "pass");
}

static void
take_reason(struct reader *r)
{
	struct aggregate_record *record = r->record;

	if (record->reason_count < AGGREGATE_PARTS_MAX)
		record->reason[record->reason_count++] = value_lower(r);
}

static void
take_header_from(struct reader *r)
{
	r->record->header_from = value_lower(r);
}

static void
take_envelope_from(struct reader *r)
{
	r->record->envelope_from = value_lower(r);
}

/* The signature that is open; what is beyond the bound is written over. */
static struct aggregate_auth *
dkim_open(struct reader *r)
{
	size_t n = r->record->dkim_count;

	return &r->record
		    ->dkim[n < AGGREGATE_PARTS_MAX ? n
						   : AGGREGATE_PARTS_MAX - 1];
}

static void
take_dkim_domain(struct reader *r)
{
	dkim_open(r)->domain = value_lower(r);
}

static void
take_dkim_selector(struct reader *r)
{
	dkim_open(r)->selector = value_lower(r);
}

static void
take_dkim_result(struct reader *r)
{
	dkim_open(r)->result = value_lower(r);
}

static void
take_dkim(struct reader *r)
{
	if (r->record->dkim_count < AGGREGATE_PARTS_MAX)
		r->record->dkim_count++;
}

static void
take_spf_domain(struct reader *r)
{
	r->record->spf.domain = value_lower(r);
}

static void
take_spf_result(struct reader *r)
{
	r->record->spf.result = value_lower(r);
}

static void
take_record(struct reader *r)
{
	r->record = NULL;
}

static void
take_feedback(struct reader *r)
{
	r->out->whole = true;
}

/* What the end of an element of this name and parent means. */
static const struct element {
	const char *parent, *name;
	bool of_record;
	void (*take)(struct reader *r);
} elements[] = {
	{ "report_metadata", "org_name", false, take_organization },
	{ "report_metadata", "email", false, take_email },
	{ "report_metadata", "report_id", false, take_id },
	{ "date_range", "begin", false, take_begin },
	{ "date_range", "end", false, take_end },
	{ "policy_published", "domain", false, take_domain },
	{ "policy_published", "p", false, take_p },
	{ "row", "source_ip", true, take_source },
	{ "row", "count", true, take_count },
	{ "policy_evaluated", "disposition", true, take_disposition },
	{ "policy_evaluated", "dkim", true, take_dkim_aligned },
	{ "policy_evaluated", "spf", true, take_spf_aligned },
	{ "reason", "type", true, take_reason },
	{ "identifiers", "header_from", true, take_header_from },
	{ "identities", "header_from", true, take_header_from },
	{ "identifiers", "envelope_from", true, take_envelope_from },
	{ "dkim", "domain", true, take_dkim_domain },
	{ "dkim", "selector", true, take_dkim_selector },
	{ "dkim", "result", true, take_dkim_result },
	{ "auth_results", "dkim", true, take_dkim },
	{ "spf", "domain", true, take_spf_domain },
	{ "spf", "result", true, take_spf_result },
	{ "feedback", "record", true, take_record },
	{ "", "feedback", false, take_feedback },
};

/* ---- what expat calls ------------------------------------------------------------------------ */

static void
reader_stop(struct reader *r, const char *why)
{
	if (r->why == NULL)
		r->why = why;
	(void)XML_StopParser(r->parser, XML_FALSE);
}

static const char *
local_name(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon == NULL ? name : colon + 1;
}

static const char *
reader_parent(const struct reader *r)
{
	return r->depth == 0 ? "" : r->name[r->depth - 1];
}

static void
reader_record(struct reader *r)
{
	struct aggregate *out = r->out;

	if (out->count == AGGREGATE_RECORDS_MAX) {
		reader_stop(r, "it has more records than are read");
		return;
	}
	out->record = arena_grow(r->arena, out->record, &out->cap,
	    out->count + 1, sizeof(*out->record));
	r->record = &out->record[out->count++];
}

static void XMLCALL
reader_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct reader *r = ctx;
	const char *local = local_name(name);

	(void)attributes;
	if (r->depth == AGGREGATE_DEPTH_MAX || strlen(local) >= NAME_MAX_KEPT) {
		reader_stop(r, "it is nested deeper than reports are");
		return;
	}
	if (r->depth == 0 && strcmp(local, "feedback") != 0) {
		reader_stop(r, "it is XML, but no DMARC report");
		return;
	}
	r->root_seen = true;
	if (r->depth == 1 && strcmp(local, "record") == 0)
		reader_record(r);
	(void)strcpy(r->name[r->depth++], local);
	buf_clear(&r->text);
}

static void XMLCALL
reader_end(void *ctx, const XML_Char *name)
{
	struct reader *r = ctx;

	(void)name;
	if (r->depth == 0)
		return;
	r->depth--;
	for (size_t i = 0; i < ARRAY_COUNT(elements); i++)
		if (strcmp(elements[i].name, r->name[r->depth]) == 0 &&
		    strcmp(elements[i].parent, reader_parent(r)) == 0 &&
		    (!elements[i].of_record || r->record != NULL))
			elements[i].take(r);
	buf_clear(&r->text);
}

static void XMLCALL
reader_text(void *ctx, const XML_Char *text, int n)
{
	struct reader *r = ctx;

	(void)buf_add_some(&r->text, span_make(text, (size_t)n));
}

static void XMLCALL
reader_doctype(void *ctx, const XML_Char *name, const XML_Char *system,
    const XML_Char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	reader_stop(ctx, "it has a DOCTYPE, which no report has");
}

/* ---- a document --------------------------------------------------------------------------------- */

/* False when the document is not well-formed; encoding NULL: its own. */
static bool
reader_run(struct reader *r, struct span xml, const char *encoding)
{
	bool ok;

	*r->out = (struct aggregate){ .why = NULL };
	r->record = NULL;
	r->depth = 0;
	r->root_seen = false;
	r->why = NULL;
	buf_init(&r->text, AGGREGATE_TEXT_MAX);
	r->parser = XML_ParserCreate(encoding);
	if (r->parser == NULL)
		return false;
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, reader_start, reader_end);
	XML_SetCharacterDataHandler(r->parser, reader_text);
	XML_SetStartDoctypeDeclHandler(r->parser, reader_doctype);
	ok = XML_Parse(r->parser, xml.p, (int)xml.n, 1) == XML_STATUS_OK;
	XML_ParserFree(r->parser);
	buf_free(&r->text);
	return ok;
}

/* Does a reference stand at offset at that XML knows without a DOCTYPE? */
static bool
entity_is_known(struct span xml, size_t at)
{
	static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&quot;",
		"&apos;" };
	struct span rest = span_slice(xml, at, at + 10);

	for (size_t i = 0; i < ARRAY_COUNT(known); i++)
		if (span_starts(rest, span_of(known[i])))
			return true;
	return span_starts(rest, SPAN("&#")) &&
	       span_find(rest, ';') != SIZE_MAX;
}

/* Names of organizations are written with a bare "&", and worse. */
static struct span
document_mended(struct span xml, struct buf *out)
{
	for (size_t i = 0; i < xml.n; i++) {
		unsigned char c = (unsigned char)xml.p[i];

		if (c == '&' && !entity_is_known(xml, i))
			(void)buf_addz(out, "&amp;");
		else if (c < ' ' && !ascii_space((char)c))
			(void)buf_addc(out, ' ');
		else
			(void)buf_addc(out, (char)c);
	}
	return buf_span(out);
}

/* As it is; mended; and in the charset that those write who say another. */
static void
document_read(struct reader *r, struct span xml)
{
	struct buf mended;

	if (reader_run(r, xml, NULL) || r->why != NULL || r->out->whole)
		return;
	buf_init(&mended, xml.n * 5 + 1);
	xml = document_mended(xml, &mended);
	if (!reader_run(r, xml, NULL) && r->why == NULL && !r->out->whole) {
		struct aggregate first = *r->out;
		bool seen = r->root_seen;

		/* Cut off rather than in another charset: what was read the
		 * first time is as good. */
		if (!reader_run(r, xml, "ISO-8859-1") && !r->out->whole &&
		    r->out->count <= first.count) {
			*r->out = first;
			r->root_seen = seen;
		}
	}
	buf_free(&mended);
}

bool
aggregate_read(struct span xml, struct arena *a, struct aggregate *out)
{
	struct reader r = { .arena = a, .out = out };

	*out = (struct aggregate){ .why = "it is too large" };
	if (xml.n > AGGREGATE_OCTETS_MAX)
		return false;
	/* Some write white space, or a mark and then white space, before the
	 * declaration. */
	if (span_starts(xml, SPAN("\xef\xbb\xbf")))
		xml = span_slice(xml, 3, xml.n);
	document_read(&r, span_trim(xml));
	/* A record that was not ended is not one. */
	if (r.record != NULL && !out->whole && out->count > 0)
		out->count--;
	if (!out->whole)
		out->why = r.why != NULL ? r.why : "it is not well-formed XML";
	return r.root_seen && (out->whole || out->count > 0);
}
