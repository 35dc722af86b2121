/*
 * Declarations of lists in DNS: from the options that the rule language hands
 * over as words to struct dnslist. It reads no files itself and asks nothing.
 */
#include "config.h"

#include "policy/lists/dnslist.h"

#include <string.h>

#include "rules/text/domain.h"

#define KEY_MAX        63 /* it becomes a label */
#define TYPE_BIT(type) (1U << (type))
#define TYPE_NAMES \
	(TYPE_BIT(FACT_TEXT) | TYPE_BIT(FACT_DOMAIN) | TYPE_BIT(FACT_ADDRESS))

static const char *const dnslist_options[] = { "codes", "bits", "key",
	"registrable", "except", "probe", NULL };

#define USAGE(kind)                                                         \
	"list NAME " kind                                                   \
	" \"ZONE\" [codes 127.0.0.2=NAME ...] [bits 8=NAME ...] [key file " \
	"\"FILE\"] [registrable] [except VALUE ...] [probe LISTED CLEAN]"

const struct rule_list_kind dnslist_kinds[DNSLIST_KIND_COUNT] = {
	[DNSLIST_BLOCK] = { "dnsbl", USAGE("dnsbl"), true, 0, TYPE_BIT(FACT_IP),
	    dnslist_options },
	[DNSLIST_WHITE] = { "dnswl", USAGE("dnswl"), true, 0, TYPE_BIT(FACT_IP),
	    dnslist_options },
	[DNSLIST_NAME] = { "rhsbl", USAGE("rhsbl"), true, 0, TYPE_NAMES,
	    dnslist_options },
	[DNSLIST_URI] = { "uribl", USAGE("uribl"), true, 0, TYPE_NAMES,
	    dnslist_options },
};

bool
dnslist_is_kind(const struct rule_list_kind *kind)
{
	for (size_t i = 0; i < DNSLIST_KIND_COUNT; i++)
		if (kind == &dnslist_kinds[i])
			return true;
	return false;
}

/* What the readers of options work with. */
struct parsing {
	const struct rule_list_info *info;
	const struct dnslist_keys *keys;
	struct arena *arena;
	struct dnslist *list;
	const char **why;
};

static bool
parse_fails(struct parsing *p, const char *what, struct span value)
{
	*p->why = arena_printf(p->arena, "%s: \"%.*s\"", what, SPAN_FMT(value));
	return false;
}

/* ---- codes and bits ------------------------------------------------------ */

/* "8" or "2-15". */
static bool
parse_octets(struct span text, uint8_t *from, uint8_t *to)
{
	size_t dash = span_find(text, '-');
	uint64_t low, high;

	if (!span_number(span_slice(text, 0, dash), &low))
		return false;
	high = low;
	if (dash != SIZE_MAX &&
	    !span_number(span_slice(text, dash + 1, text.n), &high))
		return false;
	if (low > high || high > 255)
		return false;
	*from = (uint8_t)low;
	*to = (uint8_t)high;
	return true;
}

/* The name behind "=", which is what replies and rules call the code. */
static struct span
parse_name(struct span *value)
{
	size_t equal = span_find(*value, '=');
	struct span name = SPAN("");

	if (equal != SIZE_MAX) {
		name = span_trim(span_slice(*value, equal + 1, value->n));
		*value = span_trim(span_slice(*value, 0, equal));
	}
	return name;
}

static bool
code_covers(const struct dnslist_code *c, size_t octet, uint8_t value)
{
	return c->from[octet] <= value && value <= c->to[octet];
}

static bool
parse_code(struct parsing *p, struct span value, struct dnslist_code *out)
{
	struct span rest = value, piece;
	size_t octets = 0;

	out->name = parse_name(&rest);
	value = rest;
	while (span_cut(&rest, '.', &piece)) {
		if (octets == 4 ||
		    !parse_octets(piece, &out->from[octets], &out->to[octets]))
			return parse_fails(p, "this is no code", value);
		octets++;
	}
	if (octets != 4)
		return parse_fails(p,
		    "a code is an address such as 127.0.0.2 or 127.0.0.2-4",
		    value);
	if (out->from[0] != 127 || out->to[0] != 127)
		return parse_fails(
		    p, "codes of lists begin with 127 (RFC 5782)", value);
	if (code_covers(out, 1, 255) && code_covers(out, 2, 255))
		return parse_fails(p,
		    "127.255.255.x are errors of lists, never a listing",
		    value);
	return true;
}

static bool
parse_codes(struct parsing *p, const struct rule_list_option *o)
{
	struct dnslist_code *code =
	    arena_array(p->arena, o->count, sizeof(*code));

	for (size_t i = 0; i < o->count; i++)
		if (!parse_code(p, o->value[i], &code[i]))
			return false;
	p->list->code = code;
	p->list->code_count = o->count;
	return true;
}

static bool
parse_bits(struct parsing *p, const struct rule_list_option *o)
{
	struct dnslist_bit *bit = arena_array(p->arena, o->count, sizeof(*bit));

	for (size_t i = 0; i < o->count; i++) {
		struct span value = o->value[i];
		uint64_t mask;

		bit[i].name = parse_name(&value);
		if (!span_number(value, &mask) || mask == 0 || mask > 255)
			return parse_fails(
			    p, "bits are numbers from 2 to 254", value);
		if ((mask & 1) != 0)
			return parse_fails(p,
			    "bit 1 says that the list refuses to answer",
			    value);
		bit[i].mask = (uint8_t)mask;
	}
	p->list->bit = bit;
	p->list->bit_count = o->count;
	p->list->bits = o->count > 0;
	return true;
}

/* ---- the other options --------------------------------------------------- */

/* Only what may stand in a label, so that it cannot change the zone. */
static bool
key_is_label(struct span key)
{
	if (key.n == 0 || key.n > KEY_MAX)
		return false;
	for (size_t i = 0; i < key.n; i++)
		if (!ascii_alnum(key.p[i]) && key.p[i] != '-' &&
		    key.p[i] != '_')
			return false;
	return true;
}

/* What is wrong with a key is said without showing it. */
static bool
parse_key(struct parsing *p, const struct rule_list_option *o)
{
	const struct source *from = p->info->place.source;
	struct span text;
	const char *why = "files can't be read here";

	if (o->count != 2 || !span_is(o->value[0], "file")) {
		*p->why = "the key stands in a file of its own, which only the "
			  "daemon can read: key file \"FILE\"";
		return false;
	}
	if (p->keys->read == NULL ||
	    !p->keys->read(p->keys->ctx, o->value[1], from, &text, &why)) {
		if (p->keys->lenient) {
			p->list->key = SPAN("key");
			return true;
		}
		*p->why = arena_printf(p->arena, "its key: %s", why);
		return false;
	}
	text = span_trim(text);
	if (!key_is_label(text)) {
		*p->why = arena_printf(p->arena,
		    "what stands in \"%.*s\" is no key: it is one word of "
		    "letters and digits",
		    SPAN_FMT(o->value[1]));
		return false;
	}
	p->list->key = arena_lower(p->arena, text);
	return true;
}

static bool
parse_registrable(struct parsing *p, const struct rule_list_option *o)
{
	p->list->registrable = true;
	return o->count == 0 ||
	       parse_fails(p, "registrable takes no value", o->value[0]);
}

static bool
parse_except(struct parsing *p, const struct rule_list_option *o)
{
	struct ip_net *net = arena_array(p->arena, o->count, sizeof(*net));
	struct span *name = arena_array(p->arena, o->count, sizeof(*name));
	struct dnslist *l = p->list;
	const char *why;

	l->except = name;
	l->except_net = net;
	for (size_t i = 0; i < o->count; i++) {
		if (ip_net_parse(o->value[i], &net[l->except_net_count]))
			l->except_net_count++;
		else if (domain_to_ascii(o->value[i], p->arena,
			     &name[l->except_count], &why))
			l->except_count++;
		else
			return parse_fails(p,
			    "this is neither a network nor a domain",
			    o->value[i]);
	}
	return true;
}

/* probe LISTED [CLEAN], or probe none. */
static bool
parse_probe(struct parsing *p, const struct rule_list_option *o)
{
	struct dnslist *l = p->list;

	if (o->count == 1 && span_is(o->value[0], "none")) {
		l->probe_listed = l->probe_clean = SPAN("");
		return true;
	}
	if (o->count == 0 || o->count > 2) {
		*p->why = "probe takes a name that is listed and one that is "
			  "not, or none";
		return false;
	}
	l->probe_listed = arena_lower(p->arena, o->value[0]);
	if (o->count == 2)
		l->probe_clean = arena_lower(p->arena, o->value[1]);
	return true;
}

static const struct {
	const char *name;
	bool (*parse)(struct parsing *p, const struct rule_list_option *o);
} option_rows[] = {
	{ "codes", parse_codes },
	{ "bits", parse_bits },
	{ "key", parse_key },
	{ "registrable", parse_registrable },
	{ "except", parse_except },
	{ "probe", parse_probe },
};
_Static_assert(ARRAY_COUNT(option_rows) + 1 == ARRAY_COUNT(dnslist_options),
    "each option has its reader");

static bool
parse_option(struct parsing *p, size_t i)
{
	const struct rule_list_option *o = &p->info->option[i];

	for (size_t k = 0; k < i; k++)
		if (span_eq(p->info->option[k].name, o->name))
			return parse_fails(
			    p, "this option stands there twice", o->name);
	for (size_t k = 0; k < ARRAY_COUNT(option_rows); k++)
		if (span_is(o->name, option_rows[k].name))
			return option_rows[k].parse(p, o);
	return parse_fails(p, "there is no such option", o->name);
}

/* ---- the zone ------------------------------------------------------------ */

/* Puts the key in and looks whether a domain came out. */
static bool
parse_zone(struct parsing *p)
{
	struct dnslist *l = p->list;
	size_t at = span_search(l->zone, SPAN("%{key}"));
	struct span zone = l->zone;
	const char *why;

	if ((at != SIZE_MAX) != (l->key.n > 0)) {
		*p->why = at != SIZE_MAX
			      ? "the zone has %{key}; the key is missing: key "
				"file \"FILE\""
			      : "there is a key, but no %{key} in the zone";
		return false;
	}
	if (at != SIZE_MAX) {
		struct span rest = span_slice(zone, at + 6, zone.n);

		zone = span_of(arena_printf(p->arena, "%.*s%.*s%.*s", (int)at,
		    zone.p, SPAN_FMT(l->key), SPAN_FMT(rest)));
	}
	if (!domain_to_ascii(zone, p->arena, &l->domain, &why) ||
	    span_find(l->domain, '.') == SIZE_MAX)
		return parse_fails(p, "the zone is no domain", l->zone);
	return true;
}

static const struct dnslist_code code_standard = {
	{ 127, 0, 0, 2 },
	{ 127, 0, 0, 2 },
	SPAN_INIT(""),
};

bool
dnslist_parse(const struct rule_list_info *info,
    const struct dnslist_keys *keys, struct arena *a, struct dnslist *out,
    const char **why)
{
	struct parsing p = { info, keys, a, out, why };
	bool names;

	*out = (struct dnslist){ .name = info->name, .zone = info->zone };
	out->kind = (enum dnslist_kind)(info->kind - dnslist_kinds);
	names = out->kind == DNSLIST_NAME || out->kind == DNSLIST_URI;
	out->registrable = out->kind == DNSLIST_URI;
	out->probe_listed = names ? SPAN("test") : SPAN("2.0.0.127");
	out->probe_clean = names ? SPAN("invalid") : SPAN("1.0.0.127");
	for (size_t i = 0; i < info->option_count; i++)
		if (!parse_option(&p, i))
			return false;
	if (!parse_zone(&p))
		return false;
	if (out->code_count > 0 || out->bit_count > 0)
		return true;
	if (out->kind == DNSLIST_WHITE) {
		*why = "say which codes count, such as codes 127.0.2-15.1-3";
		return false;
	}
	out->code = &code_standard;
	out->code_count = 1;
	return true;
}
