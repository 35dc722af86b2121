/*
 * Which rules of a style sheet speak of an element (CSS 2.1, 5 and 6.4, for
 * selectors of one element). Rules hang in buckets by their id, class or name,
 * and what a hostile page can have compared is bounded.
 */
#include "config.h"

#include "rules/html/html_sheet.h"

#define CLASSES_MAX     4  /* of one selector */
#define MATCHES_MAX     24 /* rules for one element */
#define NAME_MAX_OCTETS 128
#define NESTING_MAX     2 /* @media in @media */
#define WORK_MAX        ((size_t)8 << 20)

struct sheet_rule {
	struct span name, id; /* "" for any */
	struct span class[CLASSES_MAX];
	size_t class_count;
	unsigned weight;
	uint16_t next; /* in the bucket */
	struct html_declared declared;
};

static unsigned
sheet_hash(struct span s)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < s.n; i++)
		hash = (hash ^ (unsigned char)ascii_lower(s.p[i])) * 16777619U;
	return (hash ^ hash >> 16) % SHEET_BUCKETS;
}

void
html_sheet_init(struct html_sheet *sheet, struct arena *a)
{
	*sheet = (struct html_sheet){ .arena = a, .work = WORK_MAX };
}

/* ---- reading --------------------------------------------------------------- */

static bool
sheet_name_octet(char c)
{
	return ascii_alnum(c) || c == '-' || c == '_' ||
	       ((unsigned char)c & 0x80) != 0;
}

static struct span
sheet_take_name(struct span *s)
{
	size_t n = 0;
	struct span name;

	while (n < s->n && n < NAME_MAX_OCTETS && sheet_name_octet(s->p[n]))
		n++;
	name = span_slice(*s, 0, n);
	*s = span_slice(*s, n, s->n);
	return name;
}

/* "p", ".a", "p.a.b#c" or "*"; false for what looks at more. */
static bool
sheet_selector(struct span s, struct sheet_rule *out)
{
	*out = (struct sheet_rule){ .name = SPAN(""), .id = SPAN("") };
	s = span_trim(s);
	if (s.n == 0)
		return false;
	if (s.p[0] == '*')
		s = span_slice(s, 1, s.n);
	else
		out->name = sheet_take_name(&s);
	while (s.n > 0) {
		char mark = s.p[0];
		struct span name;

		s = span_slice(s, 1, s.n);
		name = sheet_take_name(&s);
		if (name.n == 0)
			return false;
		if (mark == '.' && out->class_count < CLASSES_MAX)
			out->class[out->class_count++] = name;
		else if (mark == '#' && out->id.n == 0)
			out->id = name;
		else
			return false;
	}
	out->weight = (out->id.n > 0 ? 100 : 0) +
		      10 * (unsigned)out->class_count +
		      (out->name.n > 0 ? 1 : 0);
	return true;
}

/* What a rule is found by. */
static struct span
sheet_key(const struct sheet_rule *rule)
{
	return rule->id.n > 0          ? rule->id
	       : rule->class_count > 0 ? rule->class[0]
				       : rule->name;
}

static void
sheet_keep(struct html_sheet *sheet, struct sheet_rule rule)
{
	unsigned bucket = sheet_hash(sheet_key(&rule));

	if (sheet->count >= SHEET_RULES_MAX)
		return;
	rule.name = arena_dup(sheet->arena, rule.name);
	rule.id = arena_dup(sheet->arena, rule.id);
	for (size_t i = 0; i < rule.class_count; i++)
		rule.class[i] = arena_dup(sheet->arena, rule.class[i]);
	rule.next = sheet->bucket[bucket];
	sheet->rule = arena_grow(sheet->arena, sheet->rule, &sheet->cap,
	    sheet->count + 1, sizeof(*sheet->rule));
	sheet->rule[sheet->count++] = rule;
	sheet->bucket[bucket] = (uint16_t)sheet->count;
}

static void
sheet_add_rule(struct html_sheet *sheet, struct span selectors,
    struct span block, bool counts)
{
	struct html_declared declared = html_style_read(block);
	struct span one;

	if (declared.set == 0)
		return;
	while (span_cut(&selectors, ',', &one)) {
		struct sheet_rule rule;

		if (counts && sheet_selector(one, &rule)) {
			rule.declared = declared;
			sheet_keep(sheet, rule);
		} else if (html_style_has_background(&declared)) {
			sheet->unsure = true;
		}
	}
}

bool
html_sheet_media(struct span media)
{
	struct span one;

	media = span_trim(media);
	if (media.n == 0)
		return true;
	while (span_cut(&media, ',', &one)) {
		one = span_trim(one);
		if (span_case_starts(one, SPAN("only ")))
			one = span_trim(span_slice(one, 5, one.n));
		if (span_case_is(one, "all") || span_case_is(one, "screen"))
			return true;
	}
	return false;
}

/* The octets up to the brace that closes what was opened before s. */
static size_t
sheet_block_end(struct span s)
{
	size_t depth = 1;

	for (size_t i = 0; i < s.n; i++) {
		depth += s.p[i] == '{';
		if (s.p[i] == '}' && --depth == 0)
			return i;
	}
	return s.n;
}

static void sheet_read(
    struct html_sheet *sheet, struct span css, bool counts, unsigned nesting);

/* "@media screen { ... }", "@import x;" and the like, at the start of *css. */
static void
sheet_at_rule(
    struct html_sheet *sheet, struct span *css, bool counts, unsigned nesting)
{
	size_t n = 0, end;
	struct span head;

	while (n < css->n && css->p[n] != '{' && css->p[n] != ';')
		n++;
	head = span_slice(*css, 0, n);
	if (n == css->n || css->p[n] == ';') {
		*css = span_slice(*css, n + 1, css->n);
		return;
	}
	*css = span_slice(*css, n + 1, css->n);
	end = sheet_block_end(*css);
	if (span_case_starts(head, SPAN("@media")) && nesting < NESTING_MAX)
		sheet_read(sheet, span_slice(*css, 0, end),
		    counts && html_sheet_media(span_slice(head, 6, head.n)),
		    nesting + 1);
	*css = span_slice(*css, end + 1, css->n);
}

static void
sheet_read(
    struct html_sheet *sheet, struct span css, bool counts, unsigned nesting)
{
	for (;;) {
		size_t open, end;

		css = span_trim(css);
		if (css.n == 0)
			return;
		if (css.p[0] == '@') {
			sheet_at_rule(sheet, &css, counts, nesting);
			continue;
		}
		open = span_find(css, '{');
		if (open == SIZE_MAX)
			return;
		end = open + 1 +
		      sheet_block_end(span_slice(css, open + 1, css.n));
		sheet_add_rule(sheet, span_slice(css, 0, open),
		    span_slice(css, open + 1, end), counts);
		css = span_slice(css, end + 1, css.n);
	}
}

/* The length of a comment, or of a mark that hid sheets in the nineties. */
static size_t
sheet_comment(struct span css)
{
	size_t end;

	if (span_starts(css, SPAN("<!--")))
		return 4;
	if (span_starts(css, SPAN("-->")))
		return 3;
	if (!span_starts(css, SPAN("/*")))
		return 0;
	end = span_search(span_slice(css, 2, css.n), SPAN("*/"));
	return end == SIZE_MAX ? css.n : end + 4;
}

/* Without those. */
static struct span
sheet_plain(struct span css, struct arena *a)
{
	char *out = arena_octets(a, css.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < css.n;) {
		char c = css.p[i];
		size_t length = 0;

		if (c == '/' || c == '<' || c == '-')
			length = sheet_comment(span_slice(css, i, css.n));
		if (length == 0) {
			out[n++] = c;
			length = 1;
		}
		i += length;
	}
	return span_make(out, n);
}

void
html_sheet_add(struct html_sheet *sheet, struct span css)
{
	sheet_read(sheet, sheet_plain(css, sheet->arena), true, 0);
}

/* ---- matching -------------------------------------------------------------- */

static bool
sheet_has_class(struct span classes, struct span want)
{
	for (size_t i = 0; i < classes.n;) {
		size_t from;

		while (i < classes.n && ascii_space(classes.p[i]))
			i++;
		from = i;
		while (i < classes.n && !ascii_space(classes.p[i]))
			i++;
		if (i > from &&
		    span_case_eq(span_slice(classes, from, i), want))
			return true;
	}
	return false;
}

static bool
sheet_fits(const struct sheet_rule *rule, const struct html_subject *e)
{
	if (rule->name.n > 0 && !span_case_eq(rule->name, e->name))
		return false;
	if (rule->id.n > 0 && !span_case_eq(rule->id, e->id))
		return false;
	for (size_t i = 0; i < rule->class_count; i++)
		if (!sheet_has_class(e->classes, rule->class[i]))
			return false;
	return true;
}

/* The rules that fit, by weight and then by their place. */
struct matches {
	size_t count;
	const struct sheet_rule *rule[MATCHES_MAX]; /* count of them */
};

static void
matches_add(struct matches *m, const struct sheet_rule *rule)
{
	size_t at = m->count;

	for (size_t i = 0; i < m->count; i++)
		if (m->rule[i] == rule)
			return;
	if (m->count == MATCHES_MAX)
		return;
	while (at > 0 && (m->rule[at - 1]->weight > rule->weight ||
			     (m->rule[at - 1]->weight == rule->weight &&
				 m->rule[at - 1] > rule))) {
		m->rule[at] = m->rule[at - 1];
		at--;
	}
	m->rule[at] = rule;
	m->count++;
}

static void
sheet_find(struct html_sheet *sheet, struct span key,
    const struct html_subject *e, struct matches *m)
{
	uint16_t at = sheet->bucket[sheet_hash(key)];

	while (at != 0) {
		const struct sheet_rule *rule = &sheet->rule[at - 1];
		size_t cost = 16 + e->classes.n * rule->class_count;

		if (cost > sheet->work)
			return;
		sheet->work -= cost;
		if (sheet_fits(rule, e))
			matches_add(m, rule);
		at = rule->next;
	}
}

struct html_declared
html_sheet_match(struct html_sheet *sheet, const struct html_subject *e,
    const struct html_declared *own)
{
	struct html_declared all = *own;
	struct matches m;

	if (sheet->count == 0)
		return all;
	m.count = 0;
	sheet_find(sheet, SPAN(""), e, &m);
	sheet_find(sheet, e->name, e, &m);
	if (e->id.n > 0)
		sheet_find(sheet, e->id, e, &m);
	for (size_t i = 0; i < e->classes.n;) {
		size_t from;

		while (i < e->classes.n && ascii_space(e->classes.p[i]))
			i++;
		from = i;
		while (i < e->classes.n && !ascii_space(e->classes.p[i]))
			i++;
		if (i > from)
			sheet_find(
			    sheet, span_slice(e->classes, from, i), e, &m);
	}
	if (m.count == 0)
		return all;
	all = (struct html_declared){ .colour = STYLE_NO_COLOUR,
		.background = STYLE_NO_COLOUR };
	for (size_t i = 0; i < m.count; i++)
		html_style_override(&all, &m.rule[i]->declared, false);
	html_style_override(&all, own, false);
	for (size_t i = 0; i < m.count; i++)
		html_style_override(&all, &m.rule[i]->declared, true);
	html_style_override(&all, own, true);
	return all;
}
