/*
 * Which domains does a line mean? Our own forms and the formats in which
 * public lists come: hosts files, zone files of RPZ, filter lists for
 * browsers, lines of dnsmasq and Unbound, URLs. Each line tells its format
 * by itself; a file may mix them.
 */
#include "config.h"

#include <string.h>

#include "rules/list/list_line.h"
#include "rules/text/domain.h"

/* Names that hosts files have for the machine itself. */
static const char *const list_own_names[] = { "localhost",
	"localhost.localdomain", "local", "broadcasthost", "localhost4",
	"localhost6", "ip6-localhost", "ip6-loopback", "ip6-localnet",
	"ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters", "ip6-allhosts",
	"0.0.0.0" };

static bool
list_domain_octet(char c)
{
	return ascii_alnum(c) || c == '-' || c == '_';
}

/* Lower case into room; false for what needs a closer look. */
static bool
list_domain_plain(struct span text, char *room)
{
	size_t label = 0;

	if (text.n == 0 || text.n > DOMAIN_OCTETS_MAX)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '.' && label == 0)
			return false;
		if (c != '.' && !list_domain_octet(c))
			return false;
		label = c == '.' ? 0 : label + 1;
		if (label > LABEL_OCTETS_MAX)
			return false;
		room[i] = ascii_lower(c);
	}
	return label > 0;
}

bool
list_domain(struct arena *a, struct span text, char *room, struct span *out,
    const char **why)
{
	if (text.n > 1 && text.p[text.n - 1] == '.')
		text = span_slice(text, 0, text.n - 1);
	if (!list_domain_plain(text, room))
		return domain_to_ascii(text, a, out, why);
	*out = span_make(room, text.n);
	return true;
}

/* A name and what it stands for goes to the sink. */
static enum list_verdict
list_take_domain(struct list_file *f, struct span name, uint8_t flags,
    struct list_sink sink, struct list_fault *fault)
{
	char room[LIST_KEY_MAX];
	struct list_record r = { .flags = flags };
	struct ip ip;

	if (!list_domain(f->arena, name, room, &r.key, &fault->why)) {
		fault->at = name.p;
		return LIST_LINE_BAD;
	}
	if (ascii_digit(r.key.p[r.key.n - 1]) && ip_parse(r.key, &ip)) {
		*fault =
		    (struct list_fault){ "an IP address in a list of domains",
			    name.p };
		return LIST_LINE_BAD;
	}
	return sink.take(sink.context, &r) ? LIST_LINE_TAKEN : LIST_LINE_FULL;
}

/* example.com, =example.com, .example.com and *.example.com */
static enum list_verdict
list_take_form(struct list_file *f, struct span name, struct list_sink sink,
    struct list_fault *fault)
{
	uint8_t flags = LIST_SELF | LIST_BELOW;
	size_t skip = 0;

	if (span_starts(name, SPAN("="))) {
		flags = LIST_SELF;
		skip = 1;
	} else if (span_starts(name, SPAN("."))) {
		flags = LIST_BELOW;
		skip = 1;
	} else if (span_starts(name, SPAN("*."))) {
		flags = LIST_BELOW;
		skip = 2;
	} else if (span_find(name, '@') != SIZE_MAX) {
		*fault = (struct list_fault){ "an address in a list of domains",
			name.p };
		return LIST_LINE_BAD;
	}
	return list_take_domain(
	    f, span_slice(name, skip, name.n), flags, sink, fault);
}

/* ---- hosts files --------------------------------------------------------- */

static bool
list_own_name(struct span name)
{
	for (size_t i = 0; i < ARRAY_COUNT(list_own_names); i++)
		if (span_case_is(name, list_own_names[i]))
			return true;
	return false;
}

/* ADDRESS NAME ...: all names; rest is what follows the address. */
static enum list_verdict
list_line_hosts(struct list_file *f, struct span rest, struct list_sink sink,
    struct list_fault *fault)
{
	enum list_verdict all = LIST_LINE_SKIPPED;
	struct span name;

	while (list_token(&rest, &name)) {
		enum list_verdict one;

		if (list_own_name(name))
			continue;
		one = list_take_domain(
		    f, name, LIST_SELF | LIST_BELOW, sink, fault);
		if (one == LIST_LINE_FULL)
			return one;
		if (one == LIST_LINE_BAD || all != LIST_LINE_BAD)
			all = one;
	}
	return all;
}

/* ---- zone files ---------------------------------------------------------- */

static bool
list_one_of(struct span token, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_case_is(token, words[i]))
			return true;
	return false;
}

/* Takes [TTL] [CLASS] TYPE off *rest; an empty type for no record. */
static struct span
list_record_type(struct span *rest)
{
	static const char *const types[] = { "CNAME", "A", "AAAA", "TXT", "MX",
		"SOA", "NS", "DNAME", "PTR" };
	struct span token;
	uint64_t ttl;

	while (list_token(rest, &token)) {
		if (list_one_of(token, types, ARRAY_COUNT(types)))
			return token;
		if (!span_case_is(token, "IN") && !span_number(token, &ttl))
			break;
	}
	return SPAN("");
}

/* Takes the zone's own name off the end of an absolute owner. */
static struct span
list_below_origin(const struct list_file *f, struct span owner)
{
	size_t n;

	if (!span_ends(owner, SPAN(".")))
		return owner;
	owner = span_slice(owner, 0, owner.n - 1);
	if (f->origin.n == 0 || !span_case_ends(owner, f->origin))
		return owner;
	n = owner.n - f->origin.n;
	if (n == 0)
		return SPAN("@");
	return owner.p[n - 1] == '.' ? span_slice(owner, 0, n - 1) : owner;
}

/*
 * OWNER ... TYPE DATA of a response policy zone: the name alone, or with *
 * what is below it. Records of the zone itself, exceptions and triggers by
 * address list nothing.
 */
static enum list_verdict
list_line_record(struct list_file *f, struct span owner, struct span type,
    struct span rest, struct list_sink sink, struct list_fault *fault)
{
	struct span name, target;

	(void)list_token(&rest, &target);
	if (span_case_is(type, "SOA")) {
		f->in_brackets = span_find(rest, '(') != SIZE_MAX &&
				 span_find(rest, ')') == SIZE_MAX;
		if (span_ends(owner, SPAN(".")) && owner.n > 1)
			f->origin = span_slice(owner, 0, owner.n - 1);
		return LIST_LINE_SKIPPED;
	}
	name = list_below_origin(f, owner);
	if (span_case_is(type, "NS") || span_is(name, "@") ||
	    span_case_is(target, "rpz-passthru.") ||
	    (span_case_is(type, "CNAME") && span_case_eq(target, owner)) ||
	    span_search(name, SPAN("rpz-")) != SIZE_MAX)
		return LIST_LINE_SKIPPED;
	if (span_starts(name, SPAN("*.")))
		return list_take_domain(
		    f, span_slice(name, 2, name.n), LIST_BELOW, sink, fault);
	return list_take_domain(f, name, LIST_SELF, sink, fault);
}

/* $ORIGIN and $TTL */
static enum list_verdict
list_line_directive(struct list_file *f, struct span token, struct span rest)
{
	struct span origin;

	if (span_case_is(token, "$ORIGIN") && list_token(&rest, &origin) &&
	    span_ends(origin, SPAN(".")))
		f->origin = span_slice(origin, 0, origin.n - 1);
	return LIST_LINE_SKIPPED;
}

/* ---- other formats ------------------------------------------------------- */

/* ||example.com^ and ||example.com^$important; what blocks only in part of a
 * site or on some pages lists nothing. */
static enum list_verdict
list_line_filter(struct list_file *f, struct span text, struct list_sink sink,
    struct list_fault *fault)
{
	static const char *const whole[] = { "", "$important", "$all",
		"$document", "$doc", "$popup", "$third-party", "$3p" };
	size_t end = span_find(text, '^');
	struct span name = span_slice(text, 2, end);

	if (end == SIZE_MAX || span_find(name, '/') != SIZE_MAX ||
	    !list_one_of(
		span_slice(text, end + 1, text.n), whole, ARRAY_COUNT(whole)))
		return LIST_LINE_SKIPPED;
	return list_take_domain(f, name, LIST_SELF | LIST_BELOW, sink, fault);
}

/* scheme://host with nothing behind it but a slash. */
static enum list_verdict
list_line_url(struct list_file *f, struct span host, struct list_sink sink,
    struct list_fault *fault)
{
	if (span_ends(host, SPAN("/")))
		host = span_slice(host, 0, host.n - 1);
	for (size_t i = 0; i < host.n; i++)
		if (memchr("/?#:@", host.p[i], 5) != NULL) {
			*fault = (struct list_fault){
				"a URL with a path or port would list its "
				"whole host",
				host.p + i
			};
			return LIST_LINE_BAD;
		}
	return list_take_domain(f, host, LIST_SELF | LIST_BELOW, sink, fault);
}

/* dnsmasq's address=/a/b/0.0.0.0: what stands between the slashes. */
static enum list_verdict
list_line_dnsmasq(struct list_file *f, struct span rest, struct list_sink sink,
    struct list_fault *fault)
{
	enum list_verdict verdict = LIST_LINE_SKIPPED;
	struct span name;
	size_t end = span_find_last(rest, '/');

	rest = span_slice(rest, 0, end == SIZE_MAX ? 0 : end);
	while (span_cut(&rest, '/', &name)) {
		verdict = list_take_domain(
		    f, name, LIST_SELF | LIST_BELOW, sink, fault);
		if (verdict != LIST_LINE_TAKEN)
			break;
	}
	return verdict;
}

/* Unbound's local-zone: "example.com." always_nxdomain */
static enum list_verdict
list_line_unbound(struct list_file *f, struct span rest, struct list_sink sink,
    struct list_fault *fault)
{
	struct span name;

	(void)list_token(&rest, &name);
	if (name.n > 2 && name.p[0] == '"' && name.p[name.n - 1] == '"')
		name = span_slice(name, 1, name.n - 1);
	return list_take_domain(f, name, LIST_SELF | LIST_BELOW, sink, fault);
}

static const struct {
	const char *start;
	enum list_verdict (*take)(struct list_file *f, struct span rest,
	    struct list_sink sink, struct list_fault *fault);
} list_formats[] = {
	{ "http://", list_line_url },
	{ "https://", list_line_url },
	{ "ftp://", list_line_url },
	{ "address=/", list_line_dnsmasq },
	{ "server=/", list_line_dnsmasq },
	{ "local=/", list_line_dnsmasq },
	{ "local-zone:", list_line_unbound },
};

/* Lines that only have to be passed over: other sections of other formats. */
static bool
list_line_foreign(struct span text)
{
	static const char *const starts[] = { "!", "[", "@@",
		"server:", "local-data:", "local-data-ptr:" };

	for (size_t i = 0; i < ARRAY_COUNT(starts); i++)
		if (span_case_starts(text, span_of(starts[i])))
			return true;
	return span_search(text, SPAN("##")) != SIZE_MAX ||
	       span_search(text, SPAN("#@#")) != SIZE_MAX;
}

/* Lines of more than one token. */
static enum list_verdict
list_line_many(struct list_file *f, struct span token, struct span rest,
    struct list_sink sink, struct list_fault *fault)
{
	struct span after = rest, type;
	struct ip ip;

	if ((ascii_digit(token.p[0]) || span_find(token, ':') != SIZE_MAX) &&
	    ip_parse(token, &ip))
		return list_line_hosts(f, rest, sink, fault);
	if (token.p[0] == '$')
		return list_line_directive(f, token, rest);
	type = list_record_type(&after);
	if (type.n > 0)
		return list_line_record(f, token, type, after, sink, fault);
	*fault = (struct list_fault){ "more than one domain in a line",
		span_trim(rest).p };
	return LIST_LINE_BAD;
}

/* A name, perhaps with one of our signs, and in none of the other formats. */
static bool
list_line_simple(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!list_domain_octet(text.p[i]) && text.p[i] != '.')
			return false;
	return true;
}

enum list_verdict
list_line_domains(struct list_file *f, struct span text, struct list_sink sink,
    struct list_fault *fault)
{
	struct span rest = text, token;

	if (f->in_brackets) {
		f->in_brackets = span_find(text, ')') == SIZE_MAX;
		return LIST_LINE_SKIPPED;
	}
	if (!list_token(&rest, &token))
		return LIST_LINE_SKIPPED;
	if (rest.n == 0 && list_line_simple(text))
		return list_take_form(f, text, sink, fault);
	if (list_line_foreign(text))
		return LIST_LINE_SKIPPED;
	if (span_starts(text, SPAN("||")))
		return list_line_filter(f, text, sink, fault);
	for (size_t i = 0; i < ARRAY_COUNT(list_formats); i++) {
		struct span start = span_of(list_formats[i].start);

		if (span_case_starts(text, start))
			return list_formats[i].take(
			    f, span_slice(text, start.n, text.n), sink, fault);
	}
	if (rest.n > 0)
		return list_line_many(f, token, rest, sink, fault);
	return list_take_form(f, text, sink, fault);
}
