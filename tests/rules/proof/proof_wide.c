/*
 * See proof_wide.h.
 */
#include "config.h"

#include "tests/rules/proof/proof_wide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kit/rules_edit.h"

/* ---- chance, the same each time ------------------------------------------------ */

static unsigned
chance(struct wide *w, unsigned n)
{
	w->seed = w->seed * UINT64_C(6364136223846793005) +
		  UINT64_C(1442695040888963407);
	return (unsigned)(w->seed >> 33) % n;
}

static void add(struct wide *w, const char *fmt, ...) ATTR_PRINTF(2, 3);

static void
add(struct wide *w, const char *fmt, ...)
{
	size_t n = strlen(w->text);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(w->text + n, sizeof(w->text) - n, fmt, ap);
	va_end(ap);
}

#define PICK(w, table) ((table)[chance(w, ARRAY_COUNT(table))])

/* ---- what rules ask ---------------------------------------------------------------- */

static const char lists[] =
    "list partners domains a.example\n"
    "list big domains =example .a.example\n"
    "list people addresses anna@ @z.example bob@a.example\n"
    "list inner networks 192.0.2.128/25 192.0.2.9 2001:db8::/32\n"
    "list odd patterns /pill/i /^x/\n"
    "list exact words x Nothing\n"
    "list friends addresses by rcpt {\n"
    "  ann@here.example  x@a.example\n  @here.example  @z.example }\n"
    "list foes domains by rcpt { bob@there.example  example }\n"
    "list zone dnsbl \"dnsbl.example\"\n";

/* One fact each; in parentheses those of one element. */
static const char *const plain[] = { "spf = pass", "spf != pass", "spf = fail",
	"spf in (none, softfail)", "has spf", "spf is unknown", "spf is known",
	"not (spf is unknown)", "spf is absent", "dmarc = pass", "dmarc = fail",
	"dmarc not in (pass, none)", "dmarc = spf", "dmarc != spf",
	"arc = pass", "direction = inbound", "direction != submission", "tls",
	"not tls", "tls = no", "tls is unknown", "size > 100", "size >= 100",
	"size < 50", "size = 100", "size in (49, 100)", "size != 100",
	"size <= 99.5", "time.hour < 6", "time.hour >= 6.5", "time.hour < size",
	"helo = \"x\"", "helo ~ /^mx\\./", "helo contains \"mx\"",
	"helo in exact", "helo contains from.domain", "client.ip in inner",
	"client.ip in (192.0.2.0/24)", "client.ip = 192.0.2.9",
	"client.ip not in inner", "client.ip in zone",
	"client.ip not in zone" };
static const char *const named[] = { "from.domain in partners",
	"from.domain not in partners", "from.domain = \"a.example\"",
	"from.domain in (example)", "from.domain in big",
	"from.domain != \"example\"", "from.domain in foes",
	"from.domain not in foes", "from.domain lookalike partners",
	"from.domain in zone", "from.domain = sender.domain",
	"from.domain != sender.domain", "from.domain = rcpt.domain",
	"from.domain ~ /q/", "sender.domain in partners", "has sender",
	"sender = \"x@a.example\"", "sender in people", "sender in friends",
	"sender not in friends", "sender is unknown", "sender in partners",
	"sender != \"q@z.example\"", "sender = from", "sender != rcpt",
	"from in friends", "from in people", "from = \"bob@a.example\"",
	"from ~ /^a/i", "rcpt = \"ann@here.example\"",
	"rcpt.domain = \"here.example\"", "rcpt.domain != \"there.example\"",
	"rcpt.local = \"ann\"", "rcpt.local in (\"ann\", \"bob\")",
	"rcpt is unknown", "rcpt in people" };
static const char *const texts[] = { "subject ~ /pills/i",
	"subject ~ /cheap pills/i", "subject !~ /cheap/", "has subject",
	"subject ~ /^x$/", "subject contains \"pill\"",
	"subject not contains \"x\"", "subject in odd", "subject not in odd",
	"subject in exact", "subject = \"x\"", "subject != body",
	"body ~ /buy/", "body in odd", "body contains subject",
	"raw.body ~ /buy/", "header.x-spam = \"yes\"", "no header.x-spam",
	"header \"X-Spam\" ~ /^y/i", "count header.received > 1",
	"has header.x-spam" };
static const char *const grouped[] = { "any dkim (result = pass)",
	"all dkim (result = pass)", "no dkim (result != pass)",
	"count dkim (result = fail) >= 2", "count dkim <= 1", "has dkim",
	"dkim is unknown", "count dkim (result = pass) = 1", "count dkim != 2",
	"any dkim (result = pass and domain in partners)",
	"no dkim (result = pass and domain = from.domain)",
	"all dkim (domain in partners or result is unknown)",
	"any attachment (name ~ /\\.exe$/i)",
	"any attachment (name ~ /\\.exe$/i and size > 50)",
	"no attachment (encrypted)", "all attachment (size < 100)",
	"count attachment (not encrypted) > 1", "attachment is known",
	"count attachment >= 1", "any url (host in partners)",
	"no url (host in zone)", "any url (host = from.domain)",
	"url is unknown", "no url (host lookalike partners)",
	"any arc_hop (newest and dmarc = pass)",
	"all arc_hop (author = from.domain)",
	"count arc_hop (dmarc != pass) = 0", "not has arc_hop",
	"any attachment (size >= size)", "all url (host not in zone)",
	"any dkim (domain lookalike partners)" };

struct table {
	const char *const *row;
	unsigned n;
};

/* A set asks from few of them, or hardly two questions would meet. */
static const char *
question(struct wide *w, uint64_t taste)
{
	static const struct table table[] = {
		{ plain, ARRAY_COUNT(plain) },
		{ named, ARRAY_COUNT(named) },
		{ texts, ARRAY_COUNT(texts) },
		{ grouped, ARRAY_COUNT(grouped) },
	};
	unsigned k = chance(w, 6);
	uint64_t at = span_hash(span_make((const char *)&k, sizeof(k)), taste);
	const struct table *t = &table[at % ARRAY_COUNT(table)];

	return t->row[chance(w, 3) == 0 ? chance(w, t->n) : (at >> 8) % t->n];
}

static void
condition(struct wide *w, uint64_t taste, unsigned depth, bool rule)
{
	unsigned what = depth == 0 ? 0 : chance(w, 6);

	if (what < 2) {
		if (rule && chance(w, 24) == 0)
			add(w, "guess");
		else
			add(w, "%s", question(w, taste));
		return;
	}
	add(w, what == 2 ? "not (" : "(");
	condition(w, taste, depth - 1, rule);
	for (unsigned i = 0; what > 2 && i < (what == 5 ? 2 : 1); i++) {
		add(w, what == 3 ? " and " : " or ");
		condition(w, taste, depth - 1, rule);
	}
	add(w, ")");
}

static void
rule(struct wide *w, uint64_t taste, unsigned number)
{
	static const char *const action[] = { "accept", "reject", "tempfail",
		"junk", "discard", "quarantine", "score 3", "score -2",
		"score 4 and tag t", "tag u", "reject\n on unknown tempfail",
		"score 0.5", "score 0.1", "score 0.3 and tag t", "hold",
		"accept\n on unknown tempfail" };
	const char *then = PICK(w, action);
	bool decides =
	    strncmp(then, "score", 5) != 0 && strncmp(then, "tag", 3) != 0;
	unsigned head = chance(w, 12);

	add(w, "rule r%u%s when ", number,
	    head == 0             ? " shadow"
	    : head < 3 && decides ? " for 20%"
				  : "");
	if (number > 2 && chance(w, 5) == 0)
		add(w, "%stagged %s and ", chance(w, 3) == 0 ? "not " : "",
		    chance(w, 2) == 0 ? "t" : "u");
	condition(w, taste, 2, true);
	if (decides && number > 3 && chance(w, 5) == 0)
		add(w, " and score %s", chance(w, 2) == 0 ? ">= 3" : "< 0.4");
	add(w, " then %s\n", then);
}

/* Rules that set the tags, so that they can be asked for. */
static void
rules(struct wide *w, uint64_t taste)
{
	add(w, "rule r0 when ");
	condition(w, taste, 1, true);
	add(w, " then tag t\nrule r1 when ");
	condition(w, taste, 1, true);
	add(w, " then score 0.1 and tag u\n");
	for (unsigned i = 2; i < WIDE_RULES; i++)
		rule(w, taste, i);
}

static void
thresholds(struct wide *w)
{
	static const char *const own[] = {
		"verdict for ann@here.example junk at 0.5\n",
		"verdict for @here.example reject at 2\n",
		"verdict for ann@here.example @there.example tempfail at 3\n",
	};

	if (chance(w, 2) == 0)
		add(w, "verdict junk at 3 reject at 6.5\n");
	if (chance(w, 3) == 0)
		add(w, "verdict quarantine at 0.4\n");
	if (chance(w, 3) == 0)
		add(w, "%s", PICK(w, own));
}

void
wide_make(struct wide *w, uint64_t seed)
{
	static const char *const outcome[] = { "accept", "junk", "quarantine",
		"tempfail", "reject", "discard" };
	uint64_t taste = seed * 77 + 1;

	*w = (struct wide){ .seed = seed };
	(void)chance(w, 2);
	add(w, "%s", lists);
	rules(w, taste);
	thresholds(w);
	for (unsigned i = 0; i < WIDE_PROMISES; i++) {
		add(w, "promise p%u when ", i);
		condition(w, taste, 1, false);
		add(w, " %s %s", chance(w, 2) == 0 ? "never" : "always",
		    PICK(w, outcome));
		if (chance(w, 2) == 0)
			add(w, ", %s", PICK(w, outcome));
		add(w, "\n");
	}
}

/* The rule's own line, or lines, give way to another rule. */
static void
wide_replace(const struct wide *w, struct wide *out)
{
	struct wide made = *w;
	const char *at, *end, *head;
	unsigned number = 2 + chance(&made, WIDE_RULES - 2);
	char name[16], text[1200];
	uint64_t taste = made.seed;

	(void)snprintf(name, sizeof(name), "rule r%u ", number);
	head = w->text;
	at = strstr(head, name);
	(void)snprintf(name, sizeof(name), "rule r%u ", number + 1);
	end = strstr(at, name);
	if (end == NULL)
		end = strstr(at, "\nverdict");
	if (end == NULL)
		end = strstr(at, "\npromise") + 1;
	else if (*end == '\n')
		end++;
	made.text[0] = '\0';
	rule(&made, taste, number);
	(void)snprintf(text, sizeof(text), "%s", made.text);
	*out = (struct wide){ .seed = made.seed };
	(void)snprintf(out->text, sizeof(out->text), "%.*s%s%s",
	    (int)(at - head), head, text, end);
}

void
wide_edit(const struct wide *w, struct wide *out)
{
	struct gen g = { w->seed };
	size_t kind = gen_number(&g, EDIT_COUNT + 1);

	*out = (struct wide){ .seed = w->seed };
	if (kind == EDIT_COUNT || !rules_edit(w->text, (enum rules_edit)kind,
				      &g, out->text, sizeof(out->text)))
		wide_replace(w, out);
}

/* ---- loading --------------------------------------------------------------------------- */

static bool
guess_parse(struct rule_parser *p, const void **args)
{
	static const int none;

	(void)p;
	*args = &none;
	return true;
}

static bool
hold_parse(struct rule_parser *p, struct rule_action *out)
{
	(void)p;
	(void)out;
	return true;
}

static struct performed
hold_perform(void *ctx, const struct rule_action *action, size_t rcpt)
{
	(void)ctx;
	(void)action;
	(void)rcpt;
	return (struct performed){ .applies = TRUTH_YES };
}

static const struct rule_condition_row condition_row[] = {
	{ "guess", "guess", STAGE_RCPT, guess_parse, NULL, false },
	{ "canary", "canary", STAGE_RCPT, NULL, NULL, true },
};
static const struct rule_action_row action_row[] = {
	{ "hold", OUTCOME_TEMPFAIL, 0, "hold", hold_parse, hold_perform },
};

static bool
load(struct kit *k, const char *text)
{
	static const struct rule_list_kind *const kinds[] = { &kit_dnsbl };
	struct ruleset_options o = { .list_kinds = kinds,
		.list_kind_count = 1,
		.actions = action_row,
		.action_count = ARRAY_COUNT(action_row),
		.conditions = condition_row,
		.condition_count = ARRAY_COUNT(condition_row) };

	(void)kit_load(k, "empty.rules", SPAN(""));
	ruleset_free(&k->rs);
	o.schema = k->schema;
	diags_init(&k->diags, k->arena);
	k->rs = ruleset_new(&o, &k->diags);
	(void)ruleset_add(k->rs, SPAN("wide.rules"), span_of(text));
	return ruleset_finish(k->rs);
}

bool
wide_load(struct wide *w)
{
	return load(&w->kit, w->text);
}

const char *
wide_error(const struct wide *w)
{
	for (size_t i = 0; i < w->kit.diags.count; i++)
		if (w->kit.diags.item[i].level == DIAG_ERROR)
			return w->kit.diags.item[i].message;
	return "no error";
}

bool
wide_test_fails(const char *rules_text, const char *test)
{
	struct kit k = { 0 };
	char text[12000];
	bool fails;

	(void)snprintf(text, sizeof(text), "%s%s\n", rules_text, test);
	fails =
	    load(&k, text) && !kit_run_tests(&k) &&
	    strstr(k.diags.item[k.diags.count - 1].message, "failed") != NULL;
	kit_free(&k);
	return fails;
}

/* ---- messages ------------------------------------------------------------------------------ */

static void put(struct wide_message *m, const char *fmt, ...) ATTR_PRINTF(2, 3);

static void
put(struct wide_message *m, const char *fmt, ...)
{
	size_t n = strlen(m->text);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(m->text + n, sizeof(m->text) - n, fmt, ap);
	va_end(ap);
}

static const char *const result[] = { "none", "pass", "fail", "softfail",
	"temperror", "?", "-" };
static const char *const domain[] = { "a.example", "b.a.example", "example",
	"z.example", "q.test", "a-example.test", "a.exarnple", "here.example",
	"?", "-" };
static const char *const address[] = { "x@a.example", "q@z.example",
	"anna@q.test", "Bob@a.example", "y@b.a.example", "ann@here.example",
	"X@a.example" };
static const char *const rcpts[] = { "ann@here.example", "ann+x@here.example",
	"bob@there.example", "carl@here.example", "q@z.example" };
static const char *const words[] = { "x", "X", "cheap_pills", "Pills",
	"a_cheap_one", "nothing", "two_words", "x\n", "buy_a_pill", "?", "-",
	"mx.a.example" };
static const char *const number[] = { "49", "50", "99", "99.6", "100", "101",
	"0", "?", "-" };
static const char *const yes_no[] = { "yes", "no", "?", "-" };
static const char *const ips[] = { "192.0.2.9", "192.0.2.1", "198.51.100.1",
	"192.0.2.130", "2001:db8::1", "::1", "?", "-" };

/* An address and its parts, or nothing of it, or the parts alone. */
static void
put_address(struct wide *w, struct wide_message *m, const char *name,
    const char *const *table, unsigned n, bool local)
{
	unsigned what = chance(w, 8);
	const char *whole = table[chance(w, n)], *at = strchr(whole, '@');

	if (what == 0)
		put(m, "%s=? %s.domain=? ", name, name);
	else if (what == 1)
		put(m, "%s=- ", name);
	else
		put(m, "%s=%s %s.domain=%s ", name, whole, name, at + 1);
	if (local && what > 1)
		put(m, "%s.local=%.*s ", name, (int)(at - whole), whole);
	if (local && what == 0)
		put(m, "%s.local=? ", name);
}

static void
put_groups(struct wide *w, struct wide_message *m)
{
	for (unsigned i = chance(w, 4); i > 0; i--)
		put(m, "dkim[result=%s,domain=%s] ", PICK(w, result),
		    PICK(w, domain));
	for (unsigned i = chance(w, 3); i > 0; i--)
		put(m, "attachment[name=%s,size=%s,encrypted=%s] ",
		    chance(w, 2) == 0 ? "a.EXE" : PICK(w, words),
		    PICK(w, number), PICK(w, yes_no));
	for (unsigned i = chance(w, 3); i > 0; i--)
		put(m, "arc_hop[newest=%s,dmarc=%s,author=%s] ",
		    PICK(w, yes_no), PICK(w, result), PICK(w, domain));
	for (unsigned i = chance(w, 3); i > 0; i--)
		put(m, "header[name=%s,value=%s] ",
		    chance(w, 2) == 0 ? "x-spam" : "received",
		    chance(w, 2) == 0 ? "yes" : PICK(w, words));
	for (unsigned i = chance(w, 3); i > 0; i--)
		put(m, "url[host=%s] ", PICK(w, domain));
	/* Some of it was not found out, and of links a part is known. */
	if (chance(w, 5) == 0) {
		for (unsigned i = chance(w, 3); i > 0; i--)
			put(m, "url~[host=%s] ", PICK(w, domain));
		put(m, "url=? ");
	}
	if (chance(w, 6) == 0)
		put(m, "dkim=? ");
	if (chance(w, 6) == 0)
		put(m, "attachment=? ");
	if (chance(w, 8) == 0)
		put(m, "header=? ");
}

void
wide_message(struct wide *w, struct wide_message *m)
{
	*m = (struct wide_message){ .seed = w->seed };
	put(m, "spf=%s dmarc=%s arc=%s size=%s tls=%s client.ip=%s ",
	    PICK(w, result), PICK(w, result), PICK(w, result), PICK(w, number),
	    PICK(w, yes_no), PICK(w, ips));
	put(m, "direction=%s time.hour=%d helo=%s subject=%s body=%s ",
	    chance(w, 4) == 0 ? "submission" : "inbound", (int)chance(w, 24),
	    PICK(w, words), PICK(w, words), PICK(w, words));
	put(m, "raw.body=%s ", PICK(w, words));
	put_address(w, m, "sender", address, ARRAY_COUNT(address), false);
	put_address(w, m, "from", address, ARRAY_COUNT(address), false);
	put_address(w, m, "rcpt", rcpts, ARRAY_COUNT(rcpts), true);
	put_groups(w, m);
}

/* ---- judging --------------------------------------------------------------------------------- */

static enum truth
said(const struct wide_message *m, const char *name, struct span of)
{
	uint64_t at = span_hash(of, span_hash(span_of(name), m->seed)) % 8;

	return at == 0 ? TRUTH_UNKNOWN : truth_of(at < 4);
}

static enum truth
listed(void *ctx, size_t list, const struct value *value, struct span *detail)
{
	char ip[IP_TEXT_MAX];

	(void)list;
	(void)detail;
	return said(ctx, "zone",
	    value->text.p == NULL ? span_of(ip_format(value->ip, ip))
				  : value->text);
}

static enum truth
answers_test(void *ctx, const struct cond *c)
{
	return said(ctx, c->row->name, SPAN(""));
}

static enum truth
answers_applies(void *ctx, const struct rule *r)
{
	return said(ctx, r->name, SPAN("")) == TRUTH_YES ? TRUTH_YES : TRUTH_NO;
}

/* What is not known at this stage, but groups: those are behind it all. */
static void
hide_later(struct kit *k, enum stage stage)
{
	const struct value pending = { .state = FACT_PENDING };

	for (size_t i = 0; i < schema_count(k->schema); i++) {
		const struct fact_row *row = schema_row(k->schema, (fact_id)i);

		if (row->stage <= stage ||
		    schema_group(k->schema, (fact_id)i) != FACT_NONE)
			continue;
		if ((row->flags & FACT_RCPT) != 0)
			facts_rcpt_set(k->facts, (fact_id)i, 0, pending);
		else
			facts_set(k->facts, (fact_id)i, pending);
	}
}

struct ruling *
wide_judge(struct wide *w, const struct wide_message *m, enum stage stage,
    struct decision *out)
{
	static const struct stand_in stand_in = { answers_test, answers_applies,
		NULL };
	struct wide_message *kept = arena_alloc(w->kit.arena, sizeof(*kept));
	struct ruling *r;

	*kept = *m;
	kit_facts(&w->kit, m->text);
	hide_later(&w->kit, stage);
	r = ruling_new(&(struct ruling_input){ .ruleset = w->kit.rs,
	    .facts = w->kit.facts,
	    .arena = w->kit.arena,
	    .ctx = kept,
	    .listed = listed });
	r->stand_in = &stand_in;
	ruling_run(
	    r, stage < STAGE_RCPT ? RCPT_NONE : 0, stage == STAGE_EOM, out);
	return r;
}
