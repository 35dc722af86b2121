/*
 * Office Open XML (ECMA-376) keeps the targets of links apart from the text,
 * in members *.rels; OpenDocument has both in content.xml.
 */
#include "config.h"

#include "rules/content/document.h"

#include "rules/base/utf8.h"
#include "rules/content/unpack.h"
#include "rules/html/html.h"
#include "rules/html/html_charset.h"
#include "rules/html/html_entity.h"
#include "rules/text/windows1252.h"

#define TARGETS_MAX 1000 /* of one member */

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

static bool
package_is_relations(struct span name)
{
	return span_case_ends(name, SPAN(".rels"));
}

static bool
package_wants(void *ctx, struct span name)
{
	(void)ctx;
	return package_is_relations(name) || package_is_text(name);
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

/* Targets outside of the package have a scheme, or the slashes of a share. */
static bool
package_is_outside(struct span target)
{
	size_t colon = span_find(target, ':');

	return span_starts(target, SPAN("\\\\")) ||
	       span_starts(target, SPAN("//")) ||
	       (colon != SIZE_MAX && colon < 16);
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
		if (target.n == 0 || !package_is_outside(target))
			continue;
		if (count++ == TARGETS_MAX) {
			d->unseen = true;
			return;
		}
		d->link(d->ctx, html_entity_value(target, d->arena));
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
		    package_is_outside(page.link[i].href))
			d->link(d->ctx, page.link[i].href);
	if ((page.flags & HTML_LIMIT) != 0)
		d->unseen = true;
	if (d->text == NULL || page.text.n == 0)
		return;
	if (d->text->n > 0)
		(void)buf_addc(d->text, '\n');
	(void)buf_add_some(
	    d->text, utf8_cut(page.text, d->text->max - d->text->n));
}

static void
package_member(void *ctx, struct span name, struct span octets, bool cut)
{
	struct document *d = ctx;
	struct buf text;
	struct span xml = octets;

	d->unseen = d->unseen || cut;
	buf_init(&text, octets.n * 3 + 1);
	if (!utf8_valid(octets) && western_repair(&text, octets))
		xml = arena_dup(d->arena, buf_span(&text));
	buf_free(&text);
	if (package_is_relations(name))
		package_relations(d, xml);
	else
		package_text(d, xml);
}

void
document_package(struct document *d, struct span octets)
{
	if (!unpack_zip(
		octets, &d->budget, d->arena, package_wants, package_member, d))
		d->unseen = true;
}
