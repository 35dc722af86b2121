/*
 * Which names of elements and attributes mean something, and what.
 */
#include "config.h"

#include "rules/html/html_name.h"

#include <limits.h>

const struct html_element html_element[TAG_COUNT] = {
	[TAG_OTHER] = { SPAN_INIT(""), NEST_ORDINARY, EL_INLINE },
#define LETTER(l)
#define X(id, name, nest, f) [TAG_##id] = { SPAN_INIT(name), NEST_##nest, f },
#include "rules/html/html_elements.def"
#undef X
#undef LETTER
	[TAG_FRAGMENT] = { SPAN_INIT(""), NEST_NOTHING,
	    EL_SPECIAL | EL_SCOPE | EL_MARKER },
};

/* The first element of each letter, and of the one behind z. */
static const unsigned char letter_first[27] = {
#define LETTER(l) TAG_##l##_FIRST,
#define X(id, name, nest, f)
#include "rules/html/html_elements.def"
#undef X
#undef LETTER
	TAG_FRAGMENT
};
_Static_assert(TAG_COUNT <= UCHAR_MAX, "letter_first holds octets");

/* name is want, which is in lower case, of the same length and begins alike. */
static bool
name_is(const char *name, struct span want)
{
	for (size_t i = 1; i < want.n; i++) {
		char c = name[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20);
		if (c != want.p[i])
			return false;
	}
	return true;
}

enum html_tag
html_name_tag(struct span name)
{
	unsigned letter =
	    name.n == 0 ? 0 : ((unsigned char)name.p[0] | 0x20U) - 'a';

	if (letter >= 26)
		return TAG_OTHER;
	for (unsigned i = letter_first[letter]; i < letter_first[letter + 1];
	     i++)
		if (html_element[i].name.n == name.n &&
		    name_is(name.p, html_element[i].name))
			return i;
	return TAG_OTHER;
}

enum html_attribute
html_name_attribute(struct span name)
{
	/* By length, so that most names are compared with none of it. */
	static const struct {
		struct span name;
		enum html_attribute id;
	} row[] = {
		{ SPAN_INIT("id"), ATTR_ID },
		{ SPAN_INIT("to"), ATTR_TO },
		{ SPAN_INIT("alt"), ATTR_ALT },
		{ SPAN_INIT("src"), ATTR_SRC },
		{ SPAN_INIT("data"), ATTR_DATA },
		{ SPAN_INIT("href"), ATTR_HREF },
		{ SPAN_INIT("ping"), ATTR_PING },
		{ SPAN_INIT("text"), ATTR_TEXT },
		{ SPAN_INIT("type"), ATTR_TYPE },
		{ SPAN_INIT("class"), ATTR_CLASS },
		{ SPAN_INIT("color"), ATTR_COLOR },
		{ SPAN_INIT("media"), ATTR_MEDIA },
		{ SPAN_INIT("style"), ATTR_STYLE },
		{ SPAN_INIT("value"), ATTR_VALUE },
		{ SPAN_INIT("action"), ATTR_ACTION },
		{ SPAN_INIT("hidden"), ATTR_HIDDEN },
		{ SPAN_INIT("poster"), ATTR_POSTER },
		{ SPAN_INIT("srcdoc"), ATTR_SRCDOC },
		{ SPAN_INIT("srcset"), ATTR_SRCSET },
		{ SPAN_INIT("values"), ATTR_VALUES },
		{ SPAN_INIT("bgcolor"), ATTR_BGCOLOR },
		{ SPAN_INIT("content"), ATTR_CONTENT },
		{ SPAN_INIT("background"), ATTR_BACKGROUND },
		{ SPAN_INIT("formaction"), ATTR_FORMACTION },
		{ SPAN_INIT("http-equiv"), ATTR_HTTP_EQUIV },
		{ SPAN_INIT("xlink:href"), ATTR_XLINK_HREF },
		{ SPAN_INIT("placeholder"), ATTR_PLACEHOLDER },
	};
	/* Where in row the names of a length begin. */
	static const unsigned char from[] = { 0, 0, 0, 2, 4, 9, 14, 20, 22, 22,
		22, 26, 27 };

	if (name.n > 2 && (name.p[0] | 0x20) == 'o' &&
	    (name.p[1] | 0x20) == 'n')
		return ATTR_EVENT;
	if (name.n + 1 >= sizeof(from))
		return ATTR_OTHER;
	for (unsigned i = from[name.n]; i < from[name.n + 1]; i++)
		if ((name.p[0] | 0x20) == row[i].name.p[0] &&
		    name_is(name.p, row[i].name))
			return row[i].id;
	return ATTR_OTHER;
}
