/*
 * Where the client's address is and whose network it belongs to, from files
 * that the administrator has: nobody is asked.
 */
#include "config.h"

#include "policy/geo/geo_file.h"
#include "policy/message/check.h"
#include "policy/message/loading.h"
#include "policy/message/session.h"
#include "rules/base/utf8.h"

struct geo_settings {
	struct setting_list files;
};

struct geo_data {
	struct geo_file **file;
	size_t count;
};

static const struct setting_row geo_setting_rows[] = {
	SETTING(struct geo_settings, files, "geo", "", 0, 0, NULL,
	    "files in MaxMind's format that tell networks and countries"),
};

extern const struct check check_geo;

/* clang-format off */
static const struct fact_row geo_facts[] = {
	[GEO_ASN] = { "client.asn", FACT_NUMBER, STAGE_CONNECT, FACT_COUNTS, NULL,
	  "number of the autonomous system that the client's address belongs to" },
	[GEO_AS_ORG] = { "client.as_org", FACT_TEXT, STAGE_CONNECT, FACT_IMPERSONAL, NULL,
	  "name of the autonomous system's organization" },
	[GEO_COUNTRY] = { "client.country", FACT_TEXT, STAGE_CONNECT, FACT_IMPERSONAL, NULL,
	  "country of the client's address, two capital letters (ISO 3166)" },
	[GEO_CONTINENT] = { "client.continent", FACT_TEXT, STAGE_CONNECT, FACT_IMPERSONAL, NULL,
	  "continent of the client's address: AF AN AS EU NA OC SA" },
};
/* clang-format on */
_Static_assert(ARRAY_COUNT(geo_facts) == GEO_KEYS, "a row per fact");

/* ---- with a snapshot ----------------------------------------------------- */

static bool
geo_load_one(const struct loading *l, struct span name, struct geo_data *data,
    const char **why)
{
	struct geo_file *f;
	struct span octets;
	const char *reason;

	if (!l->read(l->ctx, name, NULL, &octets, &reason)) {
		*why = arena_printf(l->snapshot->arena, "geo: %s", reason);
		return false;
	}
	f = geo_file_open(octets, &reason);
	if (f == NULL) {
		*why = arena_printf(
		    l->snapshot->arena, "geo %.*s: %s", SPAN_FMT(name), reason);
		return false;
	}
	data->file[data->count++] = f;
	return true;
}

/*
 * A rule about facts that nothing can tell would silently never hold, so it
 * is refused. Rules that came without their files are judged on facts that
 * are given.
 */
static bool
geo_load(
    const struct loading *l, const void *settings, void **out, const char **why)
{
	const struct geo_settings *set = settings;
	struct arena *a = l->snapshot->arena;
	struct geo_data *data;

	if (l->away)
		return true;
	if (set->files.count == 0 && check_is_read(l->snapshot, &check_geo)) {
		*why =
		    "rules ask for client.asn, .as_org, .country or .continent, "
		    "and no file tells them: name some with geo FILE ...";
		return false;
	}
	*out = data = arena_alloc(a, sizeof(*data));
	data->file = arena_array(a, set->files.count, sizeof(*data->file));
	for (size_t i = 0; i < set->files.count; i++)
		if (!geo_load_one(l, set->files.item[i], data, why))
			return false;
	return true;
}

static void
geo_unload(void **out)
{
	struct geo_data *data = *out;

	*out = NULL;
	for (size_t i = 0; data != NULL && i < data->count; i++)
		geo_file_close(&data->file[i]);
}

/* ---- with a message ------------------------------------------------------ */

/* What the first file says that says anything. */
static struct value
geo_value(struct message *m, const struct geo_data *data, enum geo_key key)
{
	bool broken = false;

	for (size_t i = 0; i < data->count; i++) {
		struct span text = SPAN("");
		double number = 0;

		switch (geo_file_ask(
		    data->file[i], m->client, key, &text, &number)) {
		case GEO_SAID:
			return key == GEO_ASN
				   ? value_number(number)
				   : value_text(utf8_clean(text, m->arena));
		case GEO_BROKEN:
			broken = true;
			break;
		case GEO_SILENT:
			break;
		}
	}
	return broken ? value_unknown("a geo file cannot be read there")
		      : value_absent();
}

static void
geo_gather(struct message *m, void *slot, enum stage stage)
{
	const struct geo_data *data =
	    check_data(m->session->snapshot, &check_geo);

	(void)slot;
	if (stage != STAGE_CONNECT || !check_wanted(m, &check_geo))
		return;
	for (size_t i = 0; i < GEO_KEYS; i++) {
		struct value v = value_unknown("no geo file is there");

		if (m->client.family == 0 || ip_private(m->client))
			v = value_absent();
		else if (data != NULL && data->count > 0)
			v = geo_value(m, data, (enum geo_key)i);
		facts_set(m->facts, check_fact(m, &check_geo, i), v);
	}
}

static bool
geo_judge(struct message *m, void *slot, enum stage stage)
{
	(void)m;
	(void)slot;
	return stage == STAGE_EOM;
}

const struct check check_geo = {
	.name = "geo",
	.facts = geo_facts,
	.fact_count = ARRAY_COUNT(geo_facts),
	.settings = geo_setting_rows,
	.setting_count = ARRAY_COUNT(geo_setting_rows),
	.settings_size = sizeof(struct geo_settings),
	.slot_size = 1,
	.load = geo_load,
	.unload = geo_unload,
	.gather = geo_gather,
	.judge = geo_judge,
};
