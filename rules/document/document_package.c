/*
 * Office Open XML (ECMA-376) keeps the targets of links apart from the text,
 * in members *.rels; OpenDocument has both in content.xml.
 */
#include "config.h"

#include "rules/document/document_inside.h"

#include "rules/document/unpack.h"
#include "rules/html/html.h"
#include "rules/html/html_charset.h"
#include "rules/html/html_entity.h"

#define TARGETS_MAX  1000 /* of one member */
#define PICTURES_MAX 10   /* of a document, that are looked at */

/* Members with text; a star at the end stands for anything. */
static const char *const package_texts[] = { "word/document.xml",
	"word/header*", "word/footer*", "word/footnotes.xml",
	"word/comments.xml", "ppt/slides/slide*", "ppt/notesSlides/*",
	"xl/sharedStrings.xml", "xl/worksheets/sheet*", "content.xml",
	"styles.xml" };

static bool
package_is_text(struct span name)
{
	for (size_t i = 0; i < ARRAY_COUNT(package_texts); i++) {
		struct span want = span_of(package_texts[i]);

		if (want.p[want.n - 1] != '*') {
			if (span_case_eq(name, want))
				return true;
			continue;
		}
		want.n--;
		if (span_case_starts(name, want) &&
		    span_case_ends(name, SPAN(".xml")))
			return true;
	}
	return false;
}

/* Workbooks whose members are records and no XML ([MS-XLSB]). */
static bool
package_is_binary(struct span name)
{
	return span_case_starts(name, SPAN("xl/")) &&
	       span_case_ends(name, SPAN(".bin")) &&
	       (span_case_is(name, "xl/sharedStrings.bin") ||
		   span_case_starts(name, SPAN("xl/worksheets/sheet")));
}

static bool
package_is_relations(struct span name)
{
	return span_case_ends(name, SPAN(".rels"));
}

static struct span
package_extension(struct span name)
{
	size_t dot = span_find_last(name, '.');

	return dot == SIZE_MAX ? SPAN("") : span_slice(name, dot + 1, name.n);
}

/* Members with pictures, as Office and OpenDocument name them. */
static bool
package_is_picture(struct span name)
{
	static const char *const folder[] = { "word/media/", "ppt/media/",
		"xl/media/", "Pictures/" };

	for (size_t i = 0; i < ARRAY_COUNT(folder); i++)
		if (span_case_starts(name, span_of(folder[i])))
			return document_kind_of_extension(
				   package_extension(name)) == DOCUMENT_IMAGE;
	return false;
}

struct package {
	struct document *d;
	size_t pictures;
};

static bool
package_wants(void *ctx, struct span name)
{
	struct package *p = ctx;

	if (span_case_ends(name, SPAN("vbaProject.bin")))
		p->d->macros = true;
	if (package_is_picture(name))
		return p->d->image != NULL && p->pictures++ < PICTURES_MAX;
	return package_is_relations(name) || package_is_text(name) ||
	       package_is_binary(name);
}

/* The value of the attribute that ends before at; "" when none begins. */
static struct span
package_value(struct span xml, size_t at)
{
	struct span s = span_slice(xml, at, xml.n);
	char quote;

	while (s.n > 0 && ascii_space(s.p[0]))
		s = span_slice(s, 1, s.n);
	if (s.n == 0 || s.p[0] != '=')
		return SPAN("");
	do
		s = span_slice(s, 1, s.n);
	while (s.n > 0 && ascii_space(s.p[0]));
	if (s.n == 0 || (s.p[0] != '"' && s.p[0] != '\''))
		return SPAN("");
	quote = s.p[0];
	s = span_slice(s, 1, s.n);
	return span_slice(s, 0, span_find(s, quote));
}

static void
package_relations(struct document *d, struct span xml)
{
	static const struct span word = SPAN_INIT("Target");
	size_t at = 0, found, count = 0;

	while ((found = span_case_search(span_slice(xml, at, xml.n), word)) !=
	       SIZE_MAX) {
		struct span target;

		at += found + word.n;
		target = package_value(xml, at);
		if (target.n == 0 || !document_is_outside(target))
			continue;
		if (count++ == TARGETS_MAX) {
			d->unseen = true;
			return;
		}
		d->link(d->ctx, DOCUMENT_OFFICE,
		    html_entity_value(target, d->arena));
	}
}

/* Links and text of a member that is XML, read as a page. */
static void
package_text(struct document *d, struct span xml)
{
	struct html_page page;

	html_read(
	    html_of_xml(xml, d->arena), &html_limits_standard, d->arena, &page);
	for (size_t i = 0; i < page.link_count; i++)
		if (page.link[i].kind == HTML_LINK &&
		    document_is_outside(page.link[i].href))
			d->link(d->ctx, DOCUMENT_OFFICE, page.link[i].href);
	if ((page.flags & HTML_LIMIT) != 0)
		d->unseen = true;
	document_say(d, page.text);
}

static void
package_member(void *ctx, struct span name, struct span octets, bool cut)
{
	struct document *d = ((struct package *)ctx)->d;

	d->unseen = d->unseen || cut;
	if (package_is_picture(name))
		d->image(d->ctx, octets);
	else if (package_is_relations(name))
		package_relations(d, document_utf8(d, octets));
	else if (package_is_binary(name))
		document_binary(d, octets, true);
	else
		package_text(d, document_utf8(d, octets));
}

void
document_package(struct document *d, struct span octets)
{
	struct package p = { .d = d };

	if (!unpack_zip(octets, &d->budget, d->arena, package_wants,
		package_member, &p))
		d->unseen = true;
	if (p.pictures > PICTURES_MAX)
		d->unseen = true;
}
