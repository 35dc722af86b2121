/*
 * Domain names in one comparable form, and their labels. The only file that
 * knows libidn2.
 */
#include "config.h"

#include "rules/text/domain.h"

#include <idn2.h>

#include "rules/base/utf8.h"
#include "rules/text/rune.h"

/* Punycode takes quadratic time: no longer name can become a valid one. */
#define DOMAIN_INPUT_MAX 1024

static bool
domain_char(char c)
{
	return ascii_alnum(c) || c == '-' || c == '_';
}

/* An ASCII name without its trailing dot: charset and lengths. */
static bool
domain_check(struct span name, const char **why)
{
	struct span rest = name, label;
	struct ip ip;

	if (name.n == 0)
		*why = "empty domain";
	else if (name.n > DOMAIN_OCTETS_MAX)
		*why = "domain over 253 octets";
	else if (ip_parse(name, &ip))
		*why = "an IP address instead of a domain";
	else
		*why = NULL;
	while (*why == NULL && span_cut(&rest, '.', &label)) {
		if (label.n == 0)
			*why = "empty label in domain";
		else if (label.n > LABEL_OCTETS_MAX)
			*why = "domain label over 63 octets";
		for (size_t i = 0; i < label.n; i++)
			if (!domain_char(label.p[i]))
				*why = "character that no domain has";
	}
	return *why == NULL;
}

static struct span
domain_strip_dot(struct span name)
{
	return span_ends(name, SPAN(".")) ? span_slice(name, 0, name.n - 1)
					  : name;
}

/* The joiners have their places in names, and libidn2 knows them. */
static bool
domain_has_invisible(struct span name)
{
	for (size_t at = 0; at < name.n;) {
		uint32_t rune;

		at += utf8_next(name, at, &rune);
		if (rune != 0x200C && rune != 0x200D &&
		    (rune_invisible(rune) || rune_bidi(rune)))
			return true;
	}
	return false;
}

/*
 * libidn2 strips what is invisible and maps compatibility forms, of which
 * some hold ASCII punctuation (U+2100 is "a/c"): hence the check before and
 * the check after.
 */
static bool
domain_convert(
    struct span name, struct arena *a, struct span *out, const char **why)
{
	char *z, *ascii = NULL;
	int rc;

	if (!utf8_valid(name)) {
		*why = "domain is not UTF-8";
		return false;
	}
	if (domain_has_invisible(name)) {
		*why = "invisible character in domain";
		return false;
	}
	z = arena_strdup(a, name);
	rc = idn2_to_ascii_8z(z, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
	if (rc != IDN2_OK) {
		*why = "not a valid internationalized domain";
		return false;
	}
	*out = arena_dup(a, span_of(ascii));
	idn2_free(ascii);
	return true;
}

bool
domain_to_ascii(
    struct span name, struct arena *a, struct span *out, const char **why)
{
	struct span ascii = name;

	*out = SPAN("");
	if (name.n > DOMAIN_INPUT_MAX) {
		*why = "domain over 253 octets";
		return false;
	}
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7f) {
			*why = "control character in domain";
			return false;
		}
	if (!utf8_ascii(name) && !domain_convert(name, a, &ascii, why))
		return false;
	ascii = domain_strip_dot(ascii);
	if (!domain_check(ascii, why))
		return false;
	*out = arena_lower(a, ascii);
	return true;
}

bool
domain_is_host(struct span domain)
{
	struct span rest = domain, label;

	while (span_cut(&rest, '.', &label))
		if (label.n == 0 || label.p[0] == '-' ||
		    label.p[label.n - 1] == '-' ||
		    span_find(label, '_') != SIZE_MAX)
			return false;
	return domain.n > 0;
}

bool
domain_literal(struct span text, struct ip *ip)
{
	struct span inner = span_slice(text, 1, text.n - 1);

	if (text.n < 3 || text.p[0] != '[' || text.p[text.n - 1] != ']')
		return false;
	if (span_case_starts(inner, SPAN("IPv6:")))
		return ip_parse(span_slice(inner, 5, inner.n), ip);
	return ip_parse(inner, ip) && ip->family == 4;
}

bool
domain_is_sub(struct span name, struct span parent)
{
	if (parent.n == 0 || !span_case_ends(name, parent))
		return false;
	return name.n == parent.n || name.p[name.n - parent.n - 1] == '.';
}

size_t
domain_labels(struct span domain)
{
	size_t labels = domain.n > 0;

	for (size_t i = 0; i < domain.n; i++)
		labels += domain.p[i] == '.';
	return labels;
}

struct span
domain_parent(struct span domain)
{
	size_t dot = span_find(domain, '.');

	return dot == SIZE_MAX ? SPAN("")
			       : span_slice(domain, dot + 1, domain.n);
}

struct span
domain_suffix(struct span domain, size_t count)
{
	for (size_t n = domain_labels(domain); n > count; n--)
		domain = domain_parent(domain);
	return domain;
}
