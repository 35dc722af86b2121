/*
 * What does a line of a list say? Comments, notes and ends, which all kinds
 * have, and the lines of the simple kinds: addresses, networks and words.
 * Domains, which come in many formats, are in list_domain.c.
 */
#include "config.h"

#include <string.h>

#include "rules/list/list_line.h"
#include "rules/match/needle.h"

#define DAY_S 86400

static bool
list_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool
list_token(struct span *rest, struct span *token)
{
	size_t start = 0, end;

	while (start < rest->n && list_blank(rest->p[start]))
		start++;
	for (end = start; end < rest->n && !list_blank(rest->p[end]); end++)
		;
	*token = span_slice(*rest, start, end);
	*rest = span_slice(*rest, end, rest->n);
	return end > start;
}

/* Where a comment starts that stands behind white space, or the end. */
static size_t
list_comment(struct span s, size_t from)
{
	for (size_t i = from; i < s.n; i++)
		if ((s.p[i] == '#' || s.p[i] == ';') &&
		    (i == 0 || list_blank(s.p[i - 1])))
			return i;
	return s.n;
}

/* Days since 1970-01-01 in the Gregorian calendar. */
static int64_t
list_days(uint64_t year, uint64_t month, uint64_t day)
{
	static const uint16_t before[] = { 0, 31, 59, 90, 120, 151, 181, 212,
		243, 273, 304, 334 };
	uint64_t past = year - 1;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return (int64_t)(past * 365 + past / 4 - past / 100 + past / 400 +
			 before[month - 1] + (leap && month > 2) + day - 1) -
	       719162;
}

static bool
list_day_parse(struct span s, int64_t *until_s)
{
	static const uint8_t longest[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };
	uint64_t year, month, day;

	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' ||
	    !span_number(span_slice(s, 0, 4), &year) ||
	    !span_number(span_slice(s, 5, 7), &month) ||
	    !span_number(span_slice(s, 8, 10), &day))
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 ||
	    day > longest[month - 1])
		return false;
	if (month == 2 && day == 29 &&
	    list_days(year, 3, 1) - list_days(year, 2, 29) != 1)
		return false;
	*until_s = (list_days(year, month, day) + 1) * DAY_S;
	return true;
}

/* Where the last token of s starts. */
static size_t
list_last_token(struct span s)
{
	size_t at = s.n;

	while (at > 0 && !list_blank(s.p[at - 1]))
		at--;
	return at;
}

/*
 * Takes "until 2026-12-31" off the end of text. What follows "until" and
 * starts with a digit is meant as a day, so it must be one.
 */
static bool
list_until(struct span *text, int64_t *until_s, struct list_fault *fault)
{
	size_t at = list_last_token(*text);
	struct span day = span_slice(*text, at, text->n);
	struct span before = span_trim(span_slice(*text, 0, at));
	struct span word =
	    span_slice(before, list_last_token(before), before.n);

	if (!span_case_is(word, "until") || !ascii_digit(day.p[0]))
		return true;
	if (!list_day_parse(day, until_s)) {
		*fault = (struct list_fault){
			"\"until\" takes a day: until 2026-12-31", day.p
		};
		return false;
	}
	*text = span_trim(span_slice(before, 0, before.n - word.n));
	return true;
}

/* A note without the signs and blanks it starts with. */
static struct span
list_note(struct span comment)
{
	size_t start = 0;

	while (start < comment.n &&
	       (comment.p[start] == '#' || comment.p[start] == ';' ||
		   list_blank(comment.p[start])))
		start++;
	return span_trim(span_slice(comment, start, comment.n));
}

/* Behind the closing quote of a quoted text that starts s; 0 for none. */
static size_t
list_quoted(struct span s)
{
	size_t end = 0;

	if (s.n < 2 || s.p[0] != '"')
		return 0;
	for (size_t i = 1; i < s.n; i++) {
		struct span tail = span_trim(span_slice(s, i + 1, s.n));

		if (s.p[i] != '"')
			continue;
		end = i + 1;
		if (tail.n == 0 || tail.p[0] == '#' || tail.p[0] == ';' ||
		    span_case_starts(tail, SPAN("until ")))
			break;
	}
	return end;
}

bool
list_line_split(struct span line, bool whole, struct list_line *out,
    struct list_fault *fault)
{
	struct span text = span_trim(line);
	size_t quoted, comment;
	struct span tail;

	*out = (struct list_line){ .text = text };
	if (text.n > 0 && (text.p[0] == '#' || text.p[0] == ';')) {
		out->text = SPAN("");
		return true;
	}
	if (whole) {
		quoted = list_pattern_end(text);
		if (quoted == SIZE_MAX)
			return true;
	} else {
		quoted = list_quoted(text);
	}
	comment = list_comment(text, quoted);
	out->note = list_note(span_slice(text, comment, text.n));
	tail = span_trim(span_slice(text, quoted, comment));
	if (!list_until(&tail, &out->until_s, fault))
		return false;
	/* What is quoted stays in front of what is left behind it. */
	if (quoted == 0)
		out->text = tail;
	else
		out->text = span_make(text.p,
		    tail.n == 0 ? quoted : (size_t)(tail.p + tail.n - text.p));
	return true;
}

size_t
list_pattern_end(struct span text)
{
	bool escaped = false;

	if (text.n == 0 || text.p[0] != '/')
		return SIZE_MAX;
	for (size_t i = 1; i < text.n; i++) {
		if (text.p[i] == '/' && !escaped)
			return i;
		escaped = text.p[i] == '\\' && !escaped;
	}
	return SIZE_MAX;
}

static enum list_verdict
list_bad(struct list_fault *fault, const char *why, const char *at)
{
	*fault = (struct list_fault){ why, at };
	return LIST_LINE_BAD;
}

static enum list_verdict
list_take(struct list_sink sink, const struct list_record *r)
{
	return sink.take(sink.context, r) ? LIST_LINE_TAKEN : LIST_LINE_FULL;
}

/* ---- addresses ----------------------------------------------------------- */

enum list_verdict
list_line_address(struct list_file *f, struct span text, struct list_sink sink,
    struct list_fault *fault)
{
	char key[LIST_KEY_MAX], room[LIST_KEY_MAX];
	struct list_record r = { .flags = LIST_SELF };
	struct span domain;
	size_t at, n;

	if (text.n > 2 && text.p[0] == '<' && text.p[text.n - 1] == '>')
		text = span_slice(text, 1, text.n - 1);
	at = span_find_last(text, '@');
	if (at == SIZE_MAX)
		return list_bad(fault,
		    "no address: local@domain, @domain and local@ are", text.p);
	domain = span_slice(text, at + 1, text.n);
	if (at == 0 && domain.n > 0 && domain.p[0] == '.') {
		r.flags = LIST_BELOW;
		domain = span_slice(domain, 1, domain.n);
	}
	if (at == 1 && text.p[0] == '*')
		return list_bad(fault,
		    "a star stands for nothing here: @domain is all of a domain",
		    text.p);
	if (text.n == 1)
		return list_bad(fault, "an address without anything", text.p);
	if (domain.n > 0 &&
	    !list_domain(f->arena, domain, room, &domain, &fault->why)) {
		fault->at = text.p + at + 1;
		return LIST_LINE_BAD;
	}
	n = at + 1;
	if (n + domain.n > sizeof(key))
		return list_bad(fault, "an address over 255 octets", text.p);
	for (size_t i = 0; i < n; i++) {
		key[i] = ascii_lower(text.p[i]);
		if (list_blank(key[i]))
			return list_bad(
			    fault, "more than one address", text.p + i);
	}
	if (domain.n > 0)
		memcpy(key + n, domain.p, domain.n);
	r.key = span_make(key, n + domain.n);
	return list_take(sink, &r);
}

/* ---- networks ------------------------------------------------------------ */

struct span
list_network_key(struct ip ip, unsigned bits, char room[LIST_NETWORK_KEY_MAX])
{
	struct ip base = ip_mask(ip, bits);
	size_t n = (bits + 7) / 8;

	room[0] = (char)ip.family;
	room[1] = (char)(unsigned char)bits;
	memcpy(room + 2, base.octets, n);
	return span_make(room, n + 2);
}

static enum list_verdict
list_take_network(struct list_sink sink, struct ip ip, unsigned bits)
{
	char room[LIST_NETWORK_KEY_MAX], text[IP_TEXT_MAX + 4];
	struct list_record r = { .flags = LIST_SELF };
	unsigned full = ip.family == 4 ? 32 : 128;
	size_t n;

	(void)ip_format(ip_mask(ip, bits), text);
	n = strlen(text);
	if (bits < full) {
		text[n++] = '/';
		if (bits >= 100)
			text[n++] = (char)('0' + bits / 100);
		if (bits >= 10)
			text[n++] = (char)('0' + bits / 10 % 10);
		text[n++] = (char)('0' + bits % 10);
	}
	r.key = list_network_key(ip, bits, room);
	r.shown = span_make(text, n);
	return list_take(sink, &r);
}

/* Adds 2^(zero bits) to an address; false when it wraps around. */
static bool
list_ip_step(struct ip *ip, unsigned bits)
{
	unsigned i = bits - 1;
	unsigned add = 0x80U >> i % 8;

	for (size_t octet = i / 8 + 1; octet-- > 0;) {
		unsigned sum = ip->octets[octet] + add;

		ip->octets[octet] = (uint8_t)sum;
		if (sum <= 0xff)
			return true;
		add = 1;
	}
	return false;
}

static bool
list_ip_last_below(struct ip base, unsigned bits, struct ip last)
{
	size_t octets = base.family == 4 ? 4 : 16;
	struct ip end = base;

	for (size_t i = 0; i < octets; i++) {
		unsigned kept = bits < 8 * i        ? 0
				: bits >= 8 * i + 8 ? 8
						    : bits - (unsigned)(8 * i);

		end.octets[i] |= (uint8_t)(0xffU >> kept);
	}
	return memcmp(end.octets, last.octets, octets) <= 0;
}

/* first-last as the fewest networks. */
static enum list_verdict
list_take_range(struct list_sink sink, struct ip first, struct ip last)
{
	unsigned full = first.family == 4 ? 32 : 128;

	for (;;) {
		unsigned bits = full;
		enum list_verdict verdict;

		while (bits > 0 && ip_eq(ip_mask(first, bits - 1), first) &&
		       list_ip_last_below(first, bits - 1, last))
			bits--;
		verdict = list_take_network(sink, first, bits);
		if (verdict != LIST_LINE_TAKEN || bits == 0 ||
		    !list_ip_step(&first, bits) ||
		    memcmp(first.octets, last.octets, full / 8) > 0)
			return verdict;
	}
}

enum list_verdict
list_line_network(struct list_file *f, struct span text, struct list_sink sink,
    struct list_fault *fault)
{
	struct span token;
	struct ip_net net;
	struct ip last;
	size_t dash;

	(void)f;
	(void)list_token(&text, &token);
	if (span_trim(text).n > 0)
		return list_bad(
		    fault, "more than one network", span_trim(text).p);
	if (ip_net_parse(token, &net))
		return list_take_network(sink, net.base, net.bits);
	dash = span_find(token, '-');
	if (dash == SIZE_MAX ||
	    !ip_net_parse(span_slice(token, 0, dash), &net) ||
	    !ip_parse(span_slice(token, dash + 1, token.n), &last))
		return list_bad(fault,
		    "no network: 192.0.2.0/24 and 2001:db8::/32 are", token.p);
	if (net.base.family != last.family ||
	    memcmp(net.base.octets, last.octets, sizeof(last.octets)) > 0)
		return list_bad(
		    fault, "the range ends before it starts", token.p);
	return list_take_range(sink, net.base, last);
}

/* ---- words --------------------------------------------------------------- */

enum list_verdict
list_line_word(struct list_file *f, struct span text, struct list_sink sink,
    struct list_fault *fault)
{
	struct list_record r = { .flags = LIST_SELF };
	char key[LIST_KEY_MAX];

	(void)f;
	if (text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
		text = span_slice(text, 1, text.n - 1);
	if (text.n > sizeof(key))
		return list_bad(fault, "a word over 255 octets", text.p);
	r.key = span_make(key, needle_fold(text, false, key));
	return list_take(sink, &r);
}
