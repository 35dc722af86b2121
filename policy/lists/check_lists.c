/*
 * The check of lists in DNS: it starts the lookups that rules will want as
 * soon as a stage has made their names known, and tells what came of them.
 * What a listing means is for the rules to say.
 */
#include "config.h"

#include "policy/lists/list_lookup.h"
#include "policy/message/check.h"
#include "policy/message/loading.h"
#include "policy/message/session.h"
#include "rules/base/jsonw.h"
#include "rules/eval/truth.h"
#include "rules/lang/ruleset.h"
#include "rules/mail/authres.h"

extern const struct check check_lists;

static const struct setting_row list_setting_rows[] = {
	SETTING(struct list_settings, deadline, "lists.deadline", "3s", 100,
	    60000, NULL, "how long the end of a message waits for DNS lists"),
	SETTING(struct list_settings, names, "lists.names", "50", 1, 1000, NULL,
	    "how many names or addresses of a message are looked up in a list"),
};

static void
lists_gather(struct message *m, void *slot, enum stage stage)
{
	(void)slot;
	(void)stage;
	list_prefetch(m);
}

static bool
lists_judge(struct message *m, void *slot, enum stage stage)
{
	(void)slot;
	list_prefetch(m);
	return stage == STAGE_EOM && list_pending(m) == 0;
}

static int64_t
lists_patience_ms(const struct message *m)
{
	const struct list_settings *set = check_settings(m, &check_lists);

	return set->deadline.ms;
}

static void
lists_give_up(struct message *m, void *slot)
{
	(void)slot;
	list_give_up(m);
}

/* ---- with a snapshot ----------------------------------------------------- */

static struct dnslist_keys
lists_keys(const struct loading *l)
{
	return (struct dnslist_keys){ l->read, l->ctx, l->away };
}

/* Declarations are read once here for their errors, and once they all are
 * there for good. */
static bool
lists_fits(const struct loading *l, const struct rule_list_info *list,
    const char **why)
{
	struct dnslist_keys keys = lists_keys(l);
	struct dnslist parsed;

	return dnslist_parse(list, &keys, l->snapshot->arena, &parsed, why);
}

static bool
lists_load(const struct loading *l, const void *settings, void **data,
    const char **why)
{
	const struct ruleset *rs = l->snapshot->ruleset;
	struct arena *a = l->snapshot->arena;
	struct dnslist_keys keys = lists_keys(l);
	struct dnslists *lists = arena_alloc(a, sizeof(*lists));

	(void)settings;
	lists->count = ruleset_list_count(rs);
	lists->list = arena_array(a, lists->count, sizeof(struct dnslist *));
	for (size_t i = 0; i < lists->count; i++) {
		struct rule_list_info info = ruleset_list(rs, i);
		struct dnslist *list = arena_alloc(a, sizeof(*list));

		if (info.kind == NULL || !dnslist_is_kind(info.kind))
			continue;
		if (!dnslist_parse(&info, &keys, a, list, why))
			return false;
		lists->list[i] = list;
	}
	for (size_t i = 0; i < ruleset_lookup_count(rs); i++) {
		size_t number = ruleset_lookup(rs, i).list;

		if (lists->list[number] != NULL)
			lists->list[number]->asked = true;
	}
	*data = lists;
	return true;
}

/* ---- telling ------------------------------------------------------------- */

typedef void asked_seen(
    struct message *m, const struct list_asked *asked, void *ctx);

static void
lists_each(
    struct message *m, const struct list_slot *s, asked_seen *seen, void *ctx)
{
	for (size_t l = 0; s->asked != NULL && l < s->lists; l++)
		for (size_t i = 0; i < s->count[l]; i++)
			if (s->asked[l][i]->settled)
				seen(m, s->asked[l][i], ctx);
}

/* RFC 8904: what a list of good senders says. */
static void
authres_asked(struct message *m, const struct list_asked *asked, void *ctx)
{
	const struct dnslist_result *r = &asked->result;
	struct authres *out = ctx;
	struct ip code;

	(void)m;
	if (asked->list->kind != DNSLIST_WHITE)
		return;
	authres_method(out, "dnswl",
	    r->truth == TRUTH_YES  ? "pass"
	    : r->truth == TRUTH_NO ? "none"
	    : r->error != NULL     ? "permerror"
				   : "temperror");
	authres_property(out, "dns", "zone",
	    asked->list->key.n == 0 ? asked->list->domain : asked->list->name);
	if (r->truth == TRUTH_YES)
		authres_property(out, "policy",
		    ip_parse(r->detail, &code) ? "ip" : "txt", r->detail);
}

static void
lists_authres(struct message *m, void *slot, struct authres *out)
{
	lists_each(m, slot, authres_asked, out);
}

static void
json_asked(struct message *m, const struct list_asked *asked, void *ctx)
{
	const struct dnslist_result *r = &asked->result;
	struct jsonw *w = ctx;

	(void)m;
	jsonw_object(w, NULL);
	jsonw_text(w, "list", asked->list->name);
	jsonw_text(w, "asked", asked->subject);
	jsonw_textz(w, "listed", truth_names[r->truth]);
	if (r->truth == TRUTH_YES)
		jsonw_text(w, "code", r->detail);
	if (r->problem != NULL)
		jsonw_textz(w, "problem", r->problem);
	jsonw_end(w);
}

static void
lists_json(struct message *m, void *slot, struct jsonw *out)
{
	jsonw_array(out, "lists");
	lists_each(m, slot, json_asked, out);
	jsonw_end(out);
}

static void
explain_asked(struct message *m, const struct list_asked *asked, void *ctx)
{
	const struct dnslist_result *r = &asked->result;
	struct buf *out = ctx;

	(void)m;
	(void)buf_printf(out, "List %.*s: %.*s ", SPAN_FMT(asked->list->name),
	    SPAN_FMT(asked->subject));
	if (r->truth == TRUTH_YES)
		(void)buf_printf(
		    out, "is listed (%.*s).\n", SPAN_FMT(r->detail));
	else if (r->truth == TRUTH_NO)
		(void)buf_addz(out, "is not listed.\n");
	else if (r->error != NULL)
		(void)buf_printf(out, "got no answer, but %s: %s.\n",
		    r->error->code, r->problem);
	else
		(void)buf_printf(out, "could not be looked up: %s.\n",
		    r->problem == NULL ? "no answer" : r->problem);
}

static void
lists_explain(struct message *m, void *slot, struct buf *out, int level)
{
	(void)level;
	lists_each(m, slot, explain_asked, out);
}

const struct check check_lists = {
	.name = "lists",
	.settings = list_setting_rows,
	.setting_count = ARRAY_COUNT(list_setting_rows),
	.settings_size = sizeof(struct list_settings),
	.slot_size = sizeof(struct list_slot),
	.gather = lists_gather,
	.judge = lists_judge,
	.authres = lists_authres,
	.json = lists_json,
	.explain = lists_explain,
	.adds = { .list_kind = dnslist_kinds,
	    .list_kind_count = DNSLIST_KIND_COUNT,
	    .list_fits = lists_fits,
	    .listed = list_lookup },
	.load = lists_load,
	.patience_ms = lists_patience_ms,
	.give_up = lists_give_up,
};
