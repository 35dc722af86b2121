#ifndef RULES_MAIL_BRAND_H
#define RULES_MAIL_BRAND_H

/*
 * Well-known names and the domains of those who have them: whose name does a
 * display name show? Pure; once it is filled, any thread.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

#define BRAND_NAME_MAX  128 /* letters of a display name that are looked at */
#define BRAND_COUNT_MAX 20000

struct brand {
	struct span name;          /* as the table writes it */
	struct span skeleton;      /* what it looks like (skeleton.h), joined */
	const struct span *domain; /* A-labels in lower case */
	size_t domain_count;
};

struct brands {
	struct arena *arena;
	struct brand *brand;
	size_t count, cap;
};

void brands_init(struct brands *b, struct arena *a);
/*
 * Adds a table. Each line is one or several names, with commas between, a
 * colon, and domains with blanks between; "#" begins a comment. False: *line
 * (1-based) cannot be read, *why (static text) says why, and what stood before
 * it has been added. text may go afterwards.
 */
bool brands_add(
    struct brands *b, struct span text, size_t *line, const char **why);
/*
 * The brand that a display name (valid UTF-8) shows as words of its own, with
 * blanks and marks between the letters, look-alikes in place of letters and
 * another case seen through; the longest of several; NULL for none. Takes
 * time for each brand.
 */
const struct brand *brands_shown(const struct brands *b, struct span name);
/* The first brand that the domain is of; NULL for none. */
const struct brand *brands_of(const struct brands *b, struct span domain);
/* The domain is one of the brand's or lies below one. */
bool brand_owns(const struct brand *brand, struct span domain);

#endif
