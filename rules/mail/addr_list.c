/*
 * The one parser of address fields: RFC 5322's grammar. It knows no header
 * list and no policy (author.c asks it), and asks addr_rival.c what else might
 * be read.
 */
#include "config.h"

#include "rules/mail/addr_list.h"

#include "rules/base/utf8.h"
#include "rules/mail/addr.h"
#include "rules/mail/addr_parse.h"
#include "rules/mail/addr_reading.h"
#include "rules/text/domain.h"
#include "rules/text/rune.h"

const char *const addr_status_names[] = { "ok", "empty", "group-only",
	"malformed", "ambiguous" };
_Static_assert(ARRAY_COUNT(addr_status_names) == ADDR_AMBIGUOUS + 1,
    "a name for each status");

bool
addr_fail(struct addr_parser *p, const char *why)
{
	if (p->fail == NULL)
		p->fail = why;
	return false;
}

static bool
addr_more(const struct addr_parser *p)
{
	return p->at < p->s.n;
}

static bool
addr_at(const struct addr_parser *p, char c)
{
	return p->at < p->s.n && p->s.p[p->at] == c;
}

static bool
addr_take(struct addr_parser *p, char c)
{
	if (!addr_at(p, c))
		return false;
	p->at++;
	return true;
}

static bool
addr_special(char c)
{
	return c == '\0' || span_find(SPAN("()<>[]:;@\\,\""), c) != SIZE_MAX;
}

bool
addr_atom_char(char c, bool controls)
{
	unsigned char u = (unsigned char)c;

	if (u <= ' ' || u == 0x7f)
		return controls && !ascii_space(c) && c != ' ' && c != '\0';
	return !addr_special(c);
}

/* ---- tokens -------------------------------------------------------------- */

static bool
addr_take_comment(struct addr_parser *p)
{
	size_t depth = 0, from = p->at;

	do {
		char c = p->s.p[p->at++];

		if (c == '\\')
			p->at++;
		else if (c == '(')
			depth++;
		else if (c == ')')
			depth--;
		if (depth > 0 && p->at >= p->s.n)
			return addr_fail(p, "comment without end");
	} while (depth > 0);
	addr_note_quoted(p, span_slice(p->s, from + 1, p->at - 1));
	return true;
}

/*
 * White space and comments. An address in a comment that stands behind the
 * real one shows itself to people only; before it, or in brackets, it is the
 * first that careless software finds.
 */
static bool
addr_skip(struct addr_parser *p)
{
	for (;;) {
		size_t from = p->at, first = p->rival_count;
		struct span comment;

		while (addr_more(p) && ascii_space(p->s.p[p->at]))
			p->at++;
		if (!addr_at(p, '('))
			return true;
		from = p->at;
		if (!addr_take_comment(p))
			return false;
		comment = span_slice(p->s, from, p->at);
		if (!p->behind || span_find(comment, '<') != SIZE_MAX)
			for (size_t i = first; i < p->rival_count; i++)
				p->rival[i].serious = true;
	}
}

/* A quoted string; *inner is what stands between the quotes. */
static bool
addr_take_quoted(struct addr_parser *p, struct span *inner)
{
	size_t from = ++p->at;

	while (addr_more(p) && !addr_at(p, '"'))
		p->at += addr_at(p, '\\') ? 2 : 1;
	if (p->at >= p->s.n)
		return addr_fail(p, "quoted string without end");
	*inner = span_slice(p->s, from, p->at);
	p->at++;
	return true;
}

/* An atom with dots; encoded words count as such whatever they hold. */
static void
addr_take_atom(struct addr_parser *p)
{
	while (addr_more(p)) {
		size_t n = addr_encoded_run(p->s, p->at);

		if (n > 0)
			addr_note_encoded(
			    p, span_slice(p->s, p->at, p->at + n));
		else if (!addr_atom_char(p->s.p[p->at], true))
			return;
		p->at += n > 0 ? n : 1;
	}
}

bool
addr_has_rune(struct span s, bool (*is)(uint32_t))
{
	for (size_t at = 0; at < s.n;) {
		uint32_t rune;

		at += utf8_next(s, at, &rune);
		if (rune >= 0x80 && rune != UTF8_BAD && is(rune))
			return true;
	}
	return false;
}

/* ---- addresses ------------------------------------------------------------ */

/* Quotes that change nothing go, as in the envelope. */
static struct span
addr_unquote(struct span text, struct arena *a)
{
	struct envelope_path path;

	if (text.n == 0 || text.p[0] != '"')
		return text;
	envelope_parse(text, a, &path);
	return path.valid ? path.local : text;
}

static bool
addr_local_is_encoded(struct span local)
{
	size_t at = span_search(local, SPAN("=?"));

	return at != SIZE_MAX && span_search(span_slice(local, at + 2, local.n),
				     SPAN("?=")) != SIZE_MAX;
}

bool
addr_add(struct addr_parser *p, struct span local, struct span domain,
    struct span text)
{
	struct addr_list *l = p->out;
	struct mailbox box = { SPAN(""), addr_unquote(local, p->arena),
		SPAN(""), text };
	const char *why = NULL;

	if (addr_local_is_encoded(local)) {
		l->traits |= ADDR_ENCODED;
		p->broken = "encoded word inside an address";
	}
	if (addr_has_rune(text, rune_invisible) ||
	    addr_has_rune(text, rune_bidi)) {
		l->traits |= ADDR_INVISIBLE;
		p->broken = "invisible character in an address";
	} else if (addr_has_rune(domain, rune_dot)) {
		l->traits |= ADDR_DOT;
		p->doubt = "a character that some software takes for a dot";
	} else if (domain.n > 0 && domain.p[0] == '[') {
		l->traits |= ADDR_LITERAL;
		p->broken = "an address literal instead of a domain";
	} else if (!domain_to_ascii(domain, p->arena, &box.domain, &why)) {
		return addr_fail(p, why);
	}
	if (span_ends(domain, SPAN(".")) || span_ends(local, SPAN(".")) ||
	    span_starts(local, SPAN(".")) ||
	    span_search(local, SPAN("..")) != SIZE_MAX)
		l->traits |= ADDR_LENIENT;
	if (l->count == ADDR_MAILBOX_MAX) {
		l->traits |= ADDR_LIMIT;
		p->doubt = "more mailboxes than are read";
		return true;
	}
	l->box = arena_grow(
	    p->arena, l->box, &l->cap, l->count + 1, sizeof(*l->box));
	l->box[l->count++] = box;
	return true;
}

/* The domain at the cursor: a run of what no grammar gives another meaning. */
static struct span
addr_take_domain(struct addr_parser *p)
{
	size_t from = p->at;

	if (addr_at(p, '[')) {
		while (addr_more(p) && !addr_at(p, ']') && !addr_at(p, '>'))
			p->at++;
		(void)addr_take(p, ']');
	} else {
		while (addr_more(p) && addr_atom_char(p->s.p[p->at], false))
			p->at++;
	}
	return span_slice(p->s, from, p->at);
}

static bool
addr_take_local(struct addr_parser *p, struct span *local)
{
	size_t from = p->at;
	struct span inner;

	if (addr_at(p, '"')) {
		if (!addr_take_quoted(p, &inner))
			return false;
		addr_note(p, inner, true);
	} else {
		while (addr_more(p) && addr_atom_char(p->s.p[p->at], false))
			p->at++;
	}
	*local = span_slice(p->s, from, p->at);
	return local->n > 0 || addr_fail(p, "no local part");
}

/* "@a,@b:", the source route of RFC 5322, 4.4. */
static bool
addr_take_route(struct addr_parser *p)
{
	struct span rest = span_slice(p->s, p->at, p->s.n);
	size_t colon = span_find(rest, ':'), end = span_find(rest, '>');

	if (!addr_at(p, '@'))
		return true;
	p->out->traits |= ADDR_ROUTE;
	if (colon == SIZE_MAX || end < colon)
		return addr_fail(p, "no local part");
	addr_note(p, span_slice(rest, 0, colon), true);
	p->at += colon + 1;
	return addr_skip(p);
}

/* Spaces are harmless here; a comment is not, for many do not know it. */
static bool
addr_skip_inside(struct addr_parser *p)
{
	size_t from = p->at;

	if (!addr_skip(p))
		return false;
	if (span_find(span_slice(p->s, from, p->at), '(') != SIZE_MAX)
		p->doubt = "comment inside an address";
	return true;
}

/* What stands in angle brackets, behind "<". */
static bool
addr_take_angle(struct addr_parser *p, struct span name)
{
	struct span local, domain;
	size_t from, end;

	if (!addr_skip_inside(p))
		return false;
	if (addr_take(p, '>')) {
		p->empty = true;
		return true;
	}
	if (!addr_take_route(p))
		return false;
	from = p->at;
	if (!addr_take_local(p, &local) || !addr_skip_inside(p))
		return false;
	if (!addr_take(p, '@'))
		return addr_fail(p, "no @ in an address");
	if (!addr_skip_inside(p))
		return false;
	domain = addr_take_domain(p);
	end = p->at;
	if (!addr_skip_inside(p))
		return false;
	if (!addr_take(p, '>'))
		return addr_fail(p, "angle bracket without end");
	if (!addr_add(p, local, domain, span_slice(p->s, from, end)))
		return false;
	if (p->out->count > 0)
		p->out->box[p->out->count - 1].name = name;
	addr_note_name(p, name);
	return true;
}

/* "local@domain" without brackets; a comment behind it is its name. */
static bool
addr_take_bare(struct addr_parser *p, size_t from)
{
	struct span local = span_slice(p->s, from, p->at), domain, name;
	size_t end;

	p->at++;
	if (local.n == 0)
		return addr_fail(p, "no local part");
	if (local.p[0] == '"')
		addr_note(p, local, true);
	domain = addr_take_domain(p);
	end = p->at;
	if (!addr_add(p, local, domain, span_slice(p->s, from, end)))
		return false;
	p->behind = true;
	if (!addr_skip(p))
		return false;
	name = span_trim(span_slice(p->s, end, p->at));
	if (name.n > 2 && p->out->count > 0)
		p->out->box[p->out->count - 1].name =
		    span_slice(name, 1, name.n - 1);
	return true;
}

/*
 * The words before an address or a group. *end is where the last one ended
 * and *words how many there were.
 */
static bool
addr_take_phrase(
    struct addr_parser *p, size_t *from, size_t *end, size_t *words)
{
	struct span inner;

	*words = 0;
	*from = *end = p->at;
	while (addr_more(p)) {
		if (addr_at(p, '"')) {
			if (!addr_take_quoted(p, &inner))
				return false;
			addr_note_quoted(p, inner);
		} else if (addr_atom_char(p->s.p[p->at], true)) {
			addr_take_atom(p);
		} else {
			break;
		}
		*end = p->at;
		(*words)++;
		if (!addr_at(p, '@') && !addr_skip(p))
			return false;
	}
	return true;
}

/* One address of the list, or the beginning of a group. */
static bool
addr_take_address(struct addr_parser *p, bool *group)
{
	size_t from, end, words;

	p->behind = false;
	if (!addr_take_phrase(p, &from, &end, &words))
		return false;
	if (addr_take(p, '<')) {
		if (!addr_take_angle(p, span_slice(p->s, from, end)))
			return false;
	} else if (addr_at(p, '@') && words == 1 && p->at == end) {
		if (!addr_take_bare(p, from))
			return false;
	} else if (addr_at(p, ':') && words > 0 && !*group) {
		p->at++;
		*group = true;
		p->out->traits |= ADDR_GROUP;
		return addr_skip(p);
	} else {
		return addr_fail(p, "no address");
	}
	p->behind = true;
	if (!addr_skip(p))
		return false;
	return !addr_more(p) || addr_at(p, ',') ||
	       (*group && addr_at(p, ';')) ||
	       addr_fail(p, "text behind an address");
}

static bool
addr_take_list(struct addr_parser *p)
{
	bool group = false;

	while (addr_skip(p) && addr_more(p)) {
		if (addr_take(p, ','))
			continue;
		if (group && addr_take(p, ';')) {
			group = false;
			if (!addr_skip(p))
				return false;
			if (addr_more(p) && !addr_at(p, ','))
				return addr_fail(p, "text behind a group");
			continue;
		}
		if (!addr_take_address(p, &group))
			return false;
	}
	if (group)
		return addr_fail(p, "group without end");
	if (p->empty && p->out->count > 0)
		return addr_fail(p, "an empty address among others");
	return p->fail == NULL;
}

/* ---- the whole -------------------------------------------------------------- */

bool
addr_rune_hides(uint32_t rune)
{
	return (rune_invisible(rune) || rune_bidi(rune)) && rune != 0x200C &&
	       rune != 0x200D && !(rune >= 0xFE00 && rune <= 0xFE0F) &&
	       rune < 0xE0000;
}

static void
addr_look_at_octets(struct addr_parser *p)
{
	unsigned *traits = &p->out->traits;

	if (!utf8_ascii(p->s))
		*traits |= ADDR_8BIT;
	if (!utf8_valid(p->s))
		*traits |= ADDR_NOT_UTF8;
	if (addr_has_rune(p->s, addr_rune_hides))
		*traits |= ADDR_NAME_INVISIBLE;
	for (size_t i = 0; i < p->s.n; i++) {
		char c = p->s.p[i];

		if (((unsigned char)c < ' ' && c != '\t') || c == 0x7f)
			*traits |= ADDR_CONTROL;
		if (c == '\0' || c == '\r' || c == '\n')
			p->doubt = "NUL or line end inside the field";
	}
}

static enum addr_status
addr_conclude(struct addr_parser *p)
{
	struct addr_list *l = p->out;

	if (p->broken == NULL && p->doubt == NULL)
		addr_compare_rivals(p);
	l->why = p->doubt != NULL ? p->doubt : p->broken;
	if (p->doubt != NULL)
		return ADDR_AMBIGUOUS;
	if (p->broken != NULL)
		return ADDR_MALFORMED;
	if (l->count > 0)
		return ADDR_OK;
	return l->traits & ADDR_GROUP ? ADDR_GROUP_ONLY : ADDR_EMPTY;
}

void
addr_list_parse(struct span value, struct arena *a, struct addr_list *out)
{
	struct addr_parser p = { .s = value, .arena = a, .out = out };

	*out = (struct addr_list){ .why = NULL };
	if (value.n > ADDR_VALUE_MAX) {
		out->traits |= ADDR_LIMIT;
		out->why = "longer than is read";
		out->status = ADDR_AMBIGUOUS;
		return;
	}
	addr_look_at_octets(&p);
	if (!addr_take_list(&p) && p.doubt == NULL && p.broken == NULL)
		addr_take_by_agreement(&p);
	out->status = addr_conclude(&p);
}
