/*
 * Files of Office by what they are, whatever their name: packages, compound
 * files of older versions, messages of Outlook and notebooks. Of the compound
 * files no more is known than where texts stand, whether there is a password,
 * and macros.
 */
#include "config.h"

#include "rules/document/document.h"

#include "rules/document/compound.h"
#include "rules/document/document_inside.h"

#define RECORDS_MAX 64 /* of a workbook, before which a password would stand */
#define SHEETS_MAX  5000 /* records before the end of those that name sheets */

enum { XLS_END = 0x0a, XLS_SHEET = 0x85, XLS_MACRO_SHEET = 1 };

/* ---- passwords: [MS-DOC] 2.5.2, [MS-XLS] 2.4.117, [MS-PPT] 2.3.2 ------------- */

static bool
office_doc_encrypted(struct span s)
{
	return span_little(s, 0, 2) == 0xa5ec &&
	       (span_little(s, 10, 2) & 0x100) != 0;
}

static bool
office_xls_encrypted(struct span s)
{
	for (unsigned i = 0; i < RECORDS_MAX && s.n >= 4; i++) {
		if (span_little(s, 0, 2) == 0x2f)
			return true;
		s = span_slice(s, 4 + span_little(s, 2, 2), s.n);
	}
	return false;
}

/* Sheets of macros are older than VBA ([MS-XLS] 2.4.28, 2.5.10). */
static bool
office_xls_macros(struct span s)
{
	for (unsigned i = 0; i < SHEETS_MAX && s.n >= 4; i++) {
		size_t kind = span_little(s, 0, 2);

		if (kind == XLS_END)
			return false;
		if (kind == XLS_SHEET &&
		    span_little(s, 4 + 5, 1) == XLS_MACRO_SHEET)
			return true;
		s = span_slice(s, 4 + span_little(s, 2, 2), s.n);
	}
	return false;
}

static bool
office_ppt_encrypted(struct span s)
{
	return span_little(s, 12, 4) == 0xf3d1c4df;
}

/* ---- streams ------------------------------------------------------------------ */

/* Where people's text stands, and what tells of a password there. */
static const struct office_row {
	const char *stream;
	bool text;
	bool (*encrypted)(struct span octets);
} office_rows[] = {
	{ "WordDocument", true, office_doc_encrypted },
	{ "Workbook", true, office_xls_encrypted },
	{ "Book", true, office_xls_encrypted },
	{ "PowerPoint Document", true, NULL },
	{ "Current User", false, office_ppt_encrypted },
};

static const struct office_row *
office_row_of(struct span name)
{
	for (size_t i = 0; i < ARRAY_COUNT(office_rows); i++)
		if (span_case_is(name, office_rows[i].stream))
			return &office_rows[i];
	return NULL;
}

/* What an object keeps the file of its program in: a stream of that alone. */
static bool
office_is_file(struct span octets)
{
	static const struct span mark[] = { SPAN_INIT("PK\3\4"),
		SPAN_INIT("%PDF-"), SPAN_INIT("{\\rt") };

	for (size_t i = 0; i < ARRAY_COUNT(mark); i++)
		if (span_starts(octets, mark[i]))
			return true;
	return compound_is(octets) || document_is_notebook(octets);
}

static void
office_stream(struct document *d, struct compound *c, size_t number)
{
	struct span name = c->entry[number].name;
	const struct office_row *row = office_row_of(name);
	bool cut;
	struct span octets = compound_read(c, number, &d->budget, &cut);

	d->unseen = d->unseen || cut;
	if (row != NULL && row->encrypted != NULL && row->encrypted(octets))
		d->encrypted = d->unseen = true;
	if (row != NULL && row->encrypted == office_xls_encrypted &&
	    office_xls_macros(octets))
		d->macros = true;
	if (span_case_is(name, "\1Ole10Native"))
		document_native(d, octets);
	else if (office_is_file(octets) && d->file != NULL)
		d->file(d->ctx, SPAN(""), octets, cut);
	document_binary(d, octets, row != NULL && row->text);
	document_binary_pictures(d, octets);
}

/* What Word and others read, also where Outlook reads something else of it. */
static void
office_compound(struct document *d, struct compound *c)
{
	bool outlook = document_is_outlook(c);

	d->unseen = d->unseen || c->broken;
	if (outlook)
		document_outlook(d, c);
	for (size_t i = 0; i < c->count; i++) {
		struct span name = c->entry[i].name;

		if (outlook && document_outlook_owns(c, i))
			continue;
		if (span_case_is(name, "EncryptedPackage"))
			d->encrypted = d->unseen = true;
		else if (span_case_is(name, "_VBA_PROJECT"))
			d->macros = true;
		if (!c->entry[i].storage && !d->encrypted)
			office_stream(d, c, i);
	}
}

static bool
office_is_text(struct span octets)
{
	for (size_t i = 0; i < octets.n && i < 512; i++) {
		unsigned char c = (unsigned char)octets.p[i];

		if (c < ' ' && c != '\t' && c != '\r' && c != '\n' && c != '\f')
			return false;
	}
	return octets.n > 0;
}

/* Pages, texts and RTF under a name of Office are read as what they are. */
void
document_office(struct document *d, struct span octets)
{
	struct compound c;

	if (compound_open(octets, d->arena, &c)) {
		office_compound(d, &c);
	} else if (compound_is(octets)) {
		d->unseen = true;
		document_binary(d, octets, false);
	} else if (document_is_notebook(octets)) {
		document_notebook(d, octets);
	} else if (!office_is_text(octets)) {
		document_package(d, octets);
	}
}
