/*
 * Shortcuts: files whose double click leads to an address, a share or another
 * computer's desktop. They are INI files, XML or, of Windows itself, records
 * with texts in two octets a character; what they have in common is looked
 * for, whatever the file is called.
 */
#include "config.h"

#include "rules/base/utf8.h"
#include "rules/content/content_inside.h"

#define LINKS_MAX 50 /* of one file */

static bool
shortcut_ends(char c)
{
	return (unsigned char)c <= ' ' || c == '"' || c == '<' || c == '>' ||
	       c == '\'' || c == ',';
}

static void
shortcut_add(struct content_reader *r, const char *scheme, struct span rest)
{
	size_t n = 0;

	while (n < rest.n && n < 2000 && !shortcut_ends(rest.p[n]))
		n++;
	rest = utf8_cut(rest, n);
	if (rest.n > 0 && (ascii_alnum(rest.p[0]) || rest.p[0] == '['))
		link_set_add(&r->out->links, LINK_LOAD,
		    span_of(arena_printf(
			r->arena, "%s%.*s", scheme, SPAN_FMT(rest))),
		    SPAN(""), SPAN(""));
}

void
content_read_shortcut(struct content_reader *r, struct span octets)
{
	static const struct {
		struct span mark; /* what a host follows */
		const char *scheme;
	} row[] = {
		{ SPAN_INIT("\\\\"), "file://" },
		{ SPAN_INIT("file://"), "file://" },
		{ SPAN_INIT("smb://"), "smb://" },
		{ SPAN_INIT("http://"), "http://" },
		{ SPAN_INIT("https://"), "https://" },
		{ SPAN_INIT("full address:s:"), "rdp://" },
		{ SPAN_INIT("gatewayhostname:s:"), "https://" },
	};
	/* Texts in UTF-16 become octets when each NUL goes. */
	struct span text = utf8_clean(
	    arena_without(r->arena, octets, SPAN("\0")), r->arena);

	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct span rest = text;
		size_t at;

		for (size_t k = 0;
		     (at = span_case_search(rest, row[i].mark)) != SIZE_MAX;
		     k++) {
			if (k == LINKS_MAX) {
				r->out->links.over = true;
				break;
			}
			rest = span_slice(rest, at + row[i].mark.n, rest.n);
			shortcut_add(r, row[i].scheme, rest);
		}
	}
}
