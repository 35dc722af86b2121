/*
 * Sets of links: those of HTML, those found in text, and those inside of
 * others. What one URL means is link.c's.
 */
#include "config.h"

#include <string.h>

#include "rules/base/utf8.h"
#include "rules/html/link_inside.h"
#include "rules/text/domain.h"
#include "rules/text/rune.h"

#define URL_OCTETS_MAX 8192

/*
 * Top-level domains that clients recognise without "http://" and that are
 * seldom the ends of other words. The whole list, which has "zip" and "mov",
 * is the owner's of a set; what a link shows and what it promises is looked for
 * by this one, for files are shown there by their names.
 */
static const char *const tld[] = { "com", "net", "org", "info", "biz", "edu",
	"gov", "int", "eu", "io", "co", "me", "tv", "cc", "us", "uk", "de",
	"fr", "nl", "ru", "cn", "jp", "br", "au", "ca", "it", "es", "pl", "ch",
	"at", "be", "se", "no", "dk", "fi", "cz", "in", "kr", "tr", "za", "mx",
	"ar", "top", "xyz", "online", "site", "shop", "club", "live", "store",
	"app", "dev", "link", "click", "icu", "vip", "work", "space", "fun",
	"website", "tech", "pro", "ly", "gl", "to", "su", "ua", "gr", "pt",
	"ro", "hu", "ie", "il", "ir", "hk", "tw", "sg", "my", "th", "vn", "id",
	"ph", "nz", "example", "test" };

void
link_set_init(struct link_set *set, size_t max, struct arena *a)
{
	*set = (struct link_set){ .arena = a, .max = max };
}

static bool
link_set_has(const struct link_set *set, const struct link *l)
{
	for (size_t i = 0; i < set->count; i++)
		if (span_eq(set->link[i].url, l->url) &&
		    span_eq(set->link[i].text, l->text))
			return true;
	return false;
}

void
link_set_append(struct link_set *set, struct link l)
{
	if (link_set_has(set, &l))
		return;
	if (set->count >= set->max) {
		set->over = true;
		return;
	}
	set->link = arena_grow(set->arena, set->link, &set->cap, set->count + 1,
	    sizeof(*set->link));
	set->link[set->count++] = l;
}

static bool text_bare(struct span word, bool (*is_tld)(struct span label),
    struct arena *a, struct span *host);

/* ---- links of HTML --------------------------------------------------------- */

static struct span
span_two(struct span x, struct span y, struct arena *a)
{
	char *p = arena_alloc(a, x.n + y.n + 1);

	memcpy(p, x.p, x.n);
	if (y.n > 0)
		memcpy(p + x.n, y.p, y.n);
	return span_make(p, x.n + y.n);
}

/* As far as it decides the host: "/x" and "x" stay on base's. */
static bool
link_resolve(
    struct span href, struct span base, struct arena *a, struct span *url)
{
	struct link l;
	size_t slash;

	*url = href;
	if (link_parse(href, a, &l))
		return true;
	if (base.n == 0 || !link_parse(base, a, &l))
		return false;
	slash = span_search(base, SPAN("//"));
	slash = slash == SIZE_MAX ? l.scheme.n + 1 : slash + 2;
	if (href.n > 0 && (href.p[0] == '/' || href.p[0] == '\\')) {
		while (slash < base.n && base.p[slash] != '/')
			slash++;
		*url = span_two(span_slice(base, 0, slash), href, a);
		return true;
	}
	for (size_t i = slash; i < base.n; i++)
		if (base.p[i] == '/')
			slash = i + 1;
	base = base.p[slash - 1] == '/' && slash > 8
		   ? span_slice(base, 0, slash)
		   : span_two(base, SPAN("/"), a);
	*url = span_two(base, href, a);
	return true;
}

static void
link_set_add_url(struct link_set *set, enum link_kind kind, struct span url,
    struct span text)
{
	struct link l;

	if (!link_parse(url, set->arena, &l))
		return;
	/* mailto, tel and the like lead to no host, but may hold one. */
	if (l.host.n == 0 && !span_is(l.scheme, "javascript") &&
	    !span_is(l.scheme, "file")) {
		link_set_add_inner(set, url);
		return;
	}
	l.kind = kind;
	l.text = text;
	if (kind == LINK_ANCHOR)
		l.text_host = link_text_host(text, set->arena);
	link_set_append(set, l);
	link_set_add_inner(set, url);
}

/*
 * "a.example/x" is relative to a browser, and mail programs that add a scheme
 * lead to that host: a known top-level domain makes it count both ways.
 */
void
link_set_add(struct link_set *set, enum link_kind kind, struct span href,
    struct span text, struct span base)
{
	struct span url, host;

	href = utf8_cut(span_trim(href), URL_OCTETS_MAX);
	/* A page or a script of its own, which leads on. */
	if (span_case_starts(href, SPAN("data:")) ||
	    span_case_starts(href, SPAN("javascript:")))
		link_set_add_inner(set, href);
	if (span_case_starts(href, SPAN("data:")))
		return;
	if (text_bare(href, set->is_tld, set->arena, &host))
		link_set_add_url(set, kind,
		    span_two(SPAN("http://"), href, set->arena), text);
	if (link_resolve(href, base, set->arena, &url))
		link_set_add_url(set, kind, url, text);
}

/* ---- links in text --------------------------------------------------------- */

/* Characters at which a URL in running text ends; the ASCII ones by a table. */
static bool
text_delimiter(uint32_t rune)
{
	return rune == UTF8_BAD || rune_space(rune) ||
	       (rune >= 0xa1 && rune <= 0xbf && rune != 0xaa && rune != 0xad &&
		   rune != 0xb5 && rune != 0xb7 && rune != 0xba) ||
	       (rune >= 0x2010 && rune <= 0x2027) ||
	       (rune >= 0x2030 && rune <= 0x205e) ||
	       (rune >= 0x2190 && rune <= 0x2bff) ||
	       (rune >= 0x3000 && rune <= 0x3004) ||
	       (rune >= 0x3008 && rune <= 0x3020) || rune == 0x3030 ||
	       (rune >= 0xfe10 && rune <= 0xfe6b) ||
	       (rune >= 0xff01 && rune <= 0xff0d) ||
	       (rune >= 0xff1a && rune <= 0xff20) ||
	       (rune >= 0xff3b && rune <= 0xff40 && rune != 0xff3f) ||
	       (rune >= 0xff5b && rune <= 0xff65 && rune != 0xff61) ||
	       (rune >= 0x1f000 && rune <= 0x1faff);
}

static bool
text_ascii_delimiter(unsigned char c)
{
	/* Bit c % 32 of word c / 32: controls, space, " < > ` { | } ^ DEL. */
	static const uint32_t table[4] = { 0xffffffff, 0x50000005, 0x40000000,
		0xb8000001 };

	return (table[c / 32] >> (c % 32) & 1) != 0;
}

/* Behind the run, from i on, of characters that are delimiters or not. */
static size_t
text_run(struct span s, size_t i, bool delimiters)
{
	uint32_t rune;

	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];
		size_t n = 1;
		bool is;

		if (c < 0x80) {
			is = text_ascii_delimiter(c);
		} else {
			n = utf8_next(s, i, &rune);
			is = text_delimiter(rune);
		}
		if (is != delimiters)
			break;
		i += n;
	}
	return i;
}

/* The next run without delimiters, taken off *rest. */
static bool
text_cut_word(struct span *rest, struct span *word)
{
	size_t from = text_run(*rest, 0, true);
	size_t end = text_run(*rest, from, false);

	*word = span_slice(*rest, from, end);
	*rest = span_slice(*rest, end, rest->n);
	return word->n > 0;
}

/* Each ")" has its "(". */
static bool
text_balanced(struct span word)
{
	long open = 0;

	for (size_t i = 0; i < word.n; i++)
		open += word.p[i] == '(' ? 1 : word.p[i] == ')' ? -1 : 0;
	return open >= 0;
}

/* Without the punctuation of the sentence around it. */
static struct span
text_trim(struct span word)
{
	while (word.n > 0 && memchr("([*_'", word.p[0], 5) != NULL)
		word = span_slice(word, 1, word.n);
	while (word.n > 0) {
		char last = word.p[word.n - 1];

		if (memchr(".,;:!?'*_]&~$", last, 13) == NULL &&
		    (last != ')' || text_balanced(word)))
			break;
		word.n--;
	}
	return word;
}

/* Up to a bracket that closes what was open before: "[url=http://...]x". */
static struct span
text_in_brackets(struct span url)
{
	size_t end = span_find(url, ']');

	return end == SIZE_MAX ||
		       span_find(span_slice(url, 0, end), '[') != SIZE_MAX
		   ? url
		   : span_slice(url, 0, end);
}

/* Where in word a URL with a scheme begins, or SIZE_MAX. */
static size_t
text_scheme(struct span word)
{
	static const struct span scheme[] = { SPAN_INIT("https"),
		SPAN_INIT("http"), SPAN_INIT("ftp") };
	size_t mark = span_find(word, ':');

	if (mark == SIZE_MAX)
		return SIZE_MAX;
	mark = span_search(word, SPAN(":/"));
	if (mark == SIZE_MAX)
		mark = span_search(word, SPAN(":\\"));
	for (size_t i = 0; mark != SIZE_MAX && i < ARRAY_COUNT(scheme); i++)
		if (span_case_ends(span_slice(word, 0, mark), scheme[i]))
			return mark - scheme[i].n;
	return SIZE_MAX;
}

static bool
text_is_tld(struct span label)
{
	for (size_t i = 0; i < ARRAY_COUNT(tld); i++)
		if (span_case_is(label, tld[i]))
			return true;
	return false;
}

/* A host name with a top-level domain that counts at the start of word. */
static bool
text_bare(struct span word, bool (*is_tld)(struct span label), struct arena *a,
    struct span *host)
{
	const char *why;
	bool known;
	size_t end = 0, dot;
	struct span last;

	/* Most words that get here have none. */
	if (span_find_last(word, '.') == SIZE_MAX)
		return false;
	while (end < word.n && memchr("/?#:\\", word.p[end], 5) == NULL)
		end++;
	word = span_slice(word, 0, end);
	dot = span_find_last(word, '.');
	if (dot == SIZE_MAX || word.n > 253 ||
	    span_find(word, '@') != SIZE_MAX ||
	    span_find(word, '=') != SIZE_MAX)
		return false;
	last = span_slice(word, dot + 1, word.n);
	/* Numbers are the most of what has a dot. */
	if (last.n < 2 || ascii_digit(last.p[0]))
		return false;
	known = text_is_tld(last);
	if (!known && is_tld == NULL)
		return false;
	if (!domain_to_ascii(word, a, host, &why) || !domain_is_host(*host))
		return false;
	dot = span_find_last(*host, '.');
	return known ||
	       (dot != SIZE_MAX && is_tld(span_slice(*host, dot + 1, host->n)));
}

static bool
text_word_link(struct span word, bool (*is_tld)(struct span label),
    struct arena *a, struct link *l)
{
	size_t at = text_scheme(word);
	struct span host;

	if (at != SIZE_MAX || span_case_starts(word, SPAN("www."))) {
		if (at != SIZE_MAX)
			word = text_trim(
			    text_in_brackets(span_slice(word, at, word.n)));
		if (!link_parse(word, a, l) || l->host.n == 0)
			return false;
		l->kind = LINK_TEXT;
		return true;
	}
	if (!text_bare(word, is_tld, a, &host))
		return false;
	*l = (struct link){ .kind = LINK_BARE,
		.url = word,
		.scheme = SPAN("http"),
		.host = host,
		.text = SPAN(""),
		.text_host = SPAN("") };
	return true;
}

/*
 * Goes through the words that hold a dot with more behind it or a colon with
 * a slash: no other can be a link, and most words are none. Each octet is
 * looked at a fixed number of times, whatever the text is made of.
 */
struct text_cursor {
	struct span text;
	size_t at;    /* words before it have been seen */
	size_t dot;   /* the next from at on, or SIZE_MAX */
	size_t colon; /* the same */
	size_t mark;  /* the one that was looked for last */
};

/* Whether the dot or colon at this offset can be that of a link. */
static bool
text_marks(struct span text, size_t at)
{
	unsigned char next;

	if (at + 1 == text.n)
		return false;
	next = (unsigned char)text.p[at + 1];
	if (text.p[at] == ':')
		return next == '/' || next == '\\';
	return next >= 0x80 || !text_ascii_delimiter(next);
}

/* The first such c from at on. */
static size_t
text_find(struct span text, size_t at, char c)
{
	for (;;) {
		size_t n = span_find(span_slice(text, at, text.n), c);

		if (n == SIZE_MAX)
			return SIZE_MAX;
		at += n;
		if (text_marks(text, at))
			return at;
		at++;
	}
}

/* The same, where the last one that was found may still be ahead. */
static size_t
text_next(struct span text, size_t at, size_t last, char c)
{
	return last >= at ? last : text_find(text, at, c);
}

/* Where the cutting of words goes on so that the one with mark is whole. */
static size_t
text_word_begin(const struct text_cursor *t, size_t mark)
{
	size_t i = mark;

	while (i > t->at) {
		unsigned char before = (unsigned char)t->text.p[i - 1];

		if (before < 0x80 && text_ascii_delimiter(before))
			break;
		i--;
	}
	return i;
}

static bool
text_next_word(struct text_cursor *t, struct span *word)
{
	for (;;) {
		struct span rest;
		size_t mark;

		t->dot = text_next(t->text, t->at, t->dot, '.');
		t->colon = text_next(t->text, t->at, t->colon, ':');
		mark = t->dot < t->colon ? t->dot : t->colon;
		if (mark == SIZE_MAX)
			return false;
		if (mark != t->mark)
			t->at = text_word_begin(t, mark);
		t->mark = mark;
		rest = span_slice(t->text, t->at, t->text.n);
		if (!text_cut_word(&rest, word))
			return false;
		t->at = t->text.n - rest.n;
		if (t->at > mark)
			return true;
	}
}

/*
 * Clients end a link in running text at different places. Where a character
 * stands in its host that none has, the part before it is a link of its own,
 * and the whole only where it leads somewhere.
 */
static void
text_add(struct link_set *set, const struct link *l)
{
	struct span end = l->kind == LINK_TEXT ? link_host_end(l->url) : l->url;
	struct link host;

	if (end.n < l->url.n && link_parse(end, set->arena, &host) &&
	    (host.flags & LINK_BAD_HOST) == 0 &&
	    span_find(host.host, '.') != SIZE_MAX) {
		host.kind = LINK_TEXT;
		link_set_append(set, host);
	}
	if (end.n == l->url.n || (l->flags & LINK_BAD_HOST) == 0)
		link_set_append(set, *l);
	if (l->kind == LINK_TEXT)
		link_set_add_inner(set, l->url);
}

void
link_set_find(struct link_set *set, struct span text)
{
	struct text_cursor t = { .text = text, .mark = SIZE_MAX };
	struct span word;
	struct link l;

	/* Neither has been looked for: that at offset 0 is not known yet. */
	t.dot = text_find(text, 0, '.');
	t.colon = text_find(text, 0, ':');
	while (text_next_word(&t, &word)) {
		if (word.n < 4)
			continue;
		word = text_trim(utf8_cut(word, URL_OCTETS_MAX));
		if (!text_word_link(word, set->is_tld, set->arena, &l))
			continue;
		l.url = arena_dup(set->arena, l.url);
		text_add(set, &l);
		if (set->over)
			return;
	}
}

/*
 * Names such as ASP.NET end like hosts: without scheme only what begins the
 * text counts, and with more behind it only in lower case.
 */
static bool
text_shows_host(struct span word, const struct link *l, bool first, bool only)
{
	if (l->kind != LINK_BARE)
		return true;
	if (!first || only)
		return first;
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] >= 'A' && word.p[i] <= 'Z')
			return false;
	return true;
}

struct span
link_text_host(struct span text, struct arena *a)
{
	struct span word;
	struct link l;

	text = utf8_cut(text, URL_OCTETS_MAX);
	for (bool first = true; text_cut_word(&text, &word); first = false) {
		struct span rest = text, next;

		word = text_trim(word);
		if (text_word_link(word, NULL, a, &l) &&
		    text_shows_host(
			word, &l, first, !text_cut_word(&rest, &next)))
			return l.host;
	}
	return SPAN("");
}
