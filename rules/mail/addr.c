/*
 * The paths of the SMTP envelope. It knows nothing of header fields, whose
 * addresses have a grammar of their own (addr_list.c).
 */
#include "config.h"

#include "rules/mail/addr.h"

#include "rules/text/domain.h"

/* What may stand in a local part without quotes: atext, dots and EAI. */
static bool
envelope_local_char(char c)
{
	return (unsigned char)c >= 0x80 || ascii_alnum(c) ||
	       (c != '\0' &&
		   span_find(SPAN("!#$%&'*+-/=?^_`{|}~."), c) != SIZE_MAX);
}

/* The offset behind the local part that begins at 0, or SIZE_MAX. */
static size_t
envelope_local_end(struct span s)
{
	size_t at = 0;

	if (s.n == 0 || s.p[0] != '"') {
		while (at < s.n && envelope_local_char(s.p[at]))
			at++;
		return at;
	}
	for (at = 1; at < s.n && s.p[at] != '"'; at++) {
		if (s.p[at] == '\\')
			at++;
		if (at < s.n &&
		    ((unsigned char)s.p[at] < 0x20 || s.p[at] == 0x7f))
			return SIZE_MAX;
	}
	return at < s.n ? at + 1 : SIZE_MAX;
}

/*
 * RFC 5321, 4.1.2: quotes that change nothing are dropped, so that one
 * mailbox has one spelling. Where they are needed they stay.
 */
static struct span
envelope_local_unquote(struct span local, struct arena *a)
{
	char *plain;
	size_t n = 0;

	if (local.n < 3 || local.p[0] != '"')
		return local;
	plain = arena_alloc(a, local.n);
	for (size_t i = 1; i + 1 < local.n; i++) {
		if (local.p[i] == '\\')
			i++;
		if (!envelope_local_char(local.p[i]))
			return local;
		plain[n++] = local.p[i];
	}
	return span_make(plain, n);
}

/* Drops "@a,@b:" from the front; false when it is not well formed. */
static bool
envelope_drop_route(struct span *s)
{
	size_t colon = span_find(*s, ':');
	struct span rest, hop;

	if (colon == SIZE_MAX)
		return false;
	rest = span_slice(*s, 0, colon);
	while (span_cut(&rest, ',', &hop)) {
		hop = span_trim(hop);
		if (hop.n < 2 || hop.p[0] != '@')
			return false;
	}
	*s = span_slice(*s, colon + 1, s->n);
	return true;
}

static bool
envelope_parse_mailbox(
    struct span s, struct arena *a, struct envelope_path *out)
{
	size_t end = envelope_local_end(s);
	struct span domain;
	const char *why;
	struct ip ip;

	if (end == SIZE_MAX || end == 0)
		return false;
	out->local = envelope_local_unquote(span_slice(s, 0, end), a);
	if (end == s.n)
		return true;
	if (s.p[end] != '@')
		return false;
	domain = span_slice(s, end + 1, s.n);
	out->literal = domain_literal(domain, &ip);
	return out->literal || domain_to_ascii(domain, a, &out->domain, &why);
}

void
envelope_parse(struct span raw, struct arena *a, struct envelope_path *out)
{
	struct span s = span_trim(raw);

	*out = (struct envelope_path){ SPAN(""), SPAN(""), SPAN(""), false,
		false, false, false };
	out->raw = s;
	if (s.n > 0 && s.p[0] == '<') {
		if (s.p[s.n - 1] != '>')
			return;
		s = span_trim(span_slice(s, 1, s.n - 1));
	}
	out->raw = s;
	if (s.n > 0 && s.p[0] == '@') {
		out->route = true;
		if (!envelope_drop_route(&s))
			return;
		out->raw = s;
	}
	out->null = s.n == 0 && !out->route;
	out->valid = out->null || envelope_parse_mailbox(s, a, out);
	if (!out->valid)
		out->local = out->domain = SPAN("");
}
