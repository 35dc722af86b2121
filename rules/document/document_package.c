/*
 * Office Open XML (ECMA-376) keeps the targets of links apart from the text,
 * in members *.rels; OpenDocument has both in content.xml. Pictures, and files
 * inside, are members as of any archive and read by who lists those
 * (rules/content).
 */
#include "config.h"

#include "rules/document/document_inside.h"

#include "rules/document/unpack.h"
#include "rules/html/html.h"
#include "rules/html/html_charset.h"
#include "rules/html/html_entity.h"

#define TARGETS_MAX 1000               /* of one member */
#define PARTS_MAX   1000               /* with text, whatever they are called */
#define FIELDS_MAX  ((size_t)64 << 10) /* octets of instructions */

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

/* Sheets of macros, and links to other workbooks and programs. */
static bool
package_is_macro_sheet(struct span name)
{
	return span_case_starts(name, SPAN("xl/macrosheets/"));
}

static bool
package_is_exchange(struct span name)
{
	return span_case_starts(name, SPAN("xl/externalLinks/")) &&
	       span_case_ends(name, SPAN(".xml"));
}

static bool
package_is_relations(struct span name)
{
	return span_case_ends(name, SPAN(".rels"));
}

/*
 * Parts that programs read whatever they are called: the list of types says so
 * (part 2, 10.1.2), of each by its name or by the end of that.
 */
struct package {
	struct document *d;
	struct span part[PARTS_MAX]; /* "/name", or an extension */
	size_t count;
};

static bool
package_is_typed(const struct package *p, struct span name)
{
	size_t dot = span_find_last(name, '.');
	struct span end =
	    span_slice(name, dot == SIZE_MAX ? name.n : dot + 1, name.n);

	for (size_t i = 0; i < p->count; i++) {
		struct span part = p->part[i];

		if (part.p[0] == '/'
			? span_case_eq(span_slice(part, 1, part.n), name)
			: span_case_eq(part, end))
			return true;
	}
	return false;
}

static bool
package_wants(void *ctx, struct span name)
{
	struct package *p = ctx;

	if (span_case_ends(name, SPAN("vbaProject.bin")) ||
	    package_is_macro_sheet(name))
		p->d->macros = true;
	return package_is_relations(name) || package_is_text(name) ||
	       package_is_binary(name) || package_is_exchange(name) ||
	       package_is_typed(p, name);
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

/* The element that an attribute at that offset stands in; "<" is in no value. */
static struct span
package_element(struct span xml, size_t at)
{
	size_t from = at, end;

	while (from > 0 && xml.p[from - 1] != '<')
		from--;
	end = span_find(span_slice(xml, at, xml.n), '<');
	return span_slice(xml, from, end == SIZE_MAX ? xml.n : at + end);
}

static struct span
package_attribute(struct span element, const char *name)
{
	struct span rest = element, word = span_of(name), value;
	size_t at;

	while ((at = span_case_search(rest, word)) != SIZE_MAX) {
		value = package_value(rest, at + word.n);
		if (value.n > 0)
			return value;
		rest = span_slice(rest, at + word.n, rest.n);
	}
	return SPAN("");
}

/* A target of what is shown or done without a click (ECMA-376 part 1, 11.3
 * and 15). False: it leads nowhere but to the writer's own network. */
static bool
package_loads(struct document *d, struct span element, struct span target)
{
	static const char *const loaded[] = { "/attachedTemplate", "/oleObject",
		"/frame", "/subDocument", "/aFChunk" };
	struct span type = package_attribute(element, "Type");

	for (size_t i = 0; i < ARRAY_COUNT(loaded); i++) {
		if (!span_case_ends(type, span_of(loaded[i])))
			continue;
		if (document_is_abroad(target))
			d->acts |= DOCUMENT_LOADS;
		else if (i == 0)
			return false;
	}
	return true;
}

static void
package_relations(struct document *d, struct span xml)
{
	static const struct span wrap = SPAN_INIT("mhtml:");
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
		target = html_entity_value(target, d->arena);
		if (span_case_starts(target, wrap))
			target = span_slice(target, wrap.n, target.n);
		if (package_loads(d, package_element(xml, at), target))
			d->link(d->ctx, DOCUMENT_OFFICE, target);
	}
}

/*
 * What fields do: an instruction is one attribute, or the text of any number of
 * elements, which may tear it apart.
 */
static void
package_fields(struct document *d, struct span xml)
{
	static const struct span word = SPAN_INIT("instr");
	struct span rest = xml;
	struct buf all;
	size_t at;

	buf_init(&all, FIELDS_MAX);
	while ((at = span_search(rest, word)) != SIZE_MAX) {
		struct span text = package_value(rest, at + word.n);
		size_t end = span_find(rest, '>');

		rest = span_slice(rest, at + word.n, rest.n);
		if (text.n > 0) {
			(void)buf_printf(&all, " %.*s", SPAN_FMT(text));
			continue;
		}
		if (!span_starts(rest, SPAN("Text")))
			continue;
		end = span_find(rest, '>');
		rest = span_slice(
		    rest, end == SIZE_MAX ? rest.n : end + 1, rest.n);
		text = span_slice(rest, 0, span_find(rest, '<'));
		(void)buf_add_some(&all, text);
		/* Behind its own end. */
		rest = span_slice(rest, text.n + 2, rest.n);
		end = span_find(rest, '>');
		rest = span_slice(rest, end == SIZE_MAX ? rest.n : end, rest.n);
	}
	d->unseen = d->unseen || all.over;
	if (document_field_runs(buf_span(&all)))
		d->acts |= DOCUMENT_RUNS;
	buf_free(&all);
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
	package_fields(d, xml);
}

/* Another program is asked for data, which it is started for. */
static void
package_exchange(struct document *d, struct span xml)
{
	if (span_search(xml, SPAN("ddeLink")) != SIZE_MAX)
		d->acts |= DOCUMENT_RUNS;
}

static bool
package_is_xml(struct span octets)
{
	octets = span_trim(span_slice(octets, 0, 64));
	return octets.n == 0 || octets.p[0] == '<' || octets.p[0] == '\xff' ||
	       octets.p[0] == '\xfe' ||
	       span_starts(octets, SPAN("\xef\xbb\xbf"));
}

static void
package_member(void *ctx, struct span name, struct span octets, bool cut)
{
	struct document *d = ((struct package *)ctx)->d;

	d->unseen = d->unseen || cut;
	if (package_is_relations(name))
		package_relations(d, document_utf8(d, octets));
	else if (package_is_exchange(name))
		package_exchange(d, document_utf8(d, octets));
	else if (package_is_binary(name) || !package_is_xml(octets))
		document_binary(d, octets, true);
	else
		package_text(d, document_utf8(d, octets));
}

/* ---- types of parts -------------------------------------------------------- */

/* XML in which people's words may stand, and sheets of records. */
static bool
package_type_is_text(struct span type)
{
	static const char *const others[] = { "relationships+xml",
		"properties+xml", "styles+xml", "stylesWithEffects+xml",
		"settings+xml", "webSettings+xml", "fontTable+xml",
		"numbering+xml", "theme+xml", "themeOverride+xml",
		"tableStyles+xml", "presProps+xml", "viewProps+xml",
		"slideMaster+xml", "slideLayout+xml", "notesMaster+xml",
		"handoutMaster+xml", "calcChain+xml" };

	for (size_t i = 0; i < ARRAY_COUNT(others); i++)
		if (span_case_ends(type, span_of(others[i])))
			return false;
	return span_case_ends(type, SPAN("+xml")) ||
	       span_case_is(type, "application/vnd.ms-excel.worksheet") ||
	       span_case_is(type, "application/vnd.ms-excel.sharedStrings");
}

static bool
package_is_types(void *ctx, struct span name)
{
	(void)ctx;
	return span_case_is(name, "[Content_Types].xml");
}

static void
package_types(void *ctx, struct span name, struct span octets, bool cut)
{
	static const struct span word = SPAN_INIT("ContentType");
	struct package *p = ctx;
	struct document *d = p->d;
	struct span xml = document_utf8(d, octets);
	size_t at = 0, found;

	(void)name;
	d->unseen = d->unseen || cut;
	while ((found = span_search(span_slice(xml, at, xml.n), word)) !=
	       SIZE_MAX) {
		struct span element, part;

		at += found + word.n;
		if (!package_type_is_text(html_entity_value(
			span_trim(package_value(xml, at)), d->arena)))
			continue;
		if (p->count == PARTS_MAX) {
			d->unseen = true;
			break;
		}
		element = package_element(xml, at);
		part = package_attribute(element, "PartName");
		if (part.n == 0)
			part = package_attribute(element, "Extension");
		/* Octets in hexadecimal, which no program writes there. */
		d->unseen = d->unseen || span_find(part, '%') != SIZE_MAX;
		part = html_entity_value(part, d->arena);
		if (part.n > 0)
			p->part[p->count++] = part;
	}
}

/* ---- passwords ------------------------------------------------------------- */

static bool
package_is_manifest(void *ctx, struct span name)
{
	(void)ctx;
	return span_case_is(name, "META-INF/manifest.xml");
}

static void
package_manifest(void *ctx, struct span name, struct span octets, bool cut)
{
	struct document *d = ctx;

	(void)name;
	d->unseen = d->unseen || cut;
	if (span_search(octets, SPAN("encryption-data")) != SIZE_MAX)
		d->encrypted = d->unseen = true;
}

/* OpenDocument names members as ever, and says in one of them how they are
 * encrypted (part 2, 3.4); it begins with a member of its own. */
static bool
package_is_secret(struct document *d, struct span octets)
{
	struct span head = span_slice(octets, 30, 38);
	bool before = d->encrypted, secret;

	d->encrypted = false;
	if (span_is(head, "mimetype") &&
	    !unpack_zip(octets, &d->budget, d->arena, package_is_manifest,
		package_manifest, d))
		d->unseen = true;
	secret = d->encrypted;
	d->encrypted = before || secret;
	return secret;
}

void
document_package(struct document *d, struct span octets)
{
	struct package p = { .d = d };

	if (package_is_secret(d, octets))
		return;
	if (!unpack_zip(octets, &d->budget, d->arena, package_is_types,
		package_types, &p) ||
	    !unpack_zip(octets, &d->budget, d->arena, package_wants,
		package_member, &p))
		d->unseen = true;
}
