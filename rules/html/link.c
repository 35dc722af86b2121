/*
 * One URL as browsers read it. Sets of links and the search for them in text
 * are in link_set.c; it does not know registrable domains.
 */
#include "config.h"

#include "rules/html/link_inside.h"

#include <string.h>

#include "rules/base/buf.h"
#include "rules/base/utf8.h"
#include "rules/text/domain.h"
#include "rules/text/rune.h"

#define HOST_OCTETS_MAX 1024

const char *const link_flag_names[LINK_FLAG_COUNT] = {
	"url-userinfo",
	"url-ip",
	"url-ip-odd",
	"url-port",
	"url-idn",
	"url-backslash",
	"url-escaped-host",
	"url-invisible",
	"url-bad-host",
};

const char *const link_kind_names[LINK_REDIRECT + 2] = {
	"text",
	"bare",
	"link",
	"image",
	"form",
	"load",
	"pdf",
	"office",
	"rtf",
	"svg",
	"calendar",
	"qr",
	"redirect",
	NULL,
};

/* ---- hosts ----------------------------------------------------------------- */

/* One number of an IPv4 address: 127, 0x7f or 0177. */
static bool
link_ip_number(struct span s, uint64_t *out, bool *odd)
{
	unsigned base = 10;

	if (span_case_starts(s, SPAN("0x"))) {
		base = 16;
		s = span_slice(s, 2, s.n);
	} else if (s.n > 1 && s.p[0] == '0') {
		base = 8;
		s = span_slice(s, 1, s.n);
	} else if (s.n == 0) {
		return false;
	}
	*odd = *odd || base != 10;
	*out = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = ascii_hex(s.p[i]);

		if (digit >= base || *out > UINT32_MAX)
			return false;
		*out = *out * base + digit;
	}
	return *out <= UINT32_MAX;
}

/* The "IPv4 parser" of the URL standard: one to four numbers. */
static bool
link_ipv4(struct span host, struct ip *ip, bool *odd)
{
	uint64_t number[4] = { 0 }, value = 0;
	size_t count = 0;
	struct span one;
	unsigned char octets[4];

	if (span_ends(host, SPAN(".")))
		host.n--;
	while (span_cut(&host, '.', &one)) {
		if (count == 4 || !link_ip_number(one, &number[count], odd))
			return false;
		count++;
	}
	if (count == 0)
		return false;
	*odd = *odd || count < 4;
	for (size_t i = 0; i + 1 < count; i++) {
		if (number[i] > 255)
			return false;
		value |= number[i] << (24 - 8 * i);
	}
	if (number[count - 1] >> (8 * (5 - count)) != 0)
		return false;
	value |= number[count - 1];
	for (size_t i = 0; i < 4; i++)
		octets[i] = (unsigned char)(value >> (24 - 8 * i));
	*ip = ip_from_v4(octets);
	return true;
}

/* Percent-decodes and drops what is not drawn, as UTS 46 maps it. */
static struct span
link_host_plain(struct span host, struct arena *a, unsigned *flags)
{
	char *octets = arena_alloc(a, host.n + 1);
	char *plain = arena_alloc(a, host.n + 1);
	size_t n = 0, m = 0;
	uint32_t rune;

	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];

		if (c == '%' && i + 2 < host.n &&
		    ascii_hex(host.p[i + 1]) < 16 &&
		    ascii_hex(host.p[i + 2]) < 16) {
			c = (char)(ascii_hex(host.p[i + 1]) << 4 |
				   ascii_hex(host.p[i + 2]));
			i += 2;
			*flags |= LINK_ESCAPED;
		}
		octets[n++] = c;
	}
	for (size_t i = 0; i < n;) {
		size_t length = utf8_next(span_make(octets, n), i, &rune);

		if (rune != UTF8_BAD &&
		    (rune_invisible(rune) || rune_bidi(rune))) {
			*flags |= LINK_INVISIBLE;
		} else {
			memcpy(plain + m, octets + i, length);
			m += length;
		}
		i += length;
	}
	return span_make(plain, m);
}

static bool
link_has_a_label(struct span host)
{
	struct span label;

	while (span_cut(&host, '.', &label))
		if (span_starts(label, SPAN("xn--")))
			return true;
	return false;
}

/* What is no domain name, so that a rule can still see it. */
static struct span
link_host_bad(struct span host, struct arena *a)
{
	char *p = arena_alloc(a, host.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < host.n; i++)
		if (host.p[i] > ' ' && host.p[i] <= '~')
			p[n++] = ascii_lower(host.p[i]);
	return span_make(p, n);
}

static void
link_set_ip(struct link *out, struct ip ip, struct arena *a)
{
	char text[IP_TEXT_MAX];

	out->host = arena_dup(a, span_of(ip_format(ip, text)));
	out->flags |= LINK_IP;
}

static void
link_read_host(struct link *out, struct span host, struct arena *a)
{
	const char *why;
	bool odd = false;
	struct ip ip;

	if (host.n > 2 && host.p[0] == '[') {
		if (span_ends(host, SPAN("]")))
			host.n--;
		if (ip_parse(span_slice(host, 1, host.n), &ip))
			link_set_ip(out, ip, a);
		else
			out->flags |= LINK_BAD_HOST;
		return;
	}
	host = link_host_plain(
	    span_slice(host, 0, HOST_OCTETS_MAX), a, &out->flags);
	if (link_ipv4(host, &ip, &odd)) {
		link_set_ip(out, ip, a);
		out->flags |= odd ? LINK_IP_ODD : 0;
	} else if (domain_to_ascii(host, a, &out->host, &why)) {
		if (link_has_a_label(out->host))
			out->flags |= LINK_IDN;
	} else {
		out->host = link_host_bad(host, a);
		out->flags |= LINK_BAD_HOST;
	}
}

/* ---- URLs ------------------------------------------------------------------ */

/* Schemes whose URLs have a host, and their ports. Those behind "file" have
 * programs of their own, which go to that host as well. */
static const struct {
	const char *scheme;
	uint64_t port;
} special[] = {
	{ "http", 80 },
	{ "https", 443 },
	{ "ftp", 21 },
	{ "ws", 80 },
	{ "wss", 443 },
	{ "file", 0 },
	{ "webcal", 80 },
	{ "webcals", 443 },
	{ "rdp", 3389 },
	{ "smb", 445 },
	{ "intent", 0 },
	{ "googlechrome", 80 },
	{ "googlechromes", 443 },
};

/* RFC 3986, 3.1: what stands before the first colon. */
static struct span
link_scheme(struct span url)
{
	size_t n = 0;

	while (n < url.n && n < 32 &&
	       (ascii_alnum(url.p[n]) || url.p[n] == '+' || url.p[n] == '-' ||
		   url.p[n] == '.'))
		n++;
	if (n == 0 || n >= url.n || url.p[n] != ':' || !ascii_alpha(url.p[0]))
		return SPAN("");
	return span_slice(url, 0, n);
}

static bool
link_slash(char c)
{
	return c == '/' || c == '\\';
}

static void
link_read_authority(
    struct link *out, struct span s, uint64_t port, struct arena *a)
{
	size_t at = span_find_last(s, '@'), colon;
	uint64_t given;

	if (at != SIZE_MAX) {
		out->flags |= LINK_USERINFO;
		s = span_slice(s, at + 1, s.n);
	}
	colon = span_find_last(s, ':');
	if (colon != SIZE_MAX &&
	    span_find(span_slice(s, colon, s.n), ']') == SIZE_MAX) {
		struct span digits = span_slice(s, colon + 1, s.n);

		if (span_number(digits, &given) && given != port)
			out->flags |= LINK_PORT;
		s.n = colon;
	}
	link_read_host(out, s, a);
}

/* Whether the colon at that offset ends a scheme. */
static bool
inside_scheme(struct span url, size_t colon)
{
	return link_scheme(url).n == colon;
}

bool
link_parse(struct span url, struct arena *a, struct link *out)
{
	struct span scheme, rest;
	size_t row = 0, end = 0;

	url = span_trim(url);
	*out = (struct link){ .url = url,
		.host = SPAN(""),
		.text = SPAN(""),
		.text_host = SPAN("") };
	scheme = link_scheme(url);
	/* "www.a.example:80" has no scheme. */
	if (span_case_starts(url, SPAN("www.")))
		scheme = SPAN("");
	rest = span_slice(url, scheme.n > 0 ? scheme.n + 1 : 0, url.n);
	out->scheme = scheme.n > 0 ? arena_lower(a, scheme) : SPAN("http");
	if (scheme.n == 0 && !span_case_starts(url, SPAN("www.")) &&
	    (url.n < 2 || !link_slash(url.p[0]) || !link_slash(url.p[1])))
		return false;
	while (row < ARRAY_COUNT(special) &&
	       !span_is(out->scheme, special[row].scheme))
		row++;
	if (row == ARRAY_COUNT(special))
		return scheme.n > 0;
	while (rest.n > 0 && link_slash(rest.p[0])) {
		out->flags |= rest.p[0] == '\\' ? LINK_BACKSLASH : 0;
		rest = span_slice(rest, 1, rest.n);
	}
	while (end < rest.n && !link_slash(rest.p[end]) && rest.p[end] != '?' &&
	       rest.p[end] != '#')
		end++;
	if (end < rest.n && rest.p[end] == '\\')
		out->flags |= LINK_BACKSLASH;
	link_read_authority(
	    out, span_slice(rest, 0, end), special[row].port, a);
	return true;
}

struct span
link_host_end(struct span url)
{
	size_t i = span_find(url, ':'), host;

	i = i == SIZE_MAX || !inside_scheme(url, i) ? 0 : i + 1;
	while (i < url.n && link_slash(url.p[i]))
		i++;
	for (host = i; i < url.n; i++) {
		char c = url.p[i];

		if (link_slash(c) || c == '?' || c == '#')
			return url;
		if (!ascii_alnum(c) && memchr("-._:@%[]", c, 8) == NULL)
			break;
	}
	while (i > host && memchr(".:-%", url.p[i - 1], 4) != NULL)
		i--;
	return i > host ? span_slice(url, 0, i) : url;
}
