/*
 * From a verdict and its message to what the journal keeps. It only reads the
 * message; what is private is left out here and nowhere else.
 */
#include "config.h"

#include "policy/journal/journal_entry.h"

#include <math.h>
#include <string.h>

#include "policy/base/hash.h"
#include "policy/journal/journal_dns.h"
#include "policy/message/facts_json.h"
#include "policy/message/recall.h"
#include "policy/message/services.h"
#include "policy/message/snapshot.h"
#include "policy/message/verdict.h"
#include "policy/tell/headers.h"
#include "rules/base/jsonw.h"
#include "rules/lang/ruleset.h"

#define FACT_OCTETS_MAX ((size_t)16 * 1024)
#define TEXT_MAX        ((size_t)1024)
#define RCPT_KEPT_MAX   ((size_t)100)

/* What stands behind one entry while it is made. */
struct recording {
	struct journal_entry *entry;
	struct message *m;
	const struct verdict *v;
	const uint8_t *secret; /* NULL: addresses are plain */
	size_t *rcpt;          /* numbers of the recipients it is about */
	size_t rcpt_count;
	bool whole;     /* it is about the message, not about one recipient */
	bool *left_out; /* by fact */
	struct jsonw *w;
};

/* ---- addresses ------------------------------------------------------------ */

struct span
journal_address(struct span address,
    const uint8_t secret[JOURNAL_SECRET_OCTETS], struct arena *a)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t hash[HASH_SHA256_OCTETS];
	size_t at = span_find_last(address, '@');
	struct span domain =
	    at == SIZE_MAX ? SPAN("") : span_slice(address, at, address.n);
	char text[17];
	struct buf keyed;

	if (address.n == 0 || secret == NULL)
		return address;
	address = arena_lower(a, address);
	buf_init(&keyed, JOURNAL_SECRET_OCTETS + address.n);
	(void)buf_add(
	    &keyed, span_make((const char *)secret, JOURNAL_SECRET_OCTETS));
	(void)buf_add(&keyed, address);
	hash_sha256(buf_span(&keyed), hash);
	buf_free(&keyed);
	for (size_t i = 0; i < 16; i++)
		text[i] = hex[(hash[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xF];
	text[16] = '\0';
	return span_of(arena_printf(a, "%s%.*s", text, SPAN_FMT(domain)));
}

static struct span
recorded_address(struct recording *r, struct span address)
{
	return journal_address(address, r->secret, r->entry->arena);
}

/* ---- what is kept ---------------------------------------------------------- */

/*
 * With hashed addresses everything goes that holds a local part or the words
 * of a person: keeping a hash instead would let rules judge it as if it were
 * the address.
 */
static bool
fact_keep(void *ctx, fact_id id)
{
	struct recording *r = ctx;
	const struct fact_row *row =
	    schema_row(r->m->session->snapshot->schema, id);

	return (row->flags & (FACT_PRIVATE | FACT_SECRET)) == 0 &&
	       (r->secret == NULL || !fact_is_personal(row));
}

static void
fact_left_out(void *ctx, fact_id id)
{
	struct recording *r = ctx;

	r->left_out[id] = true;
}

/* Evidence quotes the facts that a rule reads. */
static bool
evidence_keep(struct recording *r, const char *rule)
{
	const struct ruleset *rs = r->m->session->snapshot->ruleset;
	size_t number = ruleset_find(rs, span_of(rule));
	struct rule_info info;

	if (number == SIZE_MAX)
		return true;
	info = ruleset_rule(rs, number);
	for (size_t i = 0; i < info.fact_count; i++)
		if (!fact_keep(r, info.fact[i]))
			return false;
	return true;
}

/* ---- the record's parts ----------------------------------------------------- */

static struct span
cut(struct span text)
{
	return span_slice(text.p == NULL ? SPAN("") : text, 0, TEXT_MAX);
}

static void
text_write(struct recording *r, const char *key, struct span text)
{
	if (text.n > 0)
		jsonw_text(r->w, key, cut(text));
}

static void
names_write(
    struct recording *r, const char *key, const char *const *name, size_t count)
{
	if (count == 0)
		return;
	jsonw_array(r->w, key);
	for (size_t i = 0; i < count; i++)
		jsonw_textz(r->w, NULL, name[i]);
	jsonw_end(r->w);
}

static void
threshold_write(struct recording *r, const char *key, double at)
{
	if (!isnan(at))
		jsonw_number(r->w, key, at);
}

/* A reply that may quote an address is cut down to its code. */
static struct span
reply_text(const struct recording *r)
{
	struct span text = cut(r->v->reply.text);

	return r->secret != NULL && span_find(text, '@') != SIZE_MAX ? SPAN("")
								     : text;
}

static void
verdict_write(struct recording *r, int64_t ms)
{
	const struct verdict *v = r->v;
	struct jsonw *w = r->w;

	jsonw_text(w, "id", r->entry->id);
	jsonw_number(w, "time", (double)r->m->time_s);
	jsonw_number(w, "ms", (double)ms);
	text_write(r, "queue", r->m->queue_id);
	text_write(r, "host", r->m->session->hostname);
	jsonw_textz(w, "direction", direction_names[r->m->direction]);
	jsonw_textz(w, "stage", stage_names[v->stage]);
	jsonw_textz(w, "verdict", outcome_names[v->action]);
	if (v->wanted != v->action)
		jsonw_textz(w, "wanted", outcome_names[v->wanted]);
	if (v->reply.code != 0) {
		jsonw_object(w, "reply");
		jsonw_number(w, "code", v->reply.code);
		jsonw_textz(w, "enhanced", v->reply.enhanced);
		jsonw_text(w, "text", reply_text(r));
		jsonw_end(w);
	}
	if (v->rule != NULL)
		jsonw_textz(w, "rule", v->rule);
	if (v->rule == NULL || evidence_keep(r, v->rule))
		text_write(r, "reason", v->reason);
	jsonw_number(w, "score", v->record.score);
	threshold_write(r, "junk_at", v->junk_at);
	threshold_write(r, "reject_at", v->reject_at);
	if (v->disagreed)
		jsonw_bool(w, "disagreed", true);
	if (v->unknown)
		jsonw_bool(w, "unknown", true);
	if (v->apart)
		jsonw_bool(w, "apart", true);
	jsonw_textz(w, "snapshot", r->m->session->snapshot->name);
}

static void
macros_write(struct recording *r)
{
	const struct session *s = r->m->session;
	struct jsonw *w = r->w;

	jsonw_object(w, "macros");
	text_write(r, "j", s->hostname);
	text_write(r, "daemon_name", s->daemon_name);
	text_write(r, "tls_version", s->tls_version);
	text_write(r, "cipher", s->tls_cipher);
	if (s->tls_bits > 0) {
		char bits[16];
		struct buf b;

		buf_init(&b, sizeof(bits));
		(void)buf_printf(&b, "%u", s->tls_bits);
		jsonw_text(w, "cipher_bits", buf_span(&b));
		buf_free(&b);
	}
	if (s->tls_version.n > 0)
		jsonw_textz(w, "verify", s->tls_verified ? "OK" : "NO");
	text_write(r, "cert_subject", s->tls_subject);
	text_write(r, "cert_issuer", s->tls_issuer);
	text_write(r, "auth_type", r->m->auth_type);
	text_write(r, "auth_authen", recorded_address(r, r->m->auth_user));
	jsonw_end(w);
}

static void
session_write(struct recording *r)
{
	const struct session *s = r->m->session;
	struct jsonw *w = r->w;
	char ip[IP_TEXT_MAX];

	jsonw_text(w, "ip", r->entry->client);
	if (s->client_port != 0)
		jsonw_number(w, "port", s->client_port);
	text_write(r, "client_name", s->client_name);
	if (!ip_eq(r->m->client, s->client) && r->m->client.family != 0)
		jsonw_textz(w, "hop", ip_format(r->m->client, ip));
	text_write(r, "helo", s->helo);
	jsonw_text(w, "mailfrom", r->entry->sender);
	jsonw_array(w, "rcpt");
	for (size_t i = 0; i < r->rcpt_count; i++)
		jsonw_text(w, NULL,
		    recorded_address(
			r, cut(r->m->rcpt[r->rcpt[i]].address.raw)));
	jsonw_end(w);
	jsonw_array(w, "refused");
	for (size_t i = 0; i < r->rcpt_count; i++)
		jsonw_bool(w, NULL, r->m->rcpt[r->rcpt[i]].refused);
	jsonw_end(w);
	macros_write(r);
}

static void
rules_write(struct recording *r)
{
	jsonw_array(r->w, "rules");
	for (size_t i = 0; i < r->v->record.matched_count; i++) {
		const struct matched *rule = &r->v->record.matched[i];

		jsonw_object(r->w, NULL);
		jsonw_textz(r->w, "name", rule->name);
		jsonw_textz(r->w, "action", rule->action);
		if (rule->score != 0)
			jsonw_number(r->w, "score", rule->score);
		if (rule->shadow)
			jsonw_bool(r->w, "shadow", true);
		if (rule->decided)
			jsonw_bool(r->w, "decided", true);
		if (evidence_keep(r, rule->name))
			text_write(r, "evidence", rule->evidence);
		jsonw_end(r->w);
	}
	jsonw_end(r->w);
}

/* Only names: the values repeat what stands in the record anyhow. */
static void
headers_write(struct recording *r)
{
	const struct header_edits *edits = r->v->edits;

	if (edits == NULL)
		return;
	if (edits->removal_count > 0) {
		jsonw_array(r->w, "headers_removed");
		for (size_t i = 0; i < edits->removal_count; i++)
			jsonw_text(r->w, NULL, cut(edits->removal[i].name));
		jsonw_end(r->w);
	}
	jsonw_array(r->w, "headers_added");
	for (size_t i = 0; i < edits->addition_count; i++)
		jsonw_text(r->w, NULL, cut(edits->addition[i].name));
	jsonw_end(r->w);
}

static bool
is_pending(const struct recording *r, fact_id id)
{
	const struct fact_row *row = schema_row(facts_schema(r->m->facts), id);

	return (row->flags & FACT_RCPT) == 0 &&
	       schema_group(facts_schema(r->m->facts), id) == FACT_NONE &&
	       facts_get(r->m->facts, id)->state == FACT_PENDING;
}

static void
facts_record(struct recording *r)
{
	const struct schema *s = facts_schema(r->m->facts);
	const struct facts_writing how = {
		.keep = fact_keep,
		.left_out = fact_left_out,
		.ctx = r,
		.value_max = FACT_OCTETS_MAX,
		.rcpt = r->rcpt,
		.rcpt_count = r->rcpt_count,
	};

	facts_write(r->m->facts, &how, r->w, "facts");
	if (r->v->stage != STAGE_EOM) {
		jsonw_array(r->w, "pending");
		for (fact_id id = 0; id < schema_count(s); id++)
			if (is_pending(r, id))
				jsonw_textz(
				    r->w, NULL, schema_row(s, id)->name);
		jsonw_end(r->w);
	}
	jsonw_array(r->w, "left_out");
	for (fact_id id = 0; id < schema_count(s); id++)
		if (r->left_out[id])
			jsonw_textz(r->w, NULL, schema_row(s, id)->name);
	jsonw_end(r->w);
}

static void
beside_write(struct jsonw *w, const struct journal_beside *beside)
{
	if (beside == NULL || beside->name == NULL)
		return;
	jsonw_object(w, beside->name);
	for (size_t i = 0; i < beside->count; i++)
		jsonw_text(w, beside->key[i], beside->text[i]);
	jsonw_end(w);
}

static void
record_write(
    struct recording *r, int64_t ms, const struct journal_beside *beside)
{
	jsonw_object(r->w, NULL);
	verdict_write(r, ms);
	session_write(r);
	rules_write(r);
	names_write(r, "tags", r->v->record.tag, r->v->record.tag_count);
	names_write(r, "flags", r->m->flag, r->m->flag_count);
	names_write(r, "incomplete", r->m->incomplete, r->m->incomplete_count);
	headers_write(r);
	if (!journal_dns_write(r->m, r->w))
		jsonw_bool(r->w, "dns_cut", true);
	facts_record(r);
	recall_write(
	    r->m, r->whole ? RCPT_NONE : r->rcpt[0], r->secret == NULL, r->w);
	beside_write(r->w, beside);
	jsonw_end(r->w);
}

/* ---- columns ----------------------------------------------------------------- */

static void
columns_session(struct recording *r)
{
	struct journal_entry *e = r->entry;
	struct arena *a = e->arena;
	char ip[IP_TEXT_MAX];
	struct buf rcpt;

	e->time_s = r->m->time_s;
	e->queue = arena_dup(a, r->m->queue_id);
	e->client = arena_dup(a, span_of(ip_format(r->m->session->client, ip)));
	e->sender = arena_dup(a, recorded_address(r, cut(r->m->sender.raw)));
	e->author =
	    arena_dup(a, cut(facts_named_text(r->m->facts, "from.domain")));
	buf_init(&rcpt, RCPT_KEPT_MAX * TEXT_MAX);
	for (size_t i = 0; i < r->rcpt_count; i++) {
		/* Those have a decision of their own. */
		if (r->whole && r->m->rcpt[r->rcpt[i]].refused)
			continue;
		if (rcpt.n > 0)
			(void)buf_addc(&rcpt, '\n');
		(void)buf_add(
		    &rcpt, recorded_address(
			       r, cut(r->m->rcpt[r->rcpt[i]].address.raw)));
	}
	e->rcpt = arena_dup(a, buf_span(&rcpt));
	buf_free(&rcpt);
}

/* What a fact came to, in one word. */
static const char *
auth_word(struct recording *r, const char *name)
{
	const struct value *v = facts_named(r->m->facts, name);

	return v->state == FACT_KNOWN && v->text.n > 0
		   ? arena_strdup(r->entry->arena, v->text)
		   : "-";
}

/* Of many signatures the one that holds, else the first. */
static const char *
auth_dkim(struct recording *r)
{
	const struct schema *schema = facts_schema(r->m->facts);
	fact_id group = schema_find(schema, SPAN("dkim"));
	fact_id result = schema_find(schema, SPAN("dkim.result"));
	struct span first = SPAN("none");
	size_t count;

	if (group == FACT_NONE || result == FACT_NONE ||
	    r->v->stage != STAGE_EOM)
		return "-";
	count = facts_count(r->m->facts, group);
	for (size_t i = 0; i < count; i++) {
		struct span word =
		    facts_field_get(r->m->facts, result, i)->text;

		if (span_is(word, "pass"))
			return "pass";
		if (i == 0 && word.n > 0)
			first = word;
	}
	return arena_strdup(r->entry->arena, first);
}

static void
columns_auth(struct recording *r)
{
	r->entry->auth = arena_printf(r->entry->arena, "%s %s %s",
	    auth_word(r, "spf"), auth_dkim(r), auth_word(r, "dmarc"));
}

static void
columns_verdict(struct recording *r)
{
	struct journal_entry *e = r->entry;
	const struct verdict *v = r->v;
	struct buf rules;

	e->verdict = outcome_names[v->action];
	e->wanted = outcome_names[v->wanted];
	e->stage = stage_names[v->stage];
	e->rule =
	    v->rule == NULL ? "" : arena_strdup(e->arena, span_of(v->rule));
	e->score = v->record.score;
	if (v->reply.code != 0)
		e->reply =
		    span_of(arena_printf(e->arena, "%u %s %.*s", v->reply.code,
			v->reply.enhanced == NULL ? "" : v->reply.enhanced,
			SPAN_FMT(reply_text(r))));
	buf_init(&rules, 16 * TEXT_MAX);
	for (size_t i = 0; i < v->record.matched_count; i++) {
		if (i > 0)
			(void)buf_addc(&rules, '\n');
		(void)buf_addz(&rules, v->record.matched[i].name);
	}
	e->rules = arena_dup(e->arena, buf_span(&rules));
	buf_free(&rules);
}

/* The one recipient, or those of the message that we were asked about. */
static void
recording_rcpts(struct recording *r, size_t rcpt)
{
	struct message *m = r->m;

	r->rcpt = arena_array(m->arena, m->rcpt_count + 1, sizeof(*r->rcpt));
	if (rcpt != RCPT_NONE) {
		if (rcpt < m->rcpt_count)
			r->rcpt[r->rcpt_count++] = rcpt;
		return;
	}
	for (size_t i = 0; i < m->rcpt_count && r->rcpt_count < RCPT_KEPT_MAX;
	     i++)
		if (!m->rcpt[i].refused_by_mta)
			r->rcpt[r->rcpt_count++] = i;
}

struct journal_entry *
journal_entry_new(struct message *m, const struct verdict *v, size_t rcpt,
    int64_t ms, const struct journal_beside *beside,
    const uint8_t secret[JOURNAL_SECRET_OCTETS])
{
	struct arena *a = arena_new();
	struct journal_entry *e = arena_alloc(a, sizeof(*e));
	struct recording r = { .entry = e,
		.m = m,
		.v = v,
		.secret = secret,
		.whole = rcpt == RCPT_NONE };
	struct buf record;
	struct jsonw w;

	e->arena = a;
	e->snapshot = snapshot_ref(m->session->snapshot);
	e->id = rcpt == RCPT_NONE
		    ? arena_dup(a, span_of(m->id))
		    : span_of(arena_printf(a, "%s.%zu", m->id, rcpt + 1));
	r.left_out = arena_array(m->arena,
	    schema_count(m->session->snapshot->schema), sizeof(*r.left_out));
	recording_rcpts(&r, rcpt);
	columns_session(&r);
	columns_verdict(&r);
	columns_auth(&r);
	buf_init(&record, JOURNAL_RECORD_MAX);
	jsonw_init_packed(&w, &record);
	r.w = &w;
	record_write(&r, ms, beside);
	e->record = arena_dup(a, buf_span(&record));
	if (record.over)
		journal_entry_free(&e);
	buf_free(&record);
	return e;
}

void
journal_entry_free(struct journal_entry **ep)
{
	struct journal_entry *e = *ep;
	struct arena *a;

	*ep = NULL;
	if (e == NULL)
		return;
	snapshot_unref(&e->snapshot);
	a = e->arena;
	arena_free(&a);
}
