/*
 * The author of a message: how many From fields there are, what they say and
 * whether that is enough to hold a domain to it. It knows nothing of DMARC's
 * records or of what is done about a bad From.
 */
#include "config.h"

#include "rules/mail/author.h"

#include <stdlib.h>

#include "rules/mail/header_hidden.h"

#include "rules/base/panic.h"
#include "rules/text/decode.h"
#include "rules/text/shown.h"

const char *const author_status_names[] = { "ok", "missing", "multiple",
	"empty", "group", "malformed", "ambiguous", "domains", NULL };
_Static_assert(ARRAY_COUNT(author_status_names) == AUTHOR_STATUS_COUNT + 1,
    "a name for each status");

/* clang-format off */
const struct author_flag author_flags[] = {
	{ "from-missing", true, "there is no From field" },
	{ "from-multiple", true, "there are several From fields" },
	{ "from-empty", true, "the From field holds no mailbox" },
	{ "from-group", true, "the From field uses group syntax" },
	{ "from-malformed", true, "the From field holds no usable address" },
	{ "from-ambiguous", true, "mail software would read different authors from the From field" },
	{ "from-domains", true, "the authors are of several domains" },
	{ "from-folded", true, "a line that some software takes for a From field is none" },
	{ "from-limit", true, "the header or the From field is longer than is read" },
	{ "from-invisible", true, "an invisible character stands in the author's address" },
	{ "from-dot", true, "a character that only looks like a dot stands in the author's domain" },
	{ "from-literal", true, "the author's domain is an IP address" },
	{ "from-encoded-address", true, "an encoded word is or hides an author's address" },
	{ "from-route", false, "the author's address has a source route" },
	{ "from-control", false, "a control character stands in the From field" },
	{ "from-lenient", false, "the From field is not by RFC 5322, but can be read in one way only" },
	{ "from-mailboxes", false, "there are several authors of one domain" },
	{ "from-name-address", false, "the display name shows an address of another domain" },
	{ "from-name-invisible", false, "an invisible or direction-turning character stands in the From field" },
	{ "from-8bit", false, "the From field holds raw octets that are not ASCII" },
	{ "from-space-colon", false, "white space stands before the colon of the From field" },
};
/* clang-format on */
const size_t author_flag_count = ARRAY_COUNT(author_flags);
_Static_assert(ARRAY_COUNT(author_flags) <= AUTHOR_FLAG_MAX, "room for all");

static const struct {
	enum addr_trait trait;
	const char *flag;
} author_trait_flags[] = {
	{ ADDR_GROUP, "from-group" },
	{ ADDR_LIMIT, "from-limit" },
	{ ADDR_INVISIBLE, "from-invisible" },
	{ ADDR_DOT, "from-dot" },
	{ ADDR_LITERAL, "from-literal" },
	{ ADDR_ENCODED, "from-encoded-address" },
	{ ADDR_ROUTE, "from-route" },
	{ ADDR_CONTROL, "from-control" },
	{ ADDR_LENIENT, "from-lenient" },
	{ ADDR_NAME_ADDRESS, "from-name-address" },
	{ ADDR_NAME_INVISIBLE, "from-name-invisible" },
	{ ADDR_8BIT, "from-8bit" },
};

static void
author_flag(struct author *au, const char *name)
{
	for (size_t i = 0; i < author_flag_count; i++) {
		const char *known = author_flags[i].name;

		if (!span_is(span_of(known), name))
			continue;
		for (size_t k = 0; k < au->flag_count; k++)
			if (au->flag[k] == known)
				return;
		au->flag[au->flag_count++] = known;
		return;
	}
	panic("no flag %s", name);
}

/* Takes the message's author domain away; the first reason stays. */
static void
author_refuse(struct author *au, enum author_status status, const char *flag,
    const char *why)
{
	author_flag(au, flag);
	au->domain = SPAN("");
	if (au->status != AUTHOR_OK)
		return;
	au->status = status;
	au->why = why;
}

static int
author_domain_order(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return span_compare(*x, *y);
}

static void
author_collect_domains(struct author *au, struct arena *a)
{
	const struct addr_list *l = &au->list;
	size_t n = 0;

	if (l->count == 0)
		return;
	au->domains = arena_array(a, l->count, sizeof(*au->domains));
	for (size_t i = 0; i < l->count; i++)
		if (l->box[i].domain.n > 0)
			au->domains[n++] = l->box[i].domain;
	qsort(au->domains, n, sizeof(*au->domains), author_domain_order);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || !span_eq(au->domains[i], au->domains[i - 1]))
			au->domains[au->domain_count++] = au->domains[i];
}

static void
author_judge_list(struct author *au)
{
	const struct addr_list *l = &au->list;

	switch (l->status) {
	case ADDR_EMPTY:
		author_refuse(au, AUTHOR_EMPTY, "from-empty",
		    "no mailbox in the From field");
		break;
	case ADDR_MALFORMED:
		author_refuse(au, AUTHOR_MALFORMED, "from-malformed", l->why);
		break;
	case ADDR_AMBIGUOUS:
		author_refuse(au, AUTHOR_AMBIGUOUS, "from-ambiguous", l->why);
		break;
	case ADDR_GROUP_ONLY:
	case ADDR_OK:
		break;
	}
	if (l->traits & ADDR_GROUP)
		author_refuse(au, AUTHOR_GROUP, "from-group",
		    "group syntax in the From field");
	if (l->status == ADDR_OK && au->domain_count > 1)
		author_refuse(au, AUTHOR_DOMAINS, "from-domains",
		    "authors of several domains in the From field");
	else if (l->status == ADDR_OK && l->count > 1)
		author_flag(au, "from-mailboxes");
	if (au->status == AUTHOR_OK)
		au->domain = au->domains[0];
	for (size_t i = 0; i < ARRAY_COUNT(author_trait_flags); i++)
		if (l->traits & author_trait_flags[i].trait)
			author_flag(au, author_trait_flags[i].flag);
}

static void
author_init(struct author *out)
{
	*out = (struct author){ .status = AUTHOR_OK };
	out->domain = SPAN("");
}

void
author_of_field(struct span value, struct arena *a, struct author *out)
{
	author_init(out);
	out->fields = 1;
	addr_list_parse(value, a, &out->list);
	author_collect_domains(out, a);
	author_judge_list(out);
}

/* ---- From fields inside of others ------------------------------------------ */

/*
 * Fields whose folds repeat other fields in good faith: reports, copies of
 * the header, and signatures, which list names (h=) and copy fields (z=).
 */
static bool
author_field_quotes(struct span name)
{
	return span_case_starts(name, SPAN("X-")) ||
	       span_case_starts(name, SPAN("ARC-")) ||
	       span_case_ends(name, SPAN("-Signature"));
}

/* "To : Subject: Date": names, as a list in h= goes on. */
static bool
author_is_names(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_alnum(s.p[i]) && !ascii_space(s.p[i]) &&
		    (s.p[i] == '\0' ||
			span_find(SPAN("-_:"), s.p[i]) == SIZE_MAX))
			return false;
	return true;
}

/* "tag=value", where only i= and z= may hold an address; or nothing. */
static bool
author_is_tag(struct span tag)
{
	size_t equals = span_find(tag, '=');
	struct span name;

	if (span_trim(tag).n == 0)
		return true;
	if (equals == SIZE_MAX)
		return false;
	name = span_trim(span_slice(tag, 0, equals));
	for (size_t i = 0; i < name.n; i++)
		if (!ascii_alnum(name.p[i]) && name.p[i] != '_')
			return false;
	return span_find(tag, '@') == SIZE_MAX || span_case_is(name, "i") ||
	       span_case_is(name, "z");
}

/* What a signature goes on with behind "From:" in its list h=. */
static bool
author_is_signed_names(struct span field, struct span value)
{
	struct span rest = value, piece;

	if (!span_case_starts(field, SPAN("ARC-")) &&
	    !span_case_ends(field, SPAN("-Signature")))
		return false;
	if (!span_cut(&rest, ';', &piece) || !author_is_names(piece))
		return false;
	while (span_cut(&rest, ';', &piece))
		if (!author_is_tag(piece))
			return false;
	return true;
}

/* Does whoever takes this for the From field see the same domain? */
static bool
author_is_same(struct span value, struct span domain, struct arena *a)
{
	struct addr_list list;

	if (domain.n == 0)
		return false;
	addr_list_parse(span_trim(header_unfold(value, a)), a, &list);
	for (size_t i = 0; i < list.count; i++)
		if (!span_eq(list.box[i].domain, domain))
			return false;
	return list.status == ADDR_OK;
}

/* Would people see an address in it, however it is written? */
static bool
author_shows_address(struct span value, struct arena *a)
{
	struct span text = mime_decode_text(header_unfold(value, a), a);

	return span_find(value, '@') != SIZE_MAX ||
	       span_find(shown_text(text, a), '@') != SIZE_MAX;
}

/*
 * A line " From: x@y" under another field is its continuation by RFC 5322,
 * but some software takes it for a field (attack class A9); behind a CR some
 * take it for one whatever it says.
 */
static bool
author_hides_in(
    const struct header_field *f, struct span domain, struct arena *a)
{
	struct header_walk w = { .raw_name = f->raw_name, .raw = f->raw };
	struct header_hidden hidden;

	while (header_hidden_next(&w, &hidden)) {
		if (!span_case_is(hidden.name, "From"))
			continue;
		if (!hidden.fold)
			return true;
		if (!author_shows_address(hidden.value, a))
			continue;
		if (!author_field_quotes(f->name) ||
		    (!author_is_signed_names(f->name, hidden.value) &&
			!author_is_same(hidden.value, domain, a)))
			return true;
	}
	return false;
}

void
author_find(const struct header_list *h, unsigned anomalies, struct arena *a,
    struct author *out)
{
	const struct header_field *from = header_get(h, "From", 0);

	if (from != NULL)
		author_of_field(from->value, a, out);
	author_complete(h, anomalies, a, out);
}

void
author_complete(const struct header_list *h, unsigned anomalies,
    struct arena *a, struct author *out)
{
	const struct header_field *from = header_get(h, "From", 0);
	struct span domain;

	if (from == NULL)
		author_init(out);
	domain = out->domain;
	out->fields = header_count(h, "From");
	if (out->fields > 1) {
		out->status = AUTHOR_OK;
		author_refuse(out, AUTHOR_MULTIPLE, "from-multiple",
		    "several From fields");
	}
	if (from == NULL)
		author_refuse(
		    out, AUTHOR_MISSING, "from-missing", "no From field");
	else if (from->raw_name.n > from->name.n)
		author_flag(out, "from-space-colon");
	if (anomalies & HEADER_FROM_LIKE)
		author_refuse(out, AUTHOR_AMBIGUOUS, "from-folded",
		    "what may be a From field ended the header");
	for (size_t i = 0; i < h->count; i++)
		if (author_hides_in(&h->field[i], domain, a)) {
			author_refuse(out, AUTHOR_AMBIGUOUS, "from-folded",
			    "a From field hides under another field");
			break;
		}
	if ((from != NULL && from->cut) || h->count >= 2 * HEADER_FIELDS_MAX)
		author_refuse(out, AUTHOR_AMBIGUOUS, "from-limit",
		    "the header is longer than is read");
}
