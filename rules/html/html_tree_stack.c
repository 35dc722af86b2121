/*
 * The stack of open elements and the list of active formatting elements (HTML
 * standard, 13.2.4.2 and 13.2.4.3). Which tag does what is html_tree.c's.
 */
#include "config.h"

#include "rules/html/html_tree_inside.h"

#include <string.h>

#include "rules/base/panic.h"

/* ---- kinds ----------------------------------------------------------------- */

size_t
html_tree_kind(
    struct html_tree *t, enum html_tag tag, struct span name, bool opens)
{
	size_t slots = ARRAY_COUNT(t->name_slot);
	size_t at;

	if (tag != TAG_OTHER)
		return tag;
	at = span_case_hash(name, 0) % slots;
	for (; t->name_slot[at] != 0; at = (at + 1) % slots)
		if (span_case_eq(t->name[t->name_slot[at] - 1], name))
			return TAG_COUNT - 1 + (size_t)t->name_slot[at];
	if (!opens)
		return TAG_OTHER;
	if (t->name_count == TREE_NAMES_MAX) {
		t->deep = true;
		return TAG_OTHER;
	}
	t->name[t->name_count++] = name;
	t->name_slot[at] = (unsigned char)t->name_count;
	return TAG_COUNT + t->name_count - 1;
}

/* ---- the stack ------------------------------------------------------------- */

size_t
html_tree_heir(const struct html_tree *t, size_t parent, enum html_nest nest)
{
	if (!html_open_is(&t->open[parent], EL_FOSTER) ||
	    nest == NEST_SECTION || nest == NEST_ROW || nest == NEST_CELL ||
	    nest == NEST_NOTHING)
		return parent;
	INVARIANT(t->nearest[TAG_TABLE] > 0);
	return t->nearest[TAG_TABLE] - 1U;
}

/* Works out all that follows from the element's place in the stack. */
static void
tree_link(struct html_tree *t, size_t place)
{
	struct html_open *e = &t->open[place];
	const struct html_open *below = e - 1;
	const struct html_element *element = html_kind_element(e->kind);
	size_t heir = html_tree_heir(t, place - 1, element->nest);
	uint16_t here = (uint16_t)place;
	bool special = html_open_is_special(e);
	bool item = special && e->kind != TAG_DIV && e->kind != TAG_P &&
		    e->kind != TAG_ADDRESS;
	bool scope = (element->flags & EL_SCOPE) != 0 || html_open_has_html(e);

	e->same = t->nearest[e->kind];
	t->nearest[e->kind] = here;
	e->special = special ? here : below->special;
	e->item = item ? here : below->item;
	e->scope = scope ? here : below->scope;
	e->style = html_style_merge(t->open[heir].style, e->own);
	e->quiet = t->open[heir].quiet || (element->flags & EL_QUIET) != 0;
}

void
html_tree_boundary(struct html_tree *t, const struct html_element *element)
{
	if ((element->flags & EL_LINE) != 0)
		t->boundary = HTML_LINE;
	else if ((element->flags & EL_CELL) != 0 && t->boundary != HTML_LINE)
		t->boundary = HTML_SPACE;
}

bool
html_tree_push(
    struct html_tree *t, size_t kind, struct html_style own, bool foreign)
{
	struct html_open *e;

	if (t->depth == t->depth_max) {
		t->over[kind]++;
		t->over_count++;
		t->deep = true;
		return false;
	}
	e = &t->open[++t->depth];
	*e = (struct html_open){
		.own = own, .kind = (uint16_t)kind, .foreign = foreign
	};
	if (html_open_is(e, EL_MARKER)) {
		e->base = (uint16_t)t->base;
		t->base = t->formatting_count;
	}
	tree_link(t, t->depth);
	return true;
}

static void
tree_formatting_cut(struct html_tree *t, size_t count)
{
	while (t->formatting_count > count)
		t->links -= t->formatting[--t->formatting_count].kind == TAG_A;
}

void
html_tree_pop(struct html_tree *t)
{
	struct html_open *e = html_tree_top(t);

	t->nearest[e->kind] = e->same;
	html_tree_boundary(t, html_kind_element(e->kind));
	if (e->listed != 0)
		t->formatting[e->listed - 1].place = 0;
	if (html_open_is(e, EL_MARKER)) {
		tree_formatting_cut(t, t->base);
		t->base = e->base;
	}
	t->depth--;
	if (t->over_count > 0) {
		memset(t->over, 0, sizeof(t->over));
		t->over_count = 0;
	}
}

void
html_tree_pop_to(struct html_tree *t, size_t place)
{
	while (t->depth >= place && t->depth > 0)
		html_tree_pop(t);
}

void
html_tree_sweep(struct html_tree *t, size_t place)
{
	size_t top = t->depth;

	for (size_t i = top; i >= place; i--)
		t->nearest[t->open[i].kind] = t->open[i].same;
	t->depth = place - 1;
	for (size_t i = place; i <= top; i++) {
		struct html_open *e = &t->open[i];
		uint16_t now = e->leaves ? 0 : (uint16_t)(t->depth + 1);

		if (e->listed != 0)
			t->formatting[e->listed - 1].place = now;
		if (e->leaves)
			continue;
		t->open[++t->depth] = *e;
		tree_link(t, t->depth);
	}
}

/* ---- formatting elements --------------------------------------------------- */

void
html_tree_formatting_remove(struct html_tree *t, size_t n)
{
	struct html_formatting *f = &t->formatting[n];

	t->links -= f->kind == TAG_A;
	if (f->place != 0)
		t->open[f->place].listed = 0;
	t->formatting_count--;
	for (; n < t->formatting_count; n++, f++) {
		*f = f[1];
		if (f->place != 0)
			t->open[f->place].listed--;
	}
}

/* Makes room for one like e; of three that are like it the first goes. */
static void
tree_formatting_room(struct html_tree *t, const struct html_open *e)
{
	size_t alike = 0, first = t->base;

	for (size_t n = t->formatting_count; n > t->base && alike < 3; n--)
		if (t->formatting[n - 1].kind == e->kind &&
		    html_style_equal(t->formatting[n - 1].own, e->own)) {
			alike++;
			first = n - 1;
		}
	if (alike == 3)
		html_tree_formatting_remove(t, first);
	else if (t->formatting_count == TREE_FORMATTING_MAX &&
		 t->base < TREE_FORMATTING_MAX)
		html_tree_formatting_remove(t, t->base);
}

void
html_tree_formatting_add(struct html_tree *t)
{
	struct html_open *e = html_tree_top(t);

	tree_formatting_room(t, e);
	if (t->formatting_count == TREE_FORMATTING_MAX)
		return;
	t->links += e->kind == TAG_A;
	t->formatting[t->formatting_count++] = (struct html_formatting){
		.own = e->own, .kind = e->kind, .place = (uint16_t)t->depth
	};
	e->listed = (uint8_t)t->formatting_count;
}

void
html_tree_formatting_reopen(struct html_tree *t)
{
	size_t n = t->formatting_count;

	if (n == t->base || html_open_is_foreign(html_tree_top(t)))
		return;
	while (n > t->base && t->formatting[n - 1].place == 0)
		n--;
	for (; n < t->formatting_count && t->depth < t->depth_max; n++) {
		struct html_formatting *f = &t->formatting[n];

		(void)html_tree_push(t, f->kind, f->own, false);
		f->place = (uint16_t)t->depth;
		html_tree_top(t)->listed = (uint8_t)(n + 1);
	}
}
