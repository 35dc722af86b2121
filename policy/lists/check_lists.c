/*
 * The check of lists in DNS: it starts the lookups that rules will want as
 * soon as a stage has made their names known, and tells what came of them.
 * What a listing means is for the rules to say.
 */
#include "config.h"

#include "policy/message/check.h"
#include "policy/lists/list_lookup.h"
#include "policy/message/session.h"
#include "rules/eval/truth.h"
#include "rules/mail/authres.h"
#include "rules/base/jsonw.h"

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
};
