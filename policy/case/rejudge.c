/*
 * A message made of a record, and the rules asked about it. What the rules
 * mean is rules/'s, what the verdict is decide.c's; this file knows which
 * facts a record lacks and whether the answer hangs on them.
 */
#include "config.h"

#include "policy/case/rejudge.h"

#include <stdlib.h>
#include <string.h>

#include "policy/case/case.h"
#include "policy/case/rejudge_inside.h"
#include "policy/case/rule_text.h"
#include "policy/judge/decide.h"
#include "policy/judge/judge.h"
#include "policy/lists/list_lookup.h"
#include "policy/message/check.h"
#include "policy/message/decision_id.h"
#include "policy/message/facts_json.h"
#include "policy/message/message.h"
#include "policy/message/recall.h"
#include "policy/store/store_json.h"
#include "rules/base/panic.h"
#include "rules/eval/ruling.h"
#include "rules/lang/ruleset.h"

#define LACKS "not in the journal"

static const struct schema *
rejudge_schema(const struct rejudge *r)
{
	return r->snapshot->schema;
}

struct rejudge *
rejudge_new(struct snapshot *s)
{
	struct rejudge *r = xcalloc(1, sizeof(*r));
	size_t facts = schema_count(s->schema);

	r->snapshot = snapshot_ref(s);
	r->nothing = dns_zone_new();
	dns_zone_unstated(r->nothing, SPAN("TIMEOUT"));
	r->judge.clock = clock_of_fixed(&r->time);
	r->judge.resolver = resolver_zone(r->nothing);
	r->judge.ids = decision_ids_new(SPAN("again"), 0);
	r->judge.hostname = "localhost";
	r->session = session_new(&r->judge, s);
	r->arena = arena_new();
	r->scratch = arena_new();
	r->lacking = xcalloc(facts, sizeof(*r->lacking));
	r->list_lacking = xcalloc(
	    ruleset_list_count(s->ruleset) + 1, sizeof(*r->list_lacking));
	r->lacks = xcalloc(
	    facts + ruleset_list_count(s->ruleset) + 1, sizeof(*r->lacks));
	for (size_t i = 0; i < dnslists_of(s)->count; i++)
		r->asks_dns = r->asks_dns || dnslists_of(s)->list[i] != NULL;
	return r;
}

/* The message of the last run, and the zone that it asked. */
static void
rejudge_reset(struct rejudge *r)
{
	message_free(&r->session->message);
	r->asked_now = false;
	if (r->session->resolver != r->judge.resolver)
		resolver_free(&r->session->resolver);
	r->session->resolver = r->judge.resolver;
	dns_zone_free(&r->zone);
	store_close(&r->store);
	arena_reset(r->scratch);
}

void
rejudge_free(struct rejudge **rp)
{
	struct rejudge *r = *rp;

	if (r == NULL)
		return;
	rejudge_reset(r);
	session_free(&r->session);
	resolver_free(&r->judge.resolver);
	dns_zone_free(&r->nothing);
	decision_ids_free(&r->judge.ids);
	snapshot_unref(&r->snapshot);
	arena_free(&r->arena);
	arena_free(&r->scratch);
	rejudge_lists_free(r);
	free(r->lacking);
	free(r->list_lacking);
	free(r->lacks);
	free(r);
	*rp = NULL;
}

/* ---- then and now ------------------------------------------------------------ */

/* Works out, once for each snapshot, what it gathered and had in common. */
static void
rejudge_compare(struct rejudge *r, struct span name,
    const struct journal_snapshot *made_with)
{
	const struct ruleset *rs = r->snapshot->ruleset;
	size_t rules = ruleset_count(rs);

	if (r->gathered != NULL && span_is(name, r->made_with))
		return;
	arena_reset(r->arena);
	name = span_slice(name, 0, sizeof(r->made_with) - 1);
	for (size_t i = 0; i < name.n; i++)
		r->made_with[i] = name.p[i];
	r->made_with[name.n] = '\0';
	r->gathered = arena_array(
	    r->arena, schema_count(rejudge_schema(r)), sizeof(*r->gathered));
	for (size_t i = 0; i < made_with->gathered_count; i++) {
		fact_id id =
		    schema_find(rejudge_schema(r), made_with->gathered[i]);

		if (id != FACT_NONE)
			r->gathered[id] = true;
	}
	r->then = arena_array(r->arena, rules + 1, sizeof(*r->then));
	for (size_t i = 0; i < rules; i++) {
		struct place place = ruleset_rule(rs, i).place;

		r->then[i] = rule_text_find(made_with->rules,
		    rule_text_at(place.source->text, place.at));
	}
}

/* ---- the message -------------------------------------------------------------- */

static unsigned
word_of(struct jsonr record, const char *key, const char *const *word,
    unsigned count)
{
	struct span text = jsonr_get_text(record, key);

	for (unsigned i = 0; i < count; i++)
		if (span_is(text, word[i]))
			return i;
	return count;
}

static void
message_rcpts(struct message *m, struct jsonr record)
{
	struct jsonr rcpt = jsonr_get(record, "rcpt");
	struct jsonr refused = jsonr_get(record, "refused");
	size_t count = jsonr_count(rcpt);

	m->rcpt = arena_array(m->arena, count + 1, sizeof(*m->rcpt));
	m->rcpt_count = m->rcpt_cap = count;
	for (size_t i = 0; i < count; i++) {
		struct span text = SPAN("");

		(void)jsonr_text(jsonr_at(rcpt, i), &text);
		envelope_set(m, &m->rcpt[i].address, text);
		(void)jsonr_bool(jsonr_at(refused, i), &m->rcpt[i].refused);
	}
}

static bool
message_zone(struct rejudge *r, struct jsonr record, const char **why)
{
	struct jsonr dns = jsonr_get(record, "dns");

	if (!r->asks_dns)
		return true;
	if (jsonr_count(dns) == 0)
		r->zone = dns_zone_new();
	else if (!case_zone(dns, &r->zone, r->scratch, why))
		return false;
	dns_zone_unstated(r->zone, SPAN("TIMEOUT"));
	r->session->resolver = resolver_zone(r->zone);
	return true;
}

/* What is asked and does not stand there is noted, see store_lacks. */
static bool
message_store(struct rejudge *r, struct jsonr record, const char **why)
{
	store_close(&r->store);
	r->session->store = r->store = store_memory();
	return store_json_fill(
	    r->store, jsonr_get(record, "state"), r->time.unix_s, why);
}

static bool
message_make(struct rejudge *r, struct jsonr record, const char **why)
{
	struct session *s = r->session;
	unsigned direction = word_of(record, "direction", direction_names, 4);
	struct span ip = jsonr_get_text(record, "hop");
	struct message *m;

	*why = "the record has no direction";
	if (direction == 4)
		return false;
	message_free(&s->message);
	r->time.unix_s = 0;
	(void)jsonr_whole(jsonr_get(record, "time"), &r->time.unix_s);
	if (!message_store(r, record, why))
		return false;
	if (ip.n == 0)
		ip = jsonr_get_text(record, "ip");
	s->client = (struct ip){ 0 };
	(void)ip_parse(ip, &s->client);
	s->client_name = jsonr_get_text(record, "client_name");
	s->helo = jsonr_get_text(record, "helo");
	m = s->message = message_new(s, &r->judge);
	m->direction = (enum direction)direction;
	m->mail_seen = m->envelope_only = true;
	envelope_set(m, &m->sender, jsonr_get_text(record, "mailfrom"));
	message_rcpts(m, record);
	decide_begin(m);
	return true;
}

/* ---- its facts ------------------------------------------------------------------ */

static void
names_mark(const struct schema *s, struct jsonr names, bool *mark)
{
	struct span name;

	for (size_t i = 0; i < jsonr_count(names); i++)
		if (jsonr_text(jsonr_at(names, i), &name) &&
		    schema_find(s, name) != FACT_NONE)
			mark[schema_find(s, name)] = true;
}

static void
field_lacks(struct facts *f, fact_id id, fact_id group)
{
	for (size_t e = 0; e < facts_count(f, group); e++)
		facts_field(f, id, e, value_unknown(LACKS));
}

static void
rcpt_lacks(struct message *m, fact_id id)
{
	for (size_t i = 0; i < m->rcpt_count; i++)
		facts_rcpt_set(m->facts, id, i, value_unknown(LACKS));
}

/* What the record is silent about was absent, or the journal lacks it. */
static void
fact_settle(struct rejudge *r, struct message *m, fact_id id)
{
	const struct schema *s = rejudge_schema(r);
	fact_id group = schema_group(s, id);

	if (group != FACT_NONE) {
		if (r->lacking[id])
			field_lacks(m->facts, id, group);
		return;
	}
	if ((schema_row(s, id)->flags & FACT_RCPT) != 0) {
		if (r->lacking[id])
			rcpt_lacks(m, id);
		return;
	}
	if (facts_get(m->facts, id)->state != FACT_PENDING)
		r->lacking[id] = false;
	else
		facts_set(m->facts, id,
		    r->lacking[id] ? value_unknown(LACKS) : value_absent());
}

static void
message_facts(struct rejudge *r, struct message *m, struct jsonr record,
    enum stage stage, struct jsonr change)
{
	const struct schema *s = rejudge_schema(r);
	size_t count = schema_count(s);
	bool *pending = arena_array(m->arena, count, sizeof(*pending));

	for (size_t i = 0; i < count; i++)
		r->lacking[i] = !r->gathered[i];
	names_mark(s, jsonr_get(record, "left_out"), r->lacking);
	names_mark(s, jsonr_get(record, "pending"), pending);
	facts_read(m->facts, jsonr_get(record, "facts"), m->arena);
	for (fact_id id = 0; id < count; id++)
		if (!pending[id] && schema_row(s, id)->stage <= stage)
			fact_settle(r, m, id);
	if (jsonr_given(change))
		facts_read(m->facts, change, m->arena);
}

/* ---- answers of then -------------------------------------------------------------- */

/* Whether the rule of this name is among those that matched then. */
static bool
matched_then(struct jsonr record, const char *name, bool *decided)
{
	struct jsonr rules = jsonr_get(record, "rules");

	for (size_t i = 0; i < jsonr_count(rules); i++) {
		struct jsonr rule = jsonr_at(rules, i);

		if (!span_is(jsonr_get_text(rule, "name"), name))
			continue;
		*decided = jsonr_get_bool(rule, "decided");
		return true;
	}
	return false;
}

/* Where the rule that decided then stood; nothing did: behind all. */
static size_t
decided_then(struct jsonr record, struct span rules)
{
	struct span name = jsonr_get_text(record, "rule");

	return name.n == 0 ? SIZE_MAX : rule_text_named(rules, name);
}

/*
 * Below the one that decided, decisive rules were not asked; and those that
 * were unknown then look like those that did not match, which is no loss.
 */
static void
answers_of_then(struct rejudge *r, struct message *m, struct jsonr record,
    struct span rules)
{
	const struct ruleset *rs = r->snapshot->ruleset;
	size_t last = decided_then(record, rules);

	for (size_t i = 0; i < ruleset_count(rs); i++) {
		struct rule_info info = ruleset_rule(rs, i);
		bool decided, yes;

		if (r->then[i] == SIZE_MAX || !rejudge_reads_lacking(r, &info))
			continue;
		yes = matched_then(record, info.name, &decided);
		if (yes || info.outcome == OUTCOME_NONE || info.shadow ||
		    r->then[i] < last)
			ruling_given(m->ruling, i, yes);
	}
}

/*
 * Where the record has no state, an action that asks what is remembered
 * is not asked again: where it decided then and would be reached now, what it
 * decided holds.
 */
static bool
store_of_then(
    struct rejudge *r, struct jsonr record, struct rejudge_result *out)
{
	const struct ruleset *rs = r->snapshot->ruleset;
	struct span name = jsonr_get_text(record, "rule");
	size_t rule = ruleset_find(rs, name);
	size_t now = out->verdict.rule == NULL
			 ? SIZE_MAX
			 : ruleset_find(rs, span_of(out->verdict.rule));
	enum outcome wanted;

	if (rule == SIZE_MAX || rule >= now)
		return false;
	if ((ruleset_rule(rs, rule).effects & ACTION_REMEMBERS) == 0 ||
	    ruling_truth(out->message->ruling, rule, out->rcpt) != TRUTH_YES)
		return false;
	wanted = outcome_find(jsonr_get_text(record,
	    jsonr_given(jsonr_get(record, "wanted")) ? "wanted" : "verdict"));
	if (wanted != OUTCOME_NONE) {
		out->verdict.wanted = wanted;
		out->verdict.rule = ruleset_rule(rs, rule).name;
		out->goes_on = false;
	}
	return true;
}

/*
 * A recipient who was not to share a transaction: the others are not in the
 * record, so that is not asked again. Where nothing refuses him now, it holds
 * as long as rules are about recipients and these are taken apart.
 */
static void
apart_of_then(
    struct rejudge *r, struct jsonr record, struct rejudge_result *out)
{
	struct message *m = out->message;

	if (!jsonr_get_bool(record, "apart") ||
	    out->verdict.wanted != OUTCOME_ACCEPT ||
	    r->snapshot->config.recipients.index != RECIPIENTS_APART ||
	    !ruleset_per_rcpt(r->snapshot->ruleset))
		return;
	decide_apart_again(
	    m, out->rcpt, jsonr_get_text(record, "reason"), &out->verdict);
	out->goes_on = false;
}

/* ---- the store ------------------------------------------------------------------------ */

/* Whether an entry was asked for that was not asked for then. */
static bool
store_lacks(const struct rejudge *r, struct jsonr record)
{
	const struct message *m = r->session->message;
	struct jsonr state = jsonr_get(record, "state");

	for (size_t i = 0; i < m->recalled_count; i++) {
		/* A rule that was not tried then was not taken back. */
		if (span_starts(m->recalled[i].key, SPAN("canary:")))
			continue;
		if (jsonr_type(jsonr_get(
			state, arena_strdup(m->arena, m->recalled[i].key))) ==
		    JSONR_ABSENT)
			return true;
	}
	return false;
}

/* ---- all of it ------------------------------------------------------------------------ */

static void
result_decide(struct rejudge_result *out, enum stage stage, bool one_rcpt)
{
	struct message *m = out->message;

	out->rcpt = RCPT_NONE;
	if (one_rcpt && m->rcpt_count > 0) {
		out->rcpt = 0;
		decide_rcpt(m, 0, &out->verdict);
	} else if (stage == STAGE_EOM || stage == STAGE_EOH) {
		for (size_t i = m->rcpt_count; i-- > 0;)
			out->rcpt = m->rcpt[i].refused ? out->rcpt : i;
		decide_message(m, stage, stage == STAGE_EOM, &out->verdict);
	} else {
		decide_envelope(m, stage, &out->verdict);
	}
	out->goes_on =
	    stage != STAGE_EOM && out->verdict.wanted == OUTCOME_ACCEPT;
}

static bool
rejudge_once(struct rejudge *r, const struct rejudge_case *c, enum stage stage,
    struct rejudge_result *out, const char **why)
{
	bool one_rcpt =
	    span_find(jsonr_get_text(c->record, "id"), '.') != SIZE_MAX;
	size_t without = c->without == NULL ? SIZE_MAX
					    : ruleset_find(r->snapshot->ruleset,
						  span_of(c->without));

	if (!message_make(r, c->record, why))
		return false;
	out->message = r->session->message;
	out->message->stage = stage;
	message_facts(r, out->message, c->record, stage, c->change);
	answers_of_then(r, out->message, c->record, c->made_with->rules);
	if (without != SIZE_MAX)
		ruling_given(out->message->ruling, without, false);
	result_decide(out, stage, one_rcpt);
	if (one_rcpt)
		apart_of_then(r, c->record, out);
	return true;
}

/* An answer of one list may lead a rule to ask another. */
#define ROUNDS_MAX 8

bool
rejudge_run(struct rejudge *r, const struct rejudge_case *c,
    struct rejudge_result *out, const char **why)
{
	struct jsonr record = c->record;
	enum stage stage =
	    (enum stage)word_of(record, "stage", stage_names, STAGE_COUNT);
	unsigned rounds = 0;
	bool lacks_store;

	*out = (struct rejudge_result){ 0 };
	*why = "the record has no stage";
	if (stage == STAGE_COUNT)
		return false;
	rejudge_compare(r, c->snapshot, c->made_with);
	rejudge_reset(r);
	if (!message_zone(r, record, why))
		return false;
	do
		if (!rejudge_once(r, c, stage, out, why))
			return false;
	while (rejudge_lists(r) && ++rounds < ROUNDS_MAX);
	r->lacks_count = 0;
	lacks_store = store_lacks(r, record);
	if (!jsonr_given(jsonr_get(record, "state")))
		lacks_store = !store_of_then(r, record, out) && lacks_store;
	rejudge_doubt(r, out);
	if (lacks_store) {
		r->lacks[r->lacks_count++] = "the store";
		out->uncertain = true;
	}
	out->asked_now = r->asked_now;
	out->lacks = r->lacks;
	out->lacks_count = r->lacks_count;
	return true;
}
