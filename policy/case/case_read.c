/*
 * Reading a case: a JSON object with a message, its session and its zone.
 */
#include "config.h"

#include "policy/base/file.h"
#include "policy/case/case.h"
#include "policy/store/store_json.h"

#define MESSAGE_MAX ((size_t)256 * 1024 * 1024)

void
case_init(struct case_input *c)
{
	*c = (struct case_input){ .time_s = CASE_TIME_DEFAULT };
	(void)ip_parse(SPAN("192.0.2.1"), &c->ip);
}

void
case_release(struct case_input *c)
{
	dns_zone_free(&c->zone);
}

/* ---- zones --------------------------------------------------------------- */

static bool
zone_texts(struct dns_zone *z, struct span name, const char *type,
    struct jsonr value, struct arena *a)
{
	struct span text;

	if (type[0] == 'T' && type[1] == 'L')
		return jsonr_text(value, &text) && dns_zone_tlsa(z, name, text);
	if (type[0] == 'T') {
		if (!jsonr_octets(value, a, &text))
			return false;
		dns_zone_txt(z, name, text);
		return true;
	}
	if (!jsonr_text(value, &text))
		return false;
	if (type[0] == 'A')
		return dns_zone_address(z, name, text);
	dns_zone_ptr(z, name, text);
	return true;
}

static bool
zone_mx(struct dns_zone *z, struct span name, struct jsonr value)
{
	double preference;
	struct span host;

	if (jsonr_text(value, &host)) {
		dns_zone_mx(z, name, 10, host);
		return true;
	}
	if (!jsonr_number(jsonr_at(value, 0), &preference) ||
	    !jsonr_text(jsonr_at(value, 1), &host) || preference < 0 ||
	    preference > 65535)
		return false;
	dns_zone_mx(z, name, (uint16_t)preference, host);
	return true;
}

/* One type of a name: an array of records, or one record alone. */
static bool
zone_type(struct dns_zone *z, struct span name, const char *type,
    struct jsonr v, struct arena *a)
{
	bool many = jsonr_type(v) == JSONR_ARRAY;
	size_t count = many ? jsonr_count(v) : jsonr_given(v) ? 1 : 0;

	/* [10, "mx.example"] alone is one record. */
	if (type[0] == 'M' && many &&
	    jsonr_type(jsonr_at(v, 0)) == JSONR_NUMBER)
		return zone_mx(z, name, v);
	for (size_t i = 0; i < count; i++) {
		struct jsonr value = many ? jsonr_at(v, i) : v;
		bool ok = type[0] == 'M' ? zone_mx(z, name, value)
					 : zone_texts(z, name, type, value, a);

		if (!ok)
			return false;
	}
	return true;
}

static bool
zone_fail(const char **why, struct arena *a, const char *what, struct span name)
{
	*why = arena_printf(a, "zone: bad %s of %.*s", what,
	    SPAN_FMT(span_slice(name, 0, 255)));
	return false;
}

static bool
zone_name(struct dns_zone *z, struct span name, struct jsonr entry,
    struct arena *a, const char **why)
{
	static const char *const types[] = { "A", "AAAA", "MX", "TXT", "PTR",
		"TLSA" };
	struct span text;

	if (jsonr_given(entry) && jsonr_type(entry) != JSONR_OBJECT)
		return zone_fail(why, a, "entry", name);
	dns_zone_name(z, name);
	for (size_t i = 0; i < ARRAY_COUNT(types); i++)
		if (!zone_type(
			z, name, types[i], jsonr_get(entry, types[i]), a))
			return zone_fail(why, a,
			    arena_printf(a, "%s record", types[i]), name);
	if (jsonr_text(jsonr_get(entry, "CNAME"), &text) ||
	    jsonr_text(jsonr_at(jsonr_get(entry, "CNAME"), 0), &text))
		dns_zone_cname(z, name, text);
	else if (jsonr_given(jsonr_get(entry, "CNAME")))
		return zone_fail(why, a, "CNAME record", name);
	if (jsonr_given(jsonr_get(entry, "_rcode")) &&
	    (!jsonr_text(jsonr_get(entry, "_rcode"), &text) ||
		!dns_zone_rcode(z, name, text)))
		return zone_fail(why, a, "_rcode", name);
	return true;
}

bool
case_zone(struct jsonr json, struct dns_zone **zone, struct arena *a,
    const char **why)
{
	const void *cursor = NULL;
	struct jsonr entry;
	struct span name;

	if (jsonr_type(json) != JSONR_OBJECT) {
		*why = "a zone is an object of names";
		return false;
	}
	*zone = dns_zone_new();
	while (jsonr_next(json, &cursor, &name, &entry))
		if (!zone_name(*zone, name, entry, a, why)) {
			dns_zone_free(zone);
			return false;
		}
	return true;
}

static bool
case_zone_file(struct case_input *c, struct span path, const char *dir,
    struct arena *a, const char **why)
{
	struct jsonr_doc *doc;
	struct span text;
	bool ok;

	if (!file_read(path_join(dir, arena_strdup(a, path), a), MESSAGE_MAX, a,
		&text, why))
		return false;
	doc = jsonr_parse(text, a, why);
	ok = doc != NULL && case_zone(jsonr_top(doc), &c->zone, a, why);
	jsonr_free(&doc);
	return ok;
}

/* ---- the case ------------------------------------------------------------ */

/* What *out is stays when the key is not there, or null. */
static bool
case_text(struct jsonr json, const char *key, struct span *out, struct arena *a,
    const char **why)
{
	struct jsonr v = jsonr_get(json, key);

	if (!jsonr_given(v) || jsonr_text(v, out))
		return true;
	*why = arena_printf(a, "%s takes a string", key);
	return false;
}

static bool
case_object(struct jsonr json, const char *key, struct jsonr *out,
    struct arena *a, const char **why)
{
	*out = jsonr_get(json, key);
	if (!jsonr_given(*out) || jsonr_type(*out) == JSONR_OBJECT)
		return true;
	*why = arena_printf(a, "%s takes an object", key);
	return false;
}

static bool
case_message(struct case_input *c, struct jsonr json, const char *dir,
    struct arena *a, const char **why)
{
	struct span path = { NULL, 0 };

	if (!case_text(json, "eml", &path, a, why))
		return false;
	if (path.p != NULL)
		return file_read(path_join(dir, arena_strdup(a, path), a),
		    MESSAGE_MAX, a, &c->message, why);
	return case_text(json, "message", &c->message, a, why);
}

static bool
case_rcpts(
    struct case_input *c, struct jsonr v, struct arena *a, const char **why)
{
	bool many = jsonr_type(v) == JSONR_ARRAY;
	size_t count = many ? jsonr_count(v) : jsonr_given(v) ? 1 : 0;
	struct span *rcpt = arena_array(a, count, sizeof(*rcpt));

	if (count > CASE_RCPT_MAX) {
		*why = "too many recipients";
		return false;
	}
	for (size_t i = 0; i < count; i++)
		if (!jsonr_text(many ? jsonr_at(v, i) : v, &rcpt[i])) {
			*why = "rcpt takes a string or a list of strings";
			return false;
		}
	c->rcpt = rcpt;
	c->rcpt_count = count;
	return true;
}

static bool
case_texts(
    struct case_input *c, struct jsonr json, struct arena *a, const char **why)
{
	const struct {
		const char *key;
		struct span *out;
	} row[] = {
		{ "helo", &c->helo },
		{ "mailfrom", &c->mailfrom },
		{ "client_name", &c->client_name },
		{ "rules", &c->rules },
		{ "config", &c->config },
	};

	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (!case_text(json, row[i].key, row[i].out, a, why))
			return false;
	return true;
}

static bool
case_objects(
    struct case_input *c, struct jsonr json, struct arena *a, const char **why)
{
	const struct {
		const char *key;
		struct jsonr *out;
	} row[] = {
		{ "facts", &c->facts },
		{ "answers", &c->answers },
		{ "macros", &c->macros },
		{ "lists", &c->lists },
		{ "state", &c->state },
	};

	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		if (!case_object(json, row[i].key, row[i].out, a, why))
			return false;
	return true;
}

static bool
case_lists(struct jsonr lists, struct arena *a, const char **why)
{
	const void *cursor = NULL;
	struct jsonr member;
	struct span name, text;
	bool good = true;

	while (good && jsonr_next(lists, &cursor, &name, &member)) {
		good = jsonr_type(member) == JSONR_ARRAY ||
		       jsonr_type(member) == JSONR_TEXT;
		for (size_t i = 0; jsonr_type(member) == JSONR_ARRAY &&
				   i < jsonr_count(member);
		     i++)
			good = good && jsonr_text(jsonr_at(member, i), &text);
	}
	if (!good)
		*why = arena_printf(a,
		    "lists: %.*s takes a text or a list of lines",
		    SPAN_FMT(span_slice(name, 0, 255)));
	return good;
}

static bool
case_state(struct jsonr state, struct arena *a, const char **why)
{
	struct store_record record;
	const void *cursor = NULL;
	struct jsonr member;
	struct span name;

	while (jsonr_next(state, &cursor, &name, &member))
		if (jsonr_given(member) &&
		    !store_json_record(member, &record, why)) {
			*why = arena_printf(a, "state: %.*s: %s",
			    SPAN_FMT(span_slice(name, 0, 255)), *why);
			return false;
		}
	return true;
}

static bool
case_session(
    struct case_input *c, struct jsonr json, struct arena *a, const char **why)
{
	struct jsonr when = jsonr_get(json, "time");
	struct span ip = { NULL, 0 };

	if (!case_text(json, "ip", &ip, a, why))
		return false;
	if (ip.p != NULL && !ip_parse(ip, &c->ip)) {
		*why = "ip is no address";
		return false;
	}
	if (!jsonr_whole(when, &c->time_s) && jsonr_given(when)) {
		*why = "time takes a unix time";
		return false;
	}
	return case_texts(c, json, a, why) && case_objects(c, json, a, why) &&
	       case_lists(c->lists, a, why) && case_state(c->state, a, why);
}

static void
case_id(struct case_input *c, struct jsonr id, struct arena *a)
{
	double number;

	if (jsonr_number(id, &number))
		c->id = span_of(arena_printf(a, "%.15g", number));
	else
		(void)jsonr_text(id, &c->id);
}

bool
case_read(struct case_input *c, struct jsonr json, const char *dir,
    struct arena *a, const char **why)
{
	struct span path = { NULL, 0 };

	if (jsonr_type(json) != JSONR_OBJECT) {
		*why = "a case is a JSON object";
		return false;
	}
	case_id(c, jsonr_get(json, "id"), a);
	if (!case_session(c, json, a, why) ||
	    !case_rcpts(c, jsonr_get(json, "rcpt"), a, why) ||
	    !case_message(c, json, dir, a, why))
		return false;
	if (jsonr_given(jsonr_get(json, "dns")))
		return case_zone(jsonr_get(json, "dns"), &c->zone, a, why);
	if (!case_text(json, "zone", &path, a, why))
		return false;
	return path.p == NULL || case_zone_file(c, path, dir, a, why);
}
