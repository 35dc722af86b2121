/*
 * Rich Text Format: what is shown, where its fields lead (HYPERLINK,
 * INCLUDEPICTURE) and the template that is loaded from elsewhere. The grammar
 * is braces, control words and octets; all that is not shown, such as the
 * tables of fonts, is skipped by the word that its group begins with; pictures
 * and objects are looked at as files. A word processor reads a broken file as
 * far as it can, and so does this.
 */
#include "config.h"

#include "rules/document/document_inside.h"

#include "rules/base/utf8.h"
#include "rules/text/windows1252.h"

#define RTF_DEPTH    256 /* groups inside one another whose kind counts */
#define RTF_WORD_MAX 32
#define RTF_ASIDE    ((size_t)64 << 10)
#define RTF_PAGE     ((size_t)1 << 20)

enum rtf_group {
	RTF_SHOWN,
	RTF_ASIDE_GROUP, /* an instruction or an address: read, not shown */
	RTF_PAGE_GROUP,  /* a tag of the page that it was made of */
	RTF_OLD,         /* the same picture for programs that are older */
	RTF_PICTURE,     /* octets, in two digits each */
	RTF_OBJECT,
	RTF_SKIPPED,
};

struct rtf {
	struct document *d;
	struct span s;
	size_t at;
	enum rtf_group group[RTF_DEPTH];
	size_t skip[RTF_DEPTH]; /* characters after \u that stand for it */
	size_t depth, beyond;   /* beyond: groups that are not kept */
	size_t skipping;        /* of them still to come */
	uint32_t high;          /* the first half of a pair, or 0 */
	bool loads;             /* what is read aside is a template */
	bool of_page;           /* it was made of a page ([MS-OXRTFEX]) */
	bool own[RTF_DEPTH];    /* text that was not in that */
	struct buf shown, aside, page;
	struct buf data;     /* of a picture or an object */
	unsigned high_digit; /* of an octet of it, or 16 */
};

struct rtf_word {
	struct span name;
	bool has;
	long number;
};

/* What the group that begins with the word is; others are as the one around. */
static const struct rtf_row {
	const char *word;
	enum rtf_group group;
} rtf_rows[] = {
	{ "fldinst", RTF_ASIDE_GROUP },
	{ "template", RTF_ASIDE_GROUP },
	{ "hlsrc", RTF_ASIDE_GROUP },
	{ "hlloc", RTF_ASIDE_GROUP },
	{ "hlfr", RTF_ASIDE_GROUP },
	{ "file", RTF_ASIDE_GROUP },
	{ "htmltag", RTF_PAGE_GROUP },
	{ "fonttbl", RTF_SKIPPED },
	{ "colortbl", RTF_SKIPPED },
	{ "stylesheet", RTF_SKIPPED },
	{ "info", RTF_SKIPPED },
	{ "nonshppict", RTF_OLD },
	{ "pict", RTF_PICTURE },
	{ "objdata", RTF_OBJECT },
	{ "themedata", RTF_SKIPPED },
	{ "colorschememapping", RTF_SKIPPED },
	{ "datastore", RTF_SKIPPED },
	{ "latentstyles", RTF_SKIPPED },
	{ "listtable", RTF_SKIPPED },
	{ "xmlnstbl", RTF_SKIPPED },
	{ "generator", RTF_SKIPPED },
};

/* Words that are characters. */
static const struct rtf_character {
	const char *word, *text;
} rtf_characters[] = {
	{ "par", "\n" },
	{ "line", "\n" },
	{ "row", "\n" },
	{ "sect", "\n" },
	{ "page", "\n" },
	{ "cell", " " },
	{ "tab", " " },
	{ "emdash", "-" },
	{ "endash", "-" },
	{ "bullet", "*" },
	{ "lquote", "'" },
	{ "rquote", "'" },
	{ "ldblquote", "\"" },
	{ "rdblquote", "\"" },
};

static enum rtf_group
rtf_here(const struct rtf *r)
{
	return r->group[r->depth];
}

/* ---- pictures and objects ---------------------------------------------------- */

static bool
rtf_is_data(enum rtf_group group)
{
	return group == RTF_PICTURE || group == RTF_OBJECT;
}

/* One more digit; what is none is passed over, as by Word. */
static void
rtf_digit(struct rtf *r, char c)
{
	unsigned digit = ascii_hex(c);

	if (digit > 15)
		return;
	if (r->high_digit < 16)
		(void)buf_addc(&r->data,
		    (char)(unsigned char)(r->high_digit * 16 + digit));
	r->high_digit = r->high_digit < 16 ? 16 : digit;
}

/* What nobody can decode stands there beside what somebody can. */
static bool
rtf_is_picture(const struct rtf *r, struct span octets)
{
	return rtf_here(r) != RTF_OLD || span_starts(octets, SPAN("\x89PNG")) ||
	       span_starts(octets, SPAN("\xff\xd8\xff"));
}

/* The end of one. */
static void
rtf_data_end(struct rtf *r, enum rtf_group was)
{
	struct document *d = r->d;
	struct span octets = arena_dup(d->arena, buf_span(&r->data));

	d->unseen = d->unseen || r->data.over;
	if (octets.n == 0)
		return;
	d->budget -= octets.n < d->budget ? octets.n : d->budget;
	buf_free(&r->data);
	buf_init(&r->data, d->budget);
	r->high_digit = 16;
	if (was == RTF_OBJECT)
		document_object(d, octets);
	else if (d->image != NULL && rtf_is_picture(r, octets))
		d->image(d->ctx, octets);
}

/* ---- text ---------------------------------------------------------------------- */

/* A text that came as such, which a \u before may stand for. */
static void
rtf_add(struct rtf *r, struct span text)
{
	if (r->skipping > 0) {
		r->skipping--;
		return;
	}
	if (r->of_page && (rtf_here(r) == RTF_PAGE_GROUP ||
			      (rtf_here(r) == RTF_SHOWN && !r->own[r->depth])))
		(void)buf_add_some(&r->page, text);
	if (rtf_here(r) == RTF_SHOWN)
		(void)buf_add_some(&r->shown, text);
	else if (rtf_here(r) == RTF_ASIDE_GROUP)
		(void)buf_add_some(&r->aside, text);
}

static void
rtf_octet(struct rtf *r, unsigned char c)
{
	char out[12];
	struct buf one = { .p = out, .cap = sizeof(out), .max = sizeof(out) };
	char octet = (char)c;

	if (rtf_is_data(rtf_here(r))) {
		rtf_digit(r, octet);
		return;
	}
	if (c < 0x80) {
		rtf_add(r, span_make(&octet, 1));
		return;
	}
	(void)western_to_utf8(&one, span_make(&octet, 1));
	rtf_add(r, buf_span(&one));
}

/* \uN, a unit of UTF-16 that may be written as a negative number. */
static void
rtf_unit(struct rtf *r, long number)
{
	uint32_t unit = (uint32_t)number & 0xffff, rune = unit;
	char out[4];

	r->skipping = 0;
	if (unit >= 0xd800 && unit < 0xdc00) {
		r->high = unit;
	} else {
		if (unit >= 0xdc00 && unit < 0xe000)
			rune = r->high == 0
				   ? UTF8_BAD
				   : 0x10000 + ((r->high - 0xd800) << 10) +
					 (unit - 0xdc00);
		r->high = 0;
		rtf_add(r, span_make(out, utf8_put(rune, out)));
	}
	r->skipping = r->skip[r->depth];
}

/* Behind the backslash: letters, a number, one blank. */
static struct rtf_word
rtf_word_read(struct rtf *r)
{
	struct rtf_word w = { .name = span_slice(r->s, r->at, r->at) };
	bool minus;

	while (r->at < r->s.n && ascii_alpha(r->s.p[r->at]) &&
	       w.name.n < RTF_WORD_MAX) {
		w.name.n++;
		r->at++;
	}
	minus = r->at + 1 < r->s.n && r->s.p[r->at] == '-' &&
		ascii_digit(r->s.p[r->at + 1]);
	r->at += minus;
	while (r->at < r->s.n && ascii_digit(r->s.p[r->at])) {
		w.has = true;
		if (w.number < 1000000000)
			w.number = w.number * 10 + (r->s.p[r->at] - '0');
		r->at++;
	}
	if (minus)
		w.number = -w.number;
	if (r->at < r->s.n && r->s.p[r->at] == ' ')
		r->at++;
	return w;
}

/* \binN: so many octets as they are. Of what is shown, nobody writes such. */
static void
rtf_raw(struct rtf *r, size_t n)
{
	struct span raw = span_slice(r->s, r->at, r->s.n);

	if (n > raw.n ||
	    !(rtf_is_data(rtf_here(r)) || rtf_here(r) == RTF_SKIPPED))
		r->d->unseen = true;
	raw = span_slice(raw, 0, n);
	if (rtf_is_data(rtf_here(r)))
		(void)buf_add_some(&r->data, raw);
	r->at += raw.n;
}

/* The group is of the kind that its word says, whatever is around it. */
static void
rtf_group_is(struct rtf *r, enum rtf_group group)
{
	enum rtf_group was = rtf_here(r);

	r->group[r->depth] = group;
	if (rtf_is_data(was) && was != group &&
	    (r->depth == 0 || r->group[r->depth - 1] != was))
		rtf_data_end(r, was);
}

static void
rtf_word(struct rtf *r, const struct rtf_word *w)
{
	for (size_t i = 0; i < ARRAY_COUNT(rtf_rows); i++)
		if (span_is(w->name, rtf_rows[i].word) && r->beyond == 0)
			rtf_group_is(r, rtf_rows[i].group);
	for (size_t i = 0; i < ARRAY_COUNT(rtf_characters); i++)
		if (span_is(w->name, rtf_characters[i].word)) {
			r->skipping = 0;
			rtf_add(r, span_of(rtf_characters[i].text));
		}
	if (span_is(w->name, "objupdate") || span_is(w->name, "objautlink"))
		r->d->acts |= DOCUMENT_STARTS;
	if (span_is(w->name, "template"))
		r->loads = true;
	if (span_is(w->name, "u") && w->has)
		rtf_unit(r, w->number);
	else if (span_is(w->name, "uc") && w->number >= 0 && w->number < 100)
		r->skip[r->depth] = (size_t)w->number;
	else if (span_is(w->name, "fromhtml"))
		r->of_page = true;
	else if (span_is(w->name, "htmlrtf"))
		r->own[r->depth] = !w->has || w->number != 0;
	else if (span_is(w->name, "bin") && w->number > 0)
		rtf_raw(r, (size_t)w->number);
}

/* at stands behind a backslash. */
static void
rtf_control(struct rtf *r)
{
	struct rtf_word w;
	char c;

	if (r->at >= r->s.n)
		return;
	c = r->s.p[r->at];
	if (ascii_alpha(c)) {
		w = rtf_word_read(r);
		rtf_word(r, &w);
		return;
	}
	r->at++;
	if (c == '\'' && r->at + 1 < r->s.n && ascii_hex(r->s.p[r->at]) < 16 &&
	    ascii_hex(r->s.p[r->at + 1]) < 16) {
		rtf_octet(r, (unsigned char)(ascii_hex(r->s.p[r->at]) * 16 +
					     ascii_hex(r->s.p[r->at + 1])));
		r->at += 2;
	} else if (c == '~') {
		rtf_add(r, SPAN(" "));
	} else if (c == '\\' || c == '{' || c == '}') {
		rtf_add(r, span_make(&c, 1));
	} else if (c == '\n' || c == '\r') {
		rtf_add(r, SPAN("\n"));
	} else if (c == '*' && r->beyond == 0) {
		/* What is optional is skipped, unless its word says more. */
		rtf_group_is(r, RTF_SKIPPED);
	}
}

/* The quoted address of a field, or the text of a template. */
static void
rtf_instruction(struct rtf *r)
{
	struct span text = utf8_clean(buf_span(&r->aside), r->d->arena), piece;
	size_t odd = 0;

	text = arena_dup(r->d->arena, text);
	if (document_field_runs(text))
		r->d->acts |= DOCUMENT_RUNS;
	if (r->loads && document_is_abroad(span_trim(text)))
		r->d->acts |= DOCUMENT_LOADS;
	r->loads = false;
	document_find(r->d, DOCUMENT_RTF, text);
	while (span_cut(&text, '"', &piece))
		if (odd++ % 2 == 1 && piece.n > 0)
			r->d->link(r->d->ctx, DOCUMENT_RTF, span_trim(piece));
	buf_clear(&r->aside);
}

static void
rtf_open(struct rtf *r)
{
	r->skipping = 0;
	if (r->depth + 1 == RTF_DEPTH) {
		r->d->unseen = true;
		r->beyond++;
		return;
	}
	r->depth++;
	r->group[r->depth] = r->group[r->depth - 1];
	r->skip[r->depth] = r->skip[r->depth - 1];
	r->own[r->depth] = r->own[r->depth - 1];
}

static void
rtf_close(struct rtf *r)
{
	enum rtf_group was = rtf_here(r);

	r->skipping = 0;
	if (r->beyond > 0) {
		r->beyond--;
		return;
	}
	if (r->depth > 0)
		r->depth--;
	if (was == RTF_ASIDE_GROUP && rtf_here(r) != RTF_ASIDE_GROUP)
		rtf_instruction(r);
	if (rtf_is_data(was) && rtf_here(r) != was)
		rtf_data_end(r, was);
}

static void
rtf_finish(struct rtf *r)
{
	struct document *d = r->d;

	if (rtf_is_data(rtf_here(r)))
		rtf_data_end(r, rtf_here(r));
	rtf_instruction(r);
	d->unseen = d->unseen || r->shown.over || r->aside.over ||
		    r->page.over || r->at < r->s.n;
	document_say(
	    d, utf8_clean(arena_dup(d->arena, buf_span(&r->shown)), d->arena));
	if (r->page.n > 0)
		document_page(d, DOCUMENT_RTF,
		    utf8_clean(
			arena_dup(d->arena, buf_span(&r->page)), d->arena));
	buf_free(&r->shown);
	buf_free(&r->aside);
	buf_free(&r->page);
	buf_free(&r->data);
}

void
document_rtf(struct document *d, struct span octets)
{
	struct rtf r = { .d = d, .skip = { 1 }, .high_digit = 16 };
	bool cut;

	r.s = rtf_unpack(octets, d->budget, d->arena, &cut);
	d->unseen = d->unseen || cut;
	if (r.s.p != octets.p)
		d->budget -= r.s.n < d->budget ? r.s.n : d->budget;
	buf_init(&r.shown, d->text->max);
	buf_init(&r.aside, RTF_ASIDE);
	buf_init(&r.page, RTF_PAGE);
	buf_init(&r.data, d->budget);
	while (r.at < r.s.n && !arena_over(d->arena)) {
		char c = r.s.p[r.at++];

		if (c == '\\')
			rtf_control(&r);
		else if (c == '{')
			rtf_open(&r);
		else if (c == '}')
			rtf_close(&r);
		else if (c != '\r' && c != '\n')
			rtf_octet(&r, (unsigned char)c);
	}
	rtf_finish(&r);
}
