/*
 * Writing Authentication-Results. Every item is written whole by
 * authres_item, which folds; what a peer can influence goes through
 * authres_pvalue, which quotes.
 */
#include "config.h"

#include "rules/mail/authres.h"

#include <string.h>

#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/text/domain.h"

#define AUTHRES_COLUMNS 78
#define AUTHRES_TAB     8
/* Of one value or reason, before quoting: a line can't come near 998. */
#define AUTHRES_VALUE_MAX 400
#define AUTHRES_NAME      "Authentication-Results: "

/* RFC 2045, 5.1: token. Only ASCII. */
static bool
authres_token_char(char c)
{
	return c > ' ' && c < 0x7F && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

static bool
authres_is_token(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!authres_token_char(s.p[i]))
			return false;
	return s.n > 0;
}

/* RFC 5322, 3.2.3: dot-atom. */
static bool
authres_is_dot_atom(struct span s)
{
	struct span rest = s, atom;

	while (span_cut(&rest, '.', &atom)) {
		if (atom.n == 0)
			return false;
		for (size_t i = 0; i < atom.n; i++)
			if (!ascii_alnum(atom.p[i]) &&
			    (atom.p[i] == '\0' || strchr("!#$%&'*+-/=?^_`{|}~",
						      atom.p[i]) == NULL))
				return false;
	}
	return s.n > 0;
}

/* A quoted string; one "?" for each run of octets that are not printable. */
static void
authres_quoted(struct buf *out, struct span s)
{
	bool odd = false;

	(void)buf_addc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		bool print = s.p[i] >= ' ' && s.p[i] < 0x7F;

		if (!print && !odd)
			(void)buf_addc(out, '?');
		if (s.p[i] == '"' || s.p[i] == '\\')
			(void)buf_addc(out, '\\');
		if (print)
			(void)buf_addc(out, s.p[i]);
		odd = !print;
	}
	(void)buf_addc(out, '"');
}

static void
authres_value(struct buf *out, struct span s)
{
	struct span cut = span_slice(s, 0, AUTHRES_VALUE_MAX);

	if (authres_is_token(cut))
		(void)buf_add(out, cut);
	else
		authres_quoted(out, cut);
}

/*
 * RFC 8601, 2.2: pvalue. A local part that is a quoted string is left to the
 * value's quoting, which the grammar allows as well.
 */
static void
authres_pvalue(struct buf *out, struct span s, struct arena *a)
{
	size_t at = span_find_last(s, '@');
	bool address = at != SIZE_MAX;
	struct span local = span_slice(s, 0, address ? at : 0);
	struct span domain = address ? span_slice(s, at + 1, s.n) : s;
	const char *why;

	if (s.n > AUTHRES_VALUE_MAX || (!address && utf8_ascii(s)) ||
	    !domain_to_ascii(domain, a, &domain, &why)) {
		authres_value(out, s);
	} else if (!address || !utf8_ascii(local)) {
		(void)buf_add(out, domain);
	} else if (local.n > 0 && !authres_is_dot_atom(local)) {
		authres_value(out, s);
	} else {
		(void)buf_add(out, local);
		(void)buf_addc(out, '@');
		(void)buf_add(out, domain);
	}
}

/* Adds one item whole, on a new line when it does not fit on this one. */
static void
authres_item(struct authres *ar, struct span item)
{
	bool fits = ar->column + 1 + item.n + 1 <= AUTHRES_COLUMNS;
	bool fold = !fits && ar->column > AUTHRES_TAB;

	if (fold) {
		(void)buf_addz(&ar->text, "\n\t");
		ar->column = AUTHRES_TAB;
	} else if (ar->column > AUTHRES_TAB) {
		(void)buf_addc(&ar->text, ' ');
		ar->column++;
	}
	(void)buf_add(&ar->text, item);
	ar->column += item.n;
}

void
authres_init(struct authres *ar, struct arena *a, struct span authserv_id)
{
	*ar = (struct authres){
		.arena = a,
		.column = sizeof(AUTHRES_NAME) - 1,
	};
	buf_init(&ar->text, AUTHRES_MAX);
	authres_value(&ar->text, authserv_id);
	ar->column += ar->text.n;
	ar->whole = ar->text.n;
}

void
authres_method(struct authres *ar, const char *method, const char *result)
{
	struct buf b;

	INVARIANT(authres_is_token(span_of(method)));
	INVARIANT(authres_is_token(span_of(result)));
	if (!ar->text.over)
		ar->whole = ar->text.n;
	(void)buf_addz(&ar->text, ";\n\t");
	ar->column = AUTHRES_TAB;
	buf_init(&b, 100);
	(void)buf_addz(&b, method);
	(void)buf_addc(&b, '=');
	(void)buf_addz(&b, result);
	INVARIANT(!b.over);
	authres_item(ar, buf_span(&b));
	buf_free(&b);
	ar->begun = true;
	ar->reason_given = ar->property_given = false;
}

void
authres_reason(struct authres *ar, struct span reason)
{
	struct buf b;

	INVARIANT(ar->begun && !ar->reason_given && !ar->property_given);
	buf_init(&b, 2 * AUTHRES_VALUE_MAX + 16);
	(void)buf_addz(&b, "reason=");
	authres_value(&b, span_slice(reason, 0, AUTHRES_VALUE_MAX));
	authres_item(ar, buf_span(&b));
	buf_free(&b);
	ar->reason_given = true;
}

void
authres_property(struct authres *ar, const char *ptype, const char *property,
    struct span value)
{
	struct buf b;

	INVARIANT(ar->begun);
	INVARIANT(authres_is_token(span_of(ptype)));
	INVARIANT(authres_is_token(span_of(property)));
	buf_init(&b, 2 * AUTHRES_VALUE_MAX + 100);
	(void)buf_addz(&b, ptype);
	(void)buf_addc(&b, '.');
	(void)buf_addz(&b, property);
	(void)buf_addc(&b, '=');
	authres_pvalue(&b, value, ar->arena);
	INVARIANT(!b.over);
	authres_item(ar, buf_span(&b));
	buf_free(&b);
	ar->property_given = true;
}

struct span
authres_finish(struct authres *ar)
{
	struct span value;

	if (!ar->begun)
		(void)buf_addz(&ar->text, "; none");
	value = buf_span(&ar->text);
	if (ar->text.over)
		value.n = ar->whole;
	value = arena_dup(ar->arena, value);
	buf_free(&ar->text);
	return value;
}

struct span
authres_id(struct span id, struct arena *a)
{
	struct span text = span_trim(id), domain;
	const char *why;

	return domain_to_ascii(text, a, &domain, &why) ? domain
						       : arena_lower(a, text);
}
