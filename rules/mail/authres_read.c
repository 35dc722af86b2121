/*
 * Reads the results of an Authentication-Results. Believes nobody and knows no
 * method.
 */
#include "config.h"

#include "rules/mail/authres_read.h"

#include "rules/mail/authres.h"
#include "rules/mail/authres_lex.h"

struct authres_reader {
	struct authres_lex lex;
	struct arena *arena;
	struct buf text; /* of the value under work */
};

/* A line end that is no fold, or any other control character. */
static bool
authres_read_controls(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool fold = c == '\r' ? i + 1 < s.n && s.p[i + 1] == '\n'
				      : c == '\n' || c == '\t';

		if ((c < ' ' && !fold) || c == 0x7F)
			return true;
	}
	return false;
}

static bool
authres_read_at(const struct authres_reader *r, char c)
{
	return authres_lex_more(&r->lex) && r->lex.s.p[r->lex.at] == c;
}

/* Passes c and what may be ignored around it; bad when c is not there. */
static void
authres_read_mark(struct authres_reader *r, char c)
{
	authres_lex_skip(&r->lex);
	if (authres_read_at(r, c))
		r->lex.at++;
	else
		r->lex.bad = true;
	authres_lex_skip(&r->lex);
}

/* RFC 5321's Keyword, and "_", which methods have as well. */
static struct span
authres_read_word(struct authres_reader *r)
{
	struct authres_lex *l = &r->lex;
	size_t from = l->at;

	while (authres_lex_more(l) &&
	       (ascii_alnum(l->s.p[l->at]) || l->s.p[l->at] == '-' ||
		   l->s.p[l->at] == '_'))
		l->at++;
	l->bad = l->bad || l->at == from;
	return arena_lower(r->arena, span_slice(l->s, from, l->at));
}

static struct span
authres_read_value(struct authres_reader *r)
{
	struct authres_lex *l = &r->lex;

	buf_clear(&r->text);
	while (authres_lex_more(l)) {
		char c = l->s.p[l->at];

		if (c == '"') {
			authres_lex_quoted(l, &r->text);
			continue;
		}
		if (ascii_space(c) || c == ';' || c == '(')
			break;
		l->bad = c == ')' || c == '\\';
		(void)buf_addc(&r->text, c);
		l->at++;
	}
	l->bad = l->bad || r->text.over;
	return arena_dup(r->arena, buf_span(&r->text));
}

/* ptype.property=value, reason=value, or a pair that nobody defined. */
static void
authres_read_pair(struct authres_reader *r, struct authres_result *out)
{
	struct authres_pair pair = { .ptype = authres_read_word(r) };

	authres_lex_skip(&r->lex);
	if (authres_read_at(r, '.')) {
		authres_read_mark(r, '.');
		pair.name = authres_read_word(r);
	}
	authres_read_mark(r, '=');
	pair.value = authres_read_value(r);
	if (pair.name.n == 0 || r->lex.bad)
		return;
	r->lex.bad = out->count == AUTHRES_PROPERTIES_MAX;
	out->property = arena_grow(r->arena, out->property, &out->cap,
	    out->count + 1, sizeof(*out->property));
	out->property[out->count++] = pair;
}

/* Behind the ";": one result with what belongs to it, up to the next. */
static void
authres_read_result(struct authres_reader *r, struct authres_said *out)
{
	struct authres_result result = { .method = authres_read_word(r) };

	authres_lex_skip(&r->lex);
	if (span_is(result.method, "none") && out->count == 0 &&
	    r->lex.at == r->lex.s.n)
		return;
	if (authres_read_at(r, '/')) {
		authres_read_mark(r, '/');
		(void)authres_read_word(r);
	}
	authres_read_mark(r, '=');
	result.result = authres_read_word(r);
	authres_lex_skip(&r->lex);
	while (authres_lex_more(&r->lex) && !authres_read_at(r, ';')) {
		authres_read_pair(r, &result);
		authres_lex_skip(&r->lex);
	}
	r->lex.bad = r->lex.bad || out->count == AUTHRES_RESULTS_MAX;
	out->result = arena_grow(r->arena, out->result, &out->cap,
	    out->count + 1, sizeof(*out->result));
	out->result[out->count++] = result;
}

static void
authres_read_all(struct authres_reader *r, struct authres_said *out)
{
	struct span version;

	authres_lex_head(&r->lex, &r->text, &version);
	out->server = authres_id(buf_span(&r->text), r->arena);
	if (version.n > 0 && !span_is(version, "1"))
		r->lex.bad = true;
	while (authres_lex_more(&r->lex)) {
		authres_read_mark(r, ';');
		if (authres_lex_more(&r->lex) && !authres_read_at(r, ';'))
			authres_read_result(r, out);
	}
}

bool
authres_read(struct arena *a, struct span text, struct authres_said *out)
{
	struct authres_reader r = { .lex = { .s = text }, .arena = a };

	*out = (struct authres_said){ .server = SPAN("") };
	if (authres_read_controls(text))
		return false;
	buf_init(&r.text, text.n + 1);
	authres_read_all(&r, out);
	buf_free(&r.text);
	if (r.lex.bad)
		*out = (struct authres_said){ .server = SPAN("") };
	return !r.lex.bad;
}

struct span
authres_pair_get(
    const struct authres_result *r, const char *ptype, const char *name)
{
	struct span found = SPAN("");

	for (size_t i = 0; i < r->count; i++) {
		const struct authres_pair *p = &r->property[i];

		if (!span_is(p->ptype, ptype) || !span_is(p->name, name))
			continue;
		if (found.n > 0 && !span_case_eq(found, p->value))
			return SPAN("");
		found = p->value;
	}
	return found;
}
