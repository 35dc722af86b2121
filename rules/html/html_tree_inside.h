#ifndef RULES_HTML_HTML_TREE_INSIDE_H
#define RULES_HTML_HTML_TREE_INSIDE_H

/*
 * The stack of open elements and the list of formatting elements that are in
 * force. Between html_tree*.c only. Places are indexes of the stack.
 */

#include "rules/html/html_tree.h"

/* ---- elements -------------------------------------------------------------- */

/* What is known of a kind (struct html_open). */
static inline const struct html_element *
html_kind_element(size_t kind)
{
	return &html_element[kind < TAG_COUNT ? kind : TAG_OTHER];
}

/* Has it one of the flags? */
static inline bool
html_open_is(const struct html_open *e, unsigned flags)
{
	return (html_kind_element(e->kind)->flags & flags) != 0;
}

/* HTML inside SVG or MathML: as special as a cell. */
static inline bool
html_open_has_html(const struct html_open *e)
{
	return e->foreign && html_open_is(e, EL_HTML_IN);
}

static inline bool
html_open_is_special(const struct html_open *e)
{
	return e->foreign ? html_open_has_html(e) : html_open_is(e, EL_SPECIAL);
}

/* What is in it is SVG or MathML. */
static inline bool
html_open_is_foreign(const struct html_open *e)
{
	return e->foreign && !html_open_has_html(e);
}

/*
 * The kind of an element. Unknown names get numbers as they are opened; those
 * that come when all are given away are of one kind.
 */
size_t html_tree_kind(
    struct html_tree *t, enum html_tag tag, struct span name, bool opens);

/* ---- the stack ------------------------------------------------------------- */

static inline struct html_open *
html_tree_top(const struct html_tree *t)
{
	return &t->open[t->depth];
}

/* The inner one of two places. */
static inline size_t
html_place_max(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* The place whose style an element or text inherits on that of parent. */
size_t html_tree_heir(
    const struct html_tree *t, size_t parent, enum html_nest nest);
/* The tag of an element, whether it opens or closes, may part texts. */
void html_tree_boundary(
    struct html_tree *t, const struct html_element *element);
/* Returns false when it is only counted. */
bool html_tree_push(
    struct html_tree *t, size_t kind, struct html_style own, bool foreign);
void html_tree_pop(struct html_tree *t);
/* Closes all down to place. Place 0, the page, stays. */
void html_tree_pop_to(struct html_tree *t, size_t place);
/*
 * Takes the elements whose leaves is set out of the stack, from place on, and
 * works out the rest of it again.
 */
void html_tree_sweep(struct html_tree *t, size_t place);

/* ---- formatting elements --------------------------------------------------- */

/* The innermost element is a formatting one, and in force from now on. */
void html_tree_formatting_add(struct html_tree *t);
/* The nth is not in force any more; it may be open. */
void html_tree_formatting_remove(struct html_tree *t, size_t n);
/* Opens again what ended with a block (13.2.4.3, "reconstruct"). */
void html_tree_formatting_reopen(struct html_tree *t);

#endif
