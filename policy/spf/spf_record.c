/*
 * The syntax of SPF records. Knows nothing of DNS or of evaluation.
 */
#include "config.h"

#include "policy/spf/spf_record.h"

#include "policy/spf/spf_macro.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/* More than any TXT record in DNS holds; zones of case files know no limit. */
#define RECORD_MAX 65535

static bool
record_fail(const char **why, const char *text)
{
	*why = text;
	return false;
}

/* ---- arguments of mechanisms ---------------------------------------------
 *
 * arg is what follows the mechanism's name: empty, or from the first ":" or
 * "/" on.
 */

static bool
argument_none(struct span arg, struct spf_term *t, const char **why)
{
	(void)t;
	return arg.n == 0 ||
	       record_fail(why, "mechanism that takes no argument has one");
}

static bool
argument_domain(struct span arg, struct spf_term *t, const char **why)
{
	if (arg.n == 0 || arg.p[0] != ':')
		return record_fail(why, "mechanism without its domain");
	t->spec = span_slice(arg, 1, arg.n);
	return spf_domain_spec_check(t->spec, why);
}

static bool
argument_domain_or_none(struct span arg, struct spf_term *t, const char **why)
{
	return arg.n == 0 || argument_domain(arg, t, why);
}

/* A prefix length: no sign, no leading zero, at most max. */
static bool
prefix_length(struct span digits, unsigned max, uint8_t *out, const char **why)
{
	uint64_t bits;

	if (digits.n == 0 || digits.n > 3 || !span_number(digits, &bits) ||
	    (digits.p[0] == '0' && digits.n > 1) || bits > max)
		return record_fail(why, "bad prefix length");
	*out = (uint8_t)bits;
	return true;
}

/*
 * dual-cidr-length: "/4", "//6" or "/4//6". A slash may also stand in the
 * domain, so the lengths are looked for from the end: what consists of digits
 * and slashes only and starts with a slash. If that takes too much, the rest
 * was no domain-spec either.
 */
static bool
argument_dual(struct span arg, struct spf_term *t, const char **why)
{
	size_t cut = arg.n, slash;
	struct span lengths, six;

	while (
	    cut > 0 && (ascii_digit(arg.p[cut - 1]) || arg.p[cut - 1] == '/'))
		cut--;
	lengths = span_slice(arg, cut, arg.n);
	t->bits4 = 32;
	t->bits6 = 128;
	slash = span_find(lengths, '/');
	if (slash == SIZE_MAX)
		return argument_domain_or_none(arg, t, why);
	arg = span_slice(arg, 0, cut + slash);
	lengths = span_slice(lengths, slash, lengths.n);
	slash = span_search(lengths, SPAN("//"));
	if (slash != SIZE_MAX) {
		six = span_slice(lengths, slash + 2, lengths.n);
		lengths = span_slice(lengths, 0, slash);
		if (!prefix_length(six, 128, &t->bits6, why))
			return false;
	}
	if (lengths.n > 0 && !prefix_length(span_slice(lengths, 1, lengths.n),
				 32, &t->bits4, why))
		return false;
	return argument_domain_or_none(arg, t, why);
}

/*
 * Not ip_net_parse: an IPv4-mapped network written with ip6 stays an IPv6
 * one, which then never matches, because such clients count as IPv4 (5.6).
 */
static bool
argument_net(struct span arg, struct spf_term *t, const char **why)
{
	bool six = t->mechanism == SPF_IP6;
	uint8_t raw[16], bits = six ? 128 : 32;
	char text[IP_TEXT_MAX];
	struct ip ip = { .family = six ? 6 : 4 };
	size_t slash;

	if (arg.n == 0 || arg.p[0] != ':')
		return record_fail(why, "mechanism without its address");
	arg = span_slice(arg, 1, arg.n);
	slash = span_find(arg, '/');
	if (slash != SIZE_MAX) {
		if (!prefix_length(
			span_slice(arg, slash + 1, arg.n), bits, &bits, why))
			return false;
		arg = span_slice(arg, 0, slash);
	}
	if (arg.n >= sizeof(text) || span_find(arg, '\0') != SIZE_MAX)
		return record_fail(why, "bad address");
	memcpy(text, arg.p, arg.n);
	text[arg.n] = '\0';
	if (inet_pton(six ? AF_INET6 : AF_INET, text, raw) != 1)
		return record_fail(why, "bad address");
	memcpy(ip.octets, raw, six ? 16 : 4);
	t->net = (struct ip_net){ ip_mask(ip, bits), bits };
	return true;
}

/* ---- terms ---------------------------------------------------------------- */

struct mechanism_row {
	struct span name;
	bool counts;
	bool (*argument)(struct span arg, struct spf_term *t, const char **why);
};

static const struct mechanism_row mechanisms[] = {
	[SPF_ALL] = { SPAN_INIT("all"), false, argument_none },
	[SPF_INCLUDE] = { SPAN_INIT("include"), true, argument_domain },
	[SPF_A] = { SPAN_INIT("a"), true, argument_dual },
	[SPF_MX] = { SPAN_INIT("mx"), true, argument_dual },
	[SPF_PTR] = { SPAN_INIT("ptr"), true, argument_domain_or_none },
	[SPF_IP4] = { SPAN_INIT("ip4"), false, argument_net },
	[SPF_IP6] = { SPAN_INIT("ip6"), false, argument_net },
	[SPF_EXISTS] = { SPAN_INIT("exists"), true, argument_domain },
};
_Static_assert(
    ARRAY_COUNT(mechanisms) == SPF_EXISTS + 1, "a row for each mechanism");

bool
spf_mechanism_counts(enum spf_mechanism m)
{
	return mechanisms[m].counts;
}

/* Length of the name at the start of s, 0 when there is none. */
static size_t
name_length(struct span s)
{
	size_t n = 0;

	if (s.n == 0 || !ascii_alpha(s.p[0]))
		return 0;
	while (n < s.n && (ascii_alnum(s.p[n]) || s.p[n] == '-' ||
			      s.p[n] == '_' || s.p[n] == '.'))
		n++;
	return n;
}

static bool
mechanism_read(
    struct span name, struct span arg, struct spf_term *t, const char **why)
{
	for (size_t i = 0; i < ARRAY_COUNT(mechanisms); i++)
		if (span_case_eq(name, mechanisms[i].name)) {
			t->mechanism = (uint8_t)i;
			return mechanisms[i].argument(arg, t, why);
		}
	return record_fail(why, "unknown mechanism");
}

static bool
modifier_read(
    struct span text, struct span name, struct span value, struct spf_record *r)
{
	struct span *slot;

	if (span_case_is(name, "redirect"))
		slot = &r->redirect;
	else if (span_case_is(name, "exp"))
		slot = &r->exp;
	else
		return spf_macro_check(value, SPF_PLACE_MODIFIER, &r->why);
	if (slot->n > 0)
		return record_fail(&r->why, "modifier given twice");
	if (slot == &r->redirect)
		r->redirect_text = text;
	*slot = value;
	return spf_domain_spec_check(value, &r->why);
}

/* A directive goes to *t with directive set, a modifier to the record. */
static bool
term_read(
    struct span text, struct spf_record *r, struct spf_term *t, bool *directive)
{
	struct span body = text;
	size_t n;

	*t = (struct spf_term){ .qualifier = '+', .text = text };
	if (memchr("+-~?", text.p[0], 4) != NULL) {
		t->qualifier = text.p[0];
		body = span_slice(text, 1, text.n);
	}
	n = name_length(body);
	*directive = n == body.n || body.p[n] != '=';
	if (n == 0)
		return record_fail(&r->why, "neither mechanism nor modifier");
	if (*directive)
		return mechanism_read(span_slice(body, 0, n),
		    span_slice(body, n, body.n), t, &r->why);
	if (body.n != text.n)
		return record_fail(&r->why, "modifier with a qualifier");
	return modifier_read(
	    text, span_slice(body, 0, n), span_slice(body, n + 1, body.n), r);
}

/* ---- records -------------------------------------------------------------- */

static const struct span version = SPAN_INIT("v=spf1");

bool
spf_record_is(struct span text)
{
	return span_case_starts(text, version) &&
	       (text.n == version.n || text.p[version.n] == ' ');
}

/* The terms that are kept, with room for more. */
struct term_list {
	struct arena *arena;
	struct spf_term *term;
	size_t count, cap;
	size_t counted; /* of those, how many count as lookups */
	bool closed;    /* nothing behind can be reached */
};

static void
term_keep(struct term_list *l, const struct spf_term *t)
{
	if (l->closed)
		return;
	if (l->count == l->cap)
		l->term = arena_grow(l->arena, l->term, &l->cap,
		    l->cap == 0 ? 8 : l->cap * 2, sizeof(*l->term));
	l->term[l->count++] = *t;
	l->counted += spf_mechanism_counts(t->mechanism);
	l->closed = t->mechanism == SPF_ALL || l->counted > SPF_LOOKUPS_MAX;
}

bool
spf_record_parse(struct arena *a, struct span text, struct spf_record *out)
{
	struct term_list list = { .arena = a };
	struct span rest = span_slice(text, version.n, text.n), piece;
	struct spf_term term;
	bool directive;

	*out = (struct spf_record){ .why = NULL };
	if (text.n > RECORD_MAX)
		return record_fail(&out->why, "record too long");
	while (span_cut(&rest, ' ', &piece)) {
		if (piece.n == 0)
			continue;
		if (!term_read(piece, out, &term, &directive)) {
			out->where = piece;
			return false;
		}
		if (directive)
			term_keep(&list, &term);
	}
	out->term = list.term;
	out->count = list.count;
	return true;
}
