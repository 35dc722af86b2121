/*
 * URLs inside of URLs: where redirectors, click counters and the handlers of
 * office programs lead. A redirector may unpack its parameter in any way, so
 * every text that looks like a URL counts, however often it is escaped, in
 * base64, in hexadecimal or in the notation of a well-known rewriter.
 */
#include "config.h"

#include <string.h>

#include "rules/base/utf8.h"
#include "rules/html/link.h"
#include "rules/html/link_inside.h"
#include "rules/text/decode.h"

#define INNER_ROUNDS 6  /* of unescaping */
#define INNER_DEPTH  4  /* of encodings inside one another */
#define INNER_MAX    32 /* of one link */

struct inner {
	struct link_set *set;
	size_t found;
};

static void inner_search(struct inner *in, struct span text, unsigned depth);

/* Whether so many octets may still be unpacked for this set of links. */
static bool
inner_room(struct inner *in, size_t octets)
{
	if (octets > LINK_INNER_OCTETS - in->set->unpacked) {
		in->set->over = true;
		return false;
	}
	in->set->unpacked += octets;
	return true;
}

static void
inner_add(struct inner *in, struct span url)
{
	struct link l;
	size_t n = 0;

	while (n < url.n && (unsigned char)url.p[n] > ' ' &&
	       memchr("\"<>|^`", url.p[n], 6) == NULL)
		n++;
	url = span_slice(url, 0, n);
	if (in->found >= INNER_MAX || !link_parse(url, in->set->arena, &l))
		return;
	if (l.host.n == 0 || (l.flags & LINK_BAD_HOST) != 0) {
		/* "https://a.example&x=1": the host ends before. */
		url = link_host_end(url);
		if (!link_parse(url, in->set->arena, &l) || l.host.n == 0)
			return;
	}
	in->found++;
	l.kind = LINK_REDIRECT;
	link_set_append(in->set, l);
}

/* ---- encodings ------------------------------------------------------------- */

/* "%u003a" and "\\u003a": four digits of an ASCII character at i, or 0. */
static char
inner_wide(struct span s, size_t i)
{
	unsigned c = 0;

	if (i + 5 >= s.n || s.p[i + 1] != 'u' || s.p[i + 2] != '0' ||
	    s.p[i + 3] != '0')
		return 0;
	for (size_t k = i + 4; k < i + 6; k++) {
		if (ascii_hex(s.p[k]) > 15)
			return 0;
		c = c << 4 | ascii_hex(s.p[k]);
	}
	return c < 0x7f ? (char)c : 0;
}

/* Each mark with two digits behind it is an octet; true where one was. */
static bool
inner_unescape(struct inner *in, struct span *s, char mark)
{
	char *p;
	size_t n = 0, escapes = 0;

	if (span_find(*s, mark) == SIZE_MAX || !inner_room(in, s->n))
		return false;
	p = arena_alloc(in->set->arena, s->n + 1);
	for (size_t i = 0; i < s->n; i++) {
		char c = s->p[i];

		if (c == mark && i + 2 < s->n && ascii_hex(s->p[i + 1]) < 16 &&
		    ascii_hex(s->p[i + 2]) < 16) {
			c = (char)(ascii_hex(s->p[i + 1]) << 4 |
				   ascii_hex(s->p[i + 2]));
			i += 2;
			escapes++;
		} else if (c == mark && inner_wide(*s, i) != 0) {
			c = inner_wide(*s, i);
			i += 5;
			escapes++;
		}
		p[n++] = (unsigned char)c < ' ' || c == 0x7f ? ' ' : c;
	}
	*s = utf8_clean(span_make(p, n), in->set->arena);
	return escapes > 0;
}

/* Base64 in either alphabet. */
static void
inner_base64(struct inner *in, struct span s, unsigned depth)
{
	struct buf octets;
	size_t n = 0;
	char *p;

	while (n < s.n && (ascii_alnum(s.p[n]) || s.p[n] == '+' ||
			      s.p[n] == '/' || s.p[n] == '-' || s.p[n] == '_'))
		n++;
	if (!inner_room(in, 2 * n))
		return;
	p = arena_alloc(in->set->arena, n + 1);
	for (size_t i = 0; i < n; i++)
		p[i] = s.p[i] == '-' ? '+' : s.p[i] == '_' ? '/' : s.p[i];
	buf_init(&octets, n);
	mime_transfer_decode(&octets, MIME_BASE64, span_make(p, n));
	inner_search(in,
	    utf8_clean(
		arena_dup(in->set->arena, buf_span(&octets)), in->set->arena),
	    depth + 1);
	buf_free(&octets);
}

static void
inner_hexadecimal(struct inner *in, struct span s, unsigned depth)
{
	size_t n = 0;
	char *p;

	while (2 * n + 1 < s.n && ascii_hex(s.p[2 * n]) < 16 &&
	       ascii_hex(s.p[2 * n + 1]) < 16)
		n++;
	if (!inner_room(in, n))
		return;
	p = arena_alloc(in->set->arena, n + 1);
	for (size_t i = 0; i < n; i++)
		p[i] = (char)(ascii_hex(s.p[2 * i]) << 4 |
			      ascii_hex(s.p[2 * i + 1]));
	inner_search(
	    in, utf8_clean(span_make(p, n), in->set->arena), depth + 1);
}

/* "https-3A__host_path", as a rewriter of links in mail writes them. */
static void
inner_dashes(struct inner *in, struct span s, unsigned depth)
{
	struct span text = span_slice(s, 0, span_find(s, '&'));
	char *p;

	if (!inner_unescape(in, &text, '-') || !inner_room(in, text.n))
		return;
	p = arena_strdup(in->set->arena, text);
	for (size_t i = 0; i < text.n; i++)
		if (p[i] == '_')
			p[i] = '/';
	inner_search(in, span_make(p, text.n), depth + 1);
}

/* ---- looking for them ------------------------------------------------------ */

static bool
inner_slash(struct span s, size_t i)
{
	return i < s.n && (s.p[i] == '/' || s.p[i] == '\\');
}

/* A scheme at the start, as browsers forgive its slashes. */
static bool
inner_scheme(struct span s)
{
	size_t n = span_case_starts(s, SPAN("https"))  ? 5
		   : span_case_starts(s, SPAN("http")) ? 4
		   : span_case_starts(s, SPAN("ftp"))  ? 3
						       : 0;

	return n > 0 && n + 1 < s.n && s.p[n] == ':' && inner_slash(s, n + 1);
}

/* "//host" as a value: a host follows, with a dot in it. */
static bool
inner_relative(struct span s, char before)
{
	size_t end = 2;

	if (memchr("=?#&|;,", before, 7) == NULL || !inner_slash(s, 0) ||
	    !inner_slash(s, 1))
		return false;
	while (end < s.n &&
	       (ascii_alnum(s.p[end]) || s.p[end] == '-' || s.p[end] == '.'))
		end++;
	return span_find(span_slice(s, 2, end), '.') != SIZE_MAX;
}

/*
 * Where base64 that holds a URL begins, for s that starts at i: what "http"
 * becomes depends on how many octets stand before it, three to a group.
 * SIZE_MAX for none.
 */
static size_t
inner_base64_begin(struct span s, size_t i)
{
	static const struct {
		struct span code;
		size_t before; /* characters of its group that stand before */
	} row[] = {
		{ SPAN_INIT("aHR0c"), 0 },  /* http */
		{ SPAN_INIT("SFRUU"), 0 },  /* HTTP */
		{ SPAN_INIT("YUhSMG"), 0 }, /* aHR0, once more in base64 */
		{ SPAN_INIT("h0dHA6"), 2 }, /* http: behind one octet */
		{ SPAN_INIT("h0dHBz"), 2 }, /* https */
		{ SPAN_INIT("odHRwO"), 3 }, /* http: behind two */
		{ SPAN_INIT("odHRwc"), 3 }, /* https */
	};

	for (size_t k = 0; k < ARRAY_COUNT(row); k++)
		if (span_starts(s, row[k].code))
			return i >= row[k].before ? i - row[k].before
						  : SIZE_MAX;
	return SIZE_MAX;
}

static void
inner_scan_base64(struct inner *in, struct span text, size_t i, unsigned depth)
{
	size_t begin = inner_base64_begin(span_slice(text, i, text.n), i);

	if (begin != SIZE_MAX)
		inner_base64(in, span_slice(text, begin, text.n), depth);
}

/* One look at a text, from its second octet on: the first may begin the URL
 * whose inside this is. */
static void
inner_scan(struct inner *in, struct span text, unsigned depth)
{
	for (size_t i = depth == 0 ? 1 : 0; i < text.n; i++) {
		struct span here = span_slice(text, i, text.n);
		char before = i == 0 ? '=' : text.p[i - 1];

		switch (text.p[i]) {
		case 'h':
		case 'H':
		case 'f':
		case 'F':
			if (inner_scheme(here))
				inner_add(in, here);
			else if (span_case_starts(here, SPAN("https-3A__")) ||
				 span_case_starts(here, SPAN("http-3A__")))
				inner_dashes(in, here, depth);
			else
				inner_scan_base64(in, text, i, depth);
			break;
		case '/':
		case '\\':
			if (inner_relative(here, before))
				inner_add(in, here);
			break;
		case 'a':
		case 'S':
		case 'Y':
		case 'o':
			inner_scan_base64(in, text, i, depth);
			break;
		case '6':
			if (!ascii_alnum(before) &&
			    span_starts(here, SPAN("68747470")))
				inner_hexadecimal(in, here, depth);
			break;
		default:
			break;
		}
	}
}

static void
inner_search(struct inner *in, struct span text, unsigned depth)
{
	if (depth > INNER_DEPTH)
		return;
	for (unsigned round = 0; round < INNER_ROUNDS; round++) {
		bool more;

		inner_scan(in, text, depth);
		more = span_search(text, SPAN("\\u00")) != SIZE_MAX &&
		       inner_unescape(in, &text, '\\');
		if (!inner_unescape(in, &text, '%') && !more)
			return;
	}
}

/* ---- without a scheme -------------------------------------------------------- */

static void
inner_add_host(struct inner *in, struct span rest)
{
	char *p;

	if (!inner_room(in, rest.n + 8))
		return;
	p = arena_alloc(in->set->arena, rest.n + 8);
	memcpy(p, "https://", 8);
	memcpy(p + 8, rest.p, rest.n);
	inner_add(in, span_make(p, rest.n + 8));
}

/*
 * "a--b-example.translate.goog" is a-b.example: a dash is a dot there, and two
 * are one.
 */
static void
inner_translated(struct inner *in, struct span host)
{
	struct span name = span_slice(host, 0, span_find(host, '.'));
	char *p = arena_alloc(in->set->arena, name.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < name.n; i++) {
		bool two =
		    name.p[i] == '-' && i + 1 < name.n && name.p[i + 1] == '-';

		p[n++] = name.p[i] == '-' && !two ? '.' : name.p[i];
		i += two;
	}
	inner_add_host(in, span_make(p, n));
}

/* The shares that a search of Windows goes to: "location:\\\\host\\x". */
static void
inner_location(struct inner *in, struct span url)
{
	static const struct span mark = SPAN_INIT("location:");
	size_t at;

	if (span_find(url, '%') != SIZE_MAX)
		(void)inner_unescape(in, &url, '%');
	at = span_case_search(url, mark);
	if (at == SIZE_MAX)
		return;
	url = span_slice(url, at + mark.n, url.n);
	if (inner_slash(url, 0) && inner_slash(url, 1))
		inner_add(in, url);
}

/*
 * A name alone is a host where all that stands there is one, and its last label
 * is a top-level domain but no extension of files that pages are made of.
 */
static bool
inner_is_host(const struct inner *in, struct span name)
{
	static const char *const files[] = { "html", "htm", "php", "asp", "js",
		"zip", "mov", "md", "py", "pl", "sh", "ps", "rs", "so", "cc" };
	size_t dot = span_find_last(name, '.');
	struct span last = span_slice(name, dot + 1, name.n);

	if (dot == SIZE_MAX || dot == 0 || in->set->is_tld == NULL)
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(files); i++)
		if (span_case_is(last, files[i]))
			return false;
	return in->set->is_tld(arena_lower(in->set->arena, last));
}

/* Hosts that stand in the path or as a value without "https://". */
static void
inner_schemeless(struct inner *in, struct span url)
{
	static const struct span before[] = { SPAN_INIT("/amp/s/"),
		SPAN_INIT("/amp/"), SPAN_INIT("ampproject.org/c/s/"),
		SPAN_INIT("ampproject.org/c/"),
		SPAN_INIT("ampproject.org/v/s/"), SPAN_INIT("?link="),
		SPAN_INIT("&link="), SPAN_INIT("?q="), SPAN_INIT("&q="),
		SPAN_INIT("?url="), SPAN_INIT("&url="), SPAN_INIT("?to="),
		SPAN_INIT("&to="), SPAN_INIT("?target="), SPAN_INIT("&target="),
		SPAN_INIT("?dest="), SPAN_INIT("&dest="),
		SPAN_INIT("?redirect="), SPAN_INIT("&redirect="),
		SPAN_INIT("?goto="), SPAN_INIT("&goto="), SPAN_INIT("?u="),
		SPAN_INIT("&u=") };

	if (span_find(url, '%') != SIZE_MAX)
		(void)inner_unescape(in, &url, '%');
	for (size_t i = 0; i < ARRAY_COUNT(before); i++) {
		size_t at = span_case_search(url, before[i]), n = 0;
		struct span rest;

		if (at == SIZE_MAX)
			continue;
		rest = span_slice(url, at + before[i].n, url.n);
		while (n < rest.n && (ascii_alnum(rest.p[n]) ||
					 rest.p[n] == '-' || rest.p[n] == '.'))
			n++;
		/* A host with a path behind it; names of files have none, and
		 * versions end in a digit. */
		if (n < rest.n && rest.p[n] == '/' &&
		    span_find(span_slice(rest, 0, n), '.') != SIZE_MAX &&
		    ascii_alpha(rest.p[n - 1]))
			inner_add_host(in, rest);
		else if ((n == rest.n || rest.p[n] == '&') &&
			 inner_is_host(in, span_slice(rest, 0, n)))
			inner_add_host(in, span_slice(rest, 0, n));
	}
}

void
link_set_add_inner(struct link_set *set, struct span url)
{
	struct inner in = { .set = set };
	struct link l;

	inner_search(&in, url, 0);
	if (span_case_starts(url, SPAN("search")))
		inner_location(&in, url);
	if (!link_parse(url, set->arena, &l))
		return;
	if (span_ends(l.host, SPAN(".translate.goog")))
		inner_translated(&in, l.host);
	if (span_find(url, '=') != SIZE_MAX ||
	    span_search(url, SPAN("/amp/")) != SIZE_MAX ||
	    span_ends(l.host, SPAN(".cdn.ampproject.org")))
		inner_schemeless(&in, url);
}
