/*
 * The answer to a case, as JSON.
 */
#include "config.h"

#include "policy/case/answer.h"

#include "policy/message/check.h"
#include "policy/tell/headers.h"

static void
reply_json(const struct reply *r, struct jsonw *w)
{
	if (r->code == 0) {
		jsonw_null(w, "reply");
		return;
	}
	jsonw_object(w, "reply");
	jsonw_number(w, "code", r->code);
	jsonw_textz(w, "enhanced", r->enhanced);
	jsonw_text(w, "text", r->text);
	jsonw_end(w);
}

static void
recipients_json(const struct case_result *r, struct jsonw *w)
{
	jsonw_array(w, "recipients");
	for (size_t i = 0; i < r->rcpt_count; i++) {
		const struct verdict *v = &r->rcpt[i].verdict;

		if (v->action == OUTCOME_ACCEPT)
			v = &r->verdict;
		jsonw_object(w, NULL);
		jsonw_text(w, "rcpt", r->rcpt[i].rcpt);
		jsonw_textz(w, "verdict", outcome_names[v->action]);
		reply_json(&v->reply, w);
		jsonw_textz(w, "stage", stage_names[v->stage]);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
names_json(
    const char *key, const char *const *name, size_t count, struct jsonw *w)
{
	jsonw_array(w, key);
	for (size_t i = 0; i < count; i++)
		jsonw_textz(w, NULL, name[i]);
	jsonw_end(w);
}

static void
rules_json(const struct verdict *v, struct jsonw *w)
{
	jsonw_array(w, "rules");
	for (size_t i = 0; i < v->record.matched_count; i++) {
		const struct matched *rule = &v->record.matched[i];

		jsonw_object(w, NULL);
		jsonw_textz(w, "name", rule->name);
		jsonw_textz(w, "action", rule->action);
		jsonw_number(w, "score", rule->score);
		jsonw_bool(w, "shadow", rule->shadow);
		jsonw_bool(w, "decided", rule->decided);
		jsonw_text(w, "evidence", rule->evidence);
		jsonw_end(w);
	}
	jsonw_end(w);
}

void
answer_json(const struct case_result *r, struct span id, struct jsonw *w)
{
	struct message *m = r->session->message;
	const struct check_table *checks = checks_of(m);
	const struct verdict *v = &r->verdict;

	jsonw_object(w, NULL);
	jsonw_text(w, "id", id);
	jsonw_textz(w, "verdict", outcome_names[v->action]);
	if (v->wanted != v->action)
		jsonw_textz(w, "wanted", outcome_names[v->wanted]);
	reply_json(&v->reply, w);
	jsonw_textz(w, "decision", m->id);
	jsonw_textz(w, "stage", stage_names[v->stage]);
	jsonw_textz(w, "rule", v->rule);
	jsonw_number(w, "score", v->record.score);
	jsonw_textz(w, "direction", direction_names[m->direction]);
	recipients_json(r, w);
	for (size_t i = 0; i < checks->count; i++)
		if (checks->check[i]->json != NULL)
			checks->check[i]->json(m, m->slot[i], w);
	names_json("flags", m->flag, m->flag_count, w);
	rules_json(v, w);
	names_json("tags", v->record.tag, v->record.tag_count, w);
	headers_json(headers_of(m, v), w);
	names_json("incomplete", m->incomplete, m->incomplete_count, w);
	jsonw_end(w);
}

void
answer_error(struct span id, const char *why, struct jsonw *w)
{
	jsonw_object(w, NULL);
	jsonw_text(w, "id", id);
	jsonw_textz(w, "error", why);
	jsonw_end(w);
}
