/*
 * What each tag opens and closes (HTML standard, 13.2.6.4). It knows no
 * attributes and no text; what an open element is, html_tree_stack.c knows.
 */
#include "config.h"

#include "rules/html/html_tree.h"

#include "rules/base/panic.h"
#include "rules/html/html_tree_inside.h"

/* ---- scopes ---------------------------------------------------------------- */

/* The nearest one of a kind when it is in scope, else 0. */
static size_t
tree_in_scope(struct html_tree *t, size_t kind)
{
	size_t place = t->nearest[kind];

	return place >= html_tree_top(t)->scope ? place : 0;
}

/* The same for p, which a button shelters, too. */
static size_t
tree_p(struct html_tree *t)
{
	size_t place = tree_in_scope(t, TAG_P);

	return place > t->nearest[TAG_BUTTON] ? place : 0;
}

/* The table, or what shelters from it: the end of table scope. */
static size_t
tree_table_scope(const struct html_tree *t)
{
	return html_place_max(t->nearest[TAG_TABLE],
	    html_place_max(t->nearest[TAG_TEMPLATE], t->nearest[TAG_FRAGMENT]));
}

/* The innermost h1 to h6, in scope. */
static size_t
tree_heading(struct html_tree *t)
{
	size_t place = 0;

	for (size_t kind = TAG_H1; kind <= TAG_H6; kind++)
		place = html_place_max(place, t->nearest[kind]);
	return place >= html_tree_top(t)->scope ? place : 0;
}

/* Of the names of HTML few mean something in SVG and MathML. */
static enum html_tag
tree_foreign_tag(enum html_tag tag)
{
	return (html_element[tag].flags & (EL_FOREIGN | EL_HTML_IN | EL_RAW)) !=
		       0
		   ? tag
		   : TAG_OTHER;
}

/* ---- end tags -------------------------------------------------------------- */

static void
tree_close_ordinary(struct html_tree *t, size_t kind)
{
	size_t place = t->nearest[kind];

	if (place != 0 && place >= html_tree_top(t)->special)
		html_tree_pop_to(t, place);
}

/*
 * 13.2.6.4.7, "adoption agency": where a block was opened in the formatting
 * element, the block stays open and the element ends all the same, and with
 * it whatever is between the two and formats nothing.
 */
static void
tree_close_formatting(struct html_tree *t, size_t kind)
{
	size_t n = t->formatting_count, place;
	bool in_block = false;

	while (n > t->base && t->formatting[n - 1].kind != kind)
		n--;
	if (n == t->base) {
		tree_close_ordinary(t, kind);
		return;
	}
	place = t->formatting[n - 1].place;
	if (place != 0 && place < html_tree_top(t)->scope)
		return;
	if (place > html_tree_top(t)->special) {
		html_tree_pop_to(t, place);
	} else if (place != 0) {
		for (size_t i = place; i <= t->depth && !in_block; i++) {
			struct html_open *e = &t->open[i];

			in_block = html_open_is_special(e);
			e->leaves = !in_block && (i == place || !e->listed);
		}
		html_tree_sweep(t, place);
	}
	html_tree_formatting_remove(t, n - 1);
}

/* Its end tag closes it alone: what is open in it stays so, and in its style. */
static void
tree_close_form(struct html_tree *t)
{
	size_t place = tree_in_scope(t, TAG_FORM);

	t->form = false;
	if (place == 0)
		return;
	while (t->depth > place && html_open_is(html_tree_top(t), EL_IMPLIED))
		html_tree_pop(t);
	if (t->depth == place) {
		html_tree_pop(t);
		return;
	}
	t->boundary = HTML_LINE;
	t->open[place + 1].own =
	    html_style_merge(t->open[place].own, t->open[place + 1].own);
	t->open[place].leaves = true;
	html_tree_sweep(t, place);
}

static void
tree_close_p(struct html_tree *t)
{
	size_t place = tree_p(t);

	if (place != 0)
		html_tree_pop_to(t, place);
}

/* The place down to which an end tag closes elements, 0: it closes none. */
static size_t
tree_closed(struct html_tree *t, size_t kind, enum html_nest nest)
{
	size_t place = tree_in_scope(t, kind);

	switch (nest) {
	case NEST_P:
		return tree_p(t);
	case NEST_LI:
		return place > html_place_max(
				   t->nearest[TAG_OL], t->nearest[TAG_UL])
			   ? place
			   : 0;
	case NEST_HEADING:
		return tree_heading(t);
	case NEST_TABLE:
		return tree_table_scope(t) == t->nearest[kind]
			   ? t->nearest[kind]
			   : 0;
	case NEST_SECTION:
	case NEST_ROW:
	case NEST_CELL:
		return t->nearest[kind] > tree_table_scope(t) ? t->nearest[kind]
							      : 0;
	case NEST_TEMPLATE:
		return t->nearest[kind] > t->nearest[TAG_FRAGMENT]
			   ? t->nearest[kind]
			   : 0;
	default:
		return place;
	}
}

/* An end tag in SVG or MathML; false when it closes nothing of them. */
static bool
tree_close_foreign(struct html_tree *t, enum html_tag tag, struct span name)
{
	size_t place =
	    t->nearest[html_tree_kind(t, tree_foreign_tag(tag), name, false)];

	if (place == 0 || place < html_tree_top(t)->special ||
	    !t->open[place].foreign)
		return false;
	html_tree_pop_to(t, place);
	return true;
}

void
html_tree_close(struct html_tree *t, enum html_tag tag, struct span name)
{
	size_t kind = html_tree_kind(t, tag, name, false), place;
	const struct html_element *element = html_kind_element(kind);

	if (html_open_is_foreign(html_tree_top(t)) &&
	    tree_close_foreign(t, tag, name))
		return;
	if (t->over[kind] > 0) {
		t->over[kind]--;
		t->over_count--;
		html_tree_boundary(t, element);
		return;
	}
	switch (element->nest) {
	case NEST_NOTHING:
	case NEST_ROOT:
		break;
	case NEST_BR:
		t->boundary = HTML_LINE;
		break;
	case NEST_ORDINARY:
	case NEST_OPTION:
		tree_close_ordinary(t, kind);
		break;
	case NEST_LINK:
	case NEST_FORMATTING:
		tree_close_formatting(t, kind);
		break;
	case NEST_FORM:
		tree_close_form(t);
		break;
	default:
		place = tree_closed(t, kind, element->nest);
		if (place != 0)
			html_tree_pop_to(t, place);
		else if (kind == TAG_P)
			t->boundary = HTML_LINE; /* an empty one */
		break;
	}
}

/* ---- start tags ------------------------------------------------------------ */

/* An option ends an option, a group of them both. */
static void
tree_close_option(struct html_tree *t, size_t kind)
{
	if (html_tree_top(t)->kind == TAG_OPTION)
		html_tree_pop(t);
	if (kind == TAG_OPTGROUP && html_tree_top(t)->kind == TAG_OPTGROUP)
		html_tree_pop(t);
}

/* Items end the one before when nothing special but div, p is between. */
static void
tree_close_item(struct html_tree *t, size_t place)
{
	if (place != 0 && place == html_tree_top(t)->item)
		html_tree_pop_to(t, place);
}

/*
 * A table in a table, but not in a cell of it, ends it: true where the
 * innermost table waits for rows.
 */
static bool
tree_in_table(const struct html_tree *t)
{
	size_t cell = html_place_max(t->nearest[TAG_CAPTION],
	    html_place_max(t->nearest[TAG_TD], t->nearest[TAG_TH]));

	return t->nearest[TAG_TABLE] > cell &&
	       t->nearest[TAG_TABLE] == tree_table_scope(t);
}

/*
 * Closes all that a part of a table can't stand in, and opens what it must
 * stand in; false when no table is open.
 */
static bool
tree_open_part(struct html_tree *t, enum html_nest nest)
{
	size_t table = tree_table_scope(t), section, row;

	if (table == 0 || table != t->nearest[TAG_TABLE])
		return false;
	section = html_place_max(t->nearest[TAG_TBODY],
	    html_place_max(t->nearest[TAG_THEAD], t->nearest[TAG_TFOOT]));
	section = html_place_max(section, table);
	row = html_place_max(t->nearest[TAG_TR], section);
	html_tree_pop_to(t, 1 + (nest == NEST_SECTION  ? table
				    : nest == NEST_ROW ? section
						       : row));
	if (nest != NEST_SECTION && section == table)
		(void)html_tree_push(t, TAG_TBODY, html_style_none, false);
	if (nest == NEST_CELL && row == section)
		(void)html_tree_push(t, TAG_TR, html_style_none, false);
	return true;
}

/* What a start tag closes before it opens; false when it is ignored. */
static bool
tree_prepare(struct html_tree *t, size_t kind, enum html_nest nest)
{
	switch (nest) {
	case NEST_NOTHING:
		return false;
	case NEST_FORM:
		if (t->form)
			return false;
		t->form = true;
		/* Right in a table nothing can be put into it. */
		return !tree_in_table(t);
	case NEST_LI:
		tree_close_item(t, t->nearest[TAG_LI]);
		break;
	case NEST_DD:
		tree_close_item(
		    t, html_place_max(t->nearest[TAG_DD], t->nearest[TAG_DT]));
		break;
	case NEST_BUTTON:
		if (tree_in_scope(t, kind) != 0)
			html_tree_pop_to(t, t->nearest[kind]);
		break;
	case NEST_LINK:
		if (t->nearest[kind] != 0 || t->links > 0)
			tree_close_formatting(t, kind);
		break;
	case NEST_OPTION:
		tree_close_option(t, kind);
		break;
	case NEST_TABLE:
		if (tree_in_table(t))
			html_tree_pop_to(t, t->nearest[kind]);
		break;
	case NEST_SECTION:
	case NEST_ROW:
	case NEST_CELL:
		return tree_open_part(t, nest);
	default:
		break;
	}
	return true;
}

/* Attributes of html and body count where the page has none like them yet. */
static void
tree_open_root(struct html_tree *t, struct html_style own)
{
	struct html_open *page = &t->open[0];
	struct html_style merged = html_style_merge(own, page->own);

	if (html_style_equal(merged, page->own))
		return;
	page->own = merged;
	page->style = html_style_merge(html_style_page, merged);
	html_tree_sweep(t, 1);
}

/* What an element that is not pushed says, in what would be its parent. */
static struct html_style
tree_style(
    const struct html_tree *t, enum html_nest nest, struct html_style own)
{
	return html_style_merge(
	    t->open[html_tree_heir(t, t->depth, nest)].style, own);
}

/* A start tag of SVG or MathML: its name says little, whatever HTML means. */
static struct html_style
tree_open_foreign(
    struct html_tree *t, size_t kind, bool self_closing, struct html_style own)
{
	if (self_closing || !html_tree_push(t, kind, own, true))
		return tree_style(t, NEST_ORDINARY, own);
	return html_tree_top(t)->style;
}

/* A start tag of HTML, which is not ignored. */
static struct html_style
tree_open_html(struct html_tree *t, size_t kind, struct html_style own)
{
	const struct html_element *element = html_kind_element(kind);

	if ((element->flags & EL_CLOSES_P) != 0)
		tree_close_p(t);
	if (element->nest == NEST_HEADING &&
	    html_kind_element(html_tree_top(t)->kind)->nest == NEST_HEADING)
		html_tree_pop(t);
	if ((element->flags & EL_INLINE) != 0)
		html_tree_formatting_reopen(t);
	html_tree_boundary(t, element);
	if ((element->flags & EL_VOID) != 0 ||
	    !html_tree_push(t, kind, own, false))
		return tree_style(t, element->nest, own);
	if (element->nest == NEST_LINK || element->nest == NEST_FORMATTING)
		html_tree_formatting_add(t);
	return html_tree_top(t)->style;
}

struct html_style
html_tree_open(struct html_tree *t, enum html_tag tag, struct span name,
    bool self_closing, struct html_style own)
{
	unsigned flags = html_element[tag].flags;
	enum html_nest nest = html_element[tag].nest;

	if ((flags & EL_BREAKOUT) != 0)
		while (html_open_is_foreign(html_tree_top(t)))
			html_tree_pop(t);
	if (html_open_is_foreign(html_tree_top(t)))
		return tree_open_foreign(t,
		    html_tree_kind(t, tree_foreign_tag(tag), name, true),
		    self_closing, own);
	if ((flags & EL_FOREIGN) != 0) {
		html_tree_formatting_reopen(t);
		return tree_open_foreign(t, tag, self_closing, own);
	}
	if (nest == NEST_ROOT)
		tree_open_root(t, own);
	if (nest == NEST_ROOT || !tree_prepare(t, tag, nest))
		return tree_style(t, nest, own);
	return tree_open_html(t, html_tree_kind(t, tag, name, true), own);
}

/* ---- text ------------------------------------------------------------------ */

const struct html_style *
html_tree_text(struct html_tree *t)
{
	const struct html_open *heir;

	html_tree_formatting_reopen(t);
	heir = &t->open[html_tree_heir(t, t->depth, NEST_ORDINARY)];
	return heir->quiet ? NULL : &heir->style;
}

bool
html_tree_foreign(const struct html_tree *t)
{
	return html_open_is_foreign(&t->open[t->depth]);
}

/* ---- pages ----------------------------------------------------------------- */

void
html_tree_init(struct html_tree *t, size_t depth_max, struct arena *a)
{
	INVARIANT(depth_max < UINT16_MAX);
	*t = (struct html_tree){ .depth_max = depth_max };
	t->open = arena_array(a, depth_max + 1, sizeof(*t->open));
	t->open[0].own = html_style_none;
	t->open[0].style = html_style_page;
	t->open[0].kind = TAG_FRAGMENT;
}

bool
html_tree_enter(struct html_tree *t)
{
	if (t->depth == t->depth_max) {
		t->deep = true;
		return false;
	}
	return html_tree_push(t, TAG_FRAGMENT, html_style_none, false);
}

void
html_tree_leave(struct html_tree *t)
{
	html_tree_pop_to(t, t->nearest[TAG_FRAGMENT]);
	t->form = t->nearest[TAG_FORM] != 0;
}
