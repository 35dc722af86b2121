#ifndef RULES_HTML_HTML_SHEET_H
#define RULES_HTML_HTML_SHEET_H

/*
 * Style sheets, as far as they hide text: rules for elements, classes and ids
 * and their combinations on one element. What asks for ancestors, states or a
 * narrow screen is passed over, as if it never matched. Between html.c and
 * html_sheet.c only; not for several threads at once.
 */

#include "rules/base/arena.h"
#include "rules/html/html_style.h"

#define SHEET_RULES_MAX 400
#define SHEET_BUCKETS   64

struct sheet_rule; /* html_sheet.c */

struct html_sheet {
	struct arena *arena;
	struct sheet_rule *rule;
	size_t count, cap;
	uint16_t bucket[SHEET_BUCKETS]; /* 1 + index of the first; 0: none */
	size_t work;                    /* octets that may still be compared */
	bool unsure; /* a rule that was passed over sets a background */
};

/* An element that rules may speak of. */
struct html_subject {
	struct span name, id, classes;
};

void html_sheet_init(struct html_sheet *sheet, struct arena *a);
/* Adds the rules of a style element; css is copied as far as it is kept. */
void html_sheet_add(struct html_sheet *sheet, struct span css);
/* True when a sheet for these media (an attribute's value) counts. */
bool html_sheet_media(struct span media);
/*
 * What the sheet declares for an element, in the order of its weight, and
 * own, which is declared in the element itself.
 */
struct html_declared html_sheet_match(struct html_sheet *sheet,
    const struct html_subject *e, const struct html_declared *own);

#endif
