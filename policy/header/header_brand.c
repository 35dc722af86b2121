/*
 * Whose name the display name of From or the Subject shows, by the tables that the setting
 * header.brands names.
 */
#include "config.h"

#include "policy/header/check_header.h"
#include "policy/message/loading.h"
#include "rules/mail/brand.h"

/* A table that cannot be had where a case is judged again is left out: what
 * it said stands in the case. */
bool
header_brands_load(const struct loading *l, const void *settings, void **data,
    const char **why)
{
	const struct brand_settings *set = settings;
	struct arena *a = l->snapshot->arena;
	struct brands *brands = arena_alloc(a, sizeof(*brands));
	size_t line;

	brands_init(brands, a);
	for (size_t i = 0; i < set->brands.count; i++) {
		struct span file = set->brands.item[i], text;

		if (!l->read(l->ctx, file, NULL, &text, why)) {
			if (l->away)
				continue;
			*why = arena_printf(
			    a, "header.brands: %.*s: %s", SPAN_FMT(file), *why);
			return false;
		}
		if (!brands_add(brands, text, &line, why)) {
			*why = arena_printf(
			    a, "%.*s:%zu: %s", SPAN_FMT(file), line, *why);
			return false;
		}
	}
	*data = brands;
	return true;
}

/* Whose name the text shows, and whether the author has it. */
static void
brand_state(struct message *m, enum header_fact text, enum header_fact brand,
    enum header_fact own)
{
	const struct brands *brands =
	    check_data(m->session->snapshot, &check_header);
	const struct value *shown = facts_get(m->facts, header_fact(m, text));
	const struct value *domain =
	    facts_get(m->facts, header_fact(m, F_FROM_DOMAIN));
	const struct brand *found = NULL;

	if (shown->state != FACT_KNOWN) {
		facts_set(m->facts, header_fact(m, brand), *shown);
		facts_set(m->facts, header_fact(m, own), *shown);
		return;
	}
	if (brands != NULL)
		found = brands_shown(brands, shown->text);
	facts_set(m->facts, header_fact(m, brand),
	    found == NULL ? value_absent() : value_text(found->name));
	facts_set(m->facts, header_fact(m, own),
	    found == NULL ? value_absent()
			  : value_bool(domain->state == FACT_KNOWN &&
				       brand_owns(found, domain->text)));
}

/* The domains with blanks between. */
static void
brand_family(struct message *m)
{
	const struct brands *brands =
	    check_data(m->session->snapshot, &check_header);
	const struct value *author =
	    facts_get(m->facts, header_fact(m, F_FROM_DOMAIN));
	const struct brand *brand = NULL;
	const char *all = "";

	if (brands != NULL && author->state == FACT_KNOWN)
		brand = brands_of(brands, author->text);
	for (size_t i = 0; brand != NULL && i < brand->domain_count; i++)
		all = arena_printf(m->arena, "%s%s%.*s", all, i > 0 ? " " : "",
		    SPAN_FMT(brand->domain[i]));
	facts_set(m->facts, header_fact(m, F_FROM_FAMILY),
	    brand == NULL ? value_absent() : value_text(span_of(all)));
}

/* Nobody pays for looking through the table whose rules do not ask. */
void
header_brand(struct message *m)
{
	if (check_reads(m, &check_header, F_FROM_FAMILY))
		brand_family(m);
	if (check_reads(m, &check_header, F_FROM_BRAND) ||
	    check_reads(m, &check_header, F_FROM_BRAND_OWN))
		brand_state(m, F_FROM_NAME, F_FROM_BRAND, F_FROM_BRAND_OWN);
	if (check_reads(m, &check_header, F_SUBJECT_BRAND) ||
	    check_reads(m, &check_header, F_SUBJECT_BRAND_OWN))
		brand_state(m, F_SUBJECT, F_SUBJECT_BRAND, F_SUBJECT_BRAND_OWN);
}
