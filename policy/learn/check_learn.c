/*
 * What was learned says of a message: how probably it is spam, and what share
 * of good mail looks so spammy. States facts; what to make of them is for
 * rules. And it remembers what the decision saw, so that it may be taught.
 */
#include "config.h"

#include "policy/content/content_of.h"
#include "policy/dns/dns.h"
#include "policy/learn/learn_enclosed.h"
#include "policy/learn/learner.h"
#include "policy/message/session.h"
#include "policy/message/snapshot.h"
#include "policy/message/verdict.h"
#include "rules/base/jsonw.h"
#include "rules/lang/rule_parser.h"
#include "rules/learn/why.h"

extern const struct check check_learn;

/* A sender of whom so much good mail came is known here. */
#define KNOWN_GOOD 3
#define NAMED_MAX  64
#define WHY_MAX    1000

enum learn_fact { F_PROBABILITY, F_SHARE, F_LEARNED, F_WHY, F_COUNT };

/* clang-format off */
static const struct fact_row learn_fact_rows[] = {
	[F_PROBABILITY] = { "spam.probability", FACT_NUMBER, STAGE_EOM,
	    FACT_CHEAP | FACT_SHARE, NULL,
	    "how probably it is spam, 0 to 1, by what was taught here; absent until 100 of each kind were" },
	[F_SHARE] = { "spam.share", FACT_NUMBER, STAGE_EOM, FACT_CHEAP | FACT_SHARE, NULL,
	    "the share of good mail here that looks at least as spammy, 0 to 1; absent until 500 good ones are known" },
	[F_LEARNED] = { "spam.learned", FACT_NUMBER, STAGE_EOM, FACT_CHEAP | FACT_COUNTS, NULL,
	    "how many taught messages that rests on; absent when nothing is said" },
	[F_WHY] = { "spam.why", FACT_TEXT, STAGE_EOM, 0, NULL,
	    "the pieces of its text and its properties that count most; absent unless it is more likely spam" },
};
/* clang-format on */
_Static_assert(ARRAY_COUNT(learn_fact_rows) == F_COUNT, "a row per fact");

struct learn_slot {
	bool read;             /* features and all that follows are there */
	struct learned *model; /* a reference; NULL: none */
	struct learn_message message;
	struct learn_features features;
	bool known; /* the sender is */
	double score, share;
	const char *why;
};

/* ---- what others found ------------------------------------------------------ */

static const char *const learn_words[] = { "spf", "dmarc", "arc", "iprev" };
static const char *const learn_flags[] = { "dmarc.spf_aligned",
	"dmarc.dkim_aligned", "reputation.new", "contact.first" };

static bool
learn_waits(const struct message *m)
{
	if (dns_pending(m->dns) == 0)
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(learn_words); i++)
		if (facts_named(m->facts, learn_words[i])->state ==
		    FACT_PENDING)
			return true;
	return facts_named(m->facts, "reputation.good")->state == FACT_PENDING;
}

struct learn_names {
	struct learn_named *named;
	size_t count;
};

static void
name_add(struct learn_names *n, const char *name, struct span value)
{
	if (n->count < NAMED_MAX && value.n > 0)
		n->named[n->count++] = (struct learn_named){ name, value };
}

/* In words, so that few messages tell much. */
static struct span
reputation_word(const struct value *v)
{
	if (v->state != FACT_KNOWN)
		return SPAN("");
	return v->number < -0.3  ? SPAN("bad")
	       : v->number < 0.3 ? SPAN("little known")
				 : SPAN("good");
}

/* Some signature is good, or there is none, or none is good. */
static struct span
dkim_word(const struct message *m)
{
	const struct schema *schema = facts_schema(m->facts);
	fact_id group = schema_find(schema, SPAN("dkim"));
	fact_id result = schema_find(schema, SPAN("dkim.result"));
	size_t count;

	if (group == FACT_NONE || result == FACT_NONE)
		return SPAN("");
	count = facts_count(m->facts, group);
	for (size_t i = 0; i < count; i++)
		if (span_is(facts_field_get(m->facts, result, i)->text, "pass"))
			return SPAN("pass");
	return count == 0 ? SPAN("none") : SPAN("no pass");
}

static void
learn_name_all(struct message *m, struct learn_message *out)
{
	struct learn_names n = {
		arena_array(m->arena, NAMED_MAX, sizeof(*n.named)), 0
	};
	for (size_t i = 0; i < ARRAY_COUNT(learn_words); i++) {
		const struct value *v = facts_named(m->facts, learn_words[i]);

		if (v->state == FACT_KNOWN)
			name_add(&n, learn_words[i], v->text);
	}
	name_add(&n, "dkim", dkim_word(m));
	name_add(&n, "reputation",
	    reputation_word(facts_named(m->facts, "reputation.score")));
	for (size_t i = 0; i < ARRAY_COUNT(learn_flags); i++) {
		const struct value *v = facts_named(m->facts, learn_flags[i]);

		if (v->state == FACT_KNOWN)
			name_add(&n, learn_flags[i],
			    v->yes ? SPAN("yes") : SPAN("no"));
	}
	for (size_t i = 0; i < m->flag_count; i++)
		name_add(&n, "anomaly", span_of(m->flag[i]));
	out->named = n.named;
	out->named_count = n.count;
}

/* ---- judging ---------------------------------------------------------------- */

static bool
learn_applies(const struct message *m)
{
	return m->session->learner != NULL && message_is_foreign(m) &&
	       !m->envelope_only && m->session->snapshot->reads_body;
}

static bool
learn_is_bounce(const struct message *m)
{
	return m->sender.raw.n == 0;
}

static bool
learn_read(struct message *m, struct learn_slot *s)
{
	const struct content *c = content_of(m);
	uint64_t key;

	if (c == NULL || !learner_key(m->session->learner, &key))
		return false;
	s->message = (struct learn_message){ .headers = &m->headers,
		.content = c,
		.key = key,
		.arena = m->arena };
	if (!learn_is_bounce(m))
		learn_name_all(m, &s->message);
	else if (!learn_enclosed_read(c, &s->message))
		return false;
	learn_features(&s->message, &s->features);
	s->model = learner_model(m->session->learner);
	s->read = true;
	return true;
}

static void
learn_why_say(struct message *m, struct learn_slot *s)
{
	struct learn_why why;
	struct buf text;

	learn_explain(s->model->weights, &s->message, s->score > 0, &why);
	buf_init(&text, WHY_MAX);
	learn_why_print(&why, &text);
	s->why = arena_strdup(m->arena, buf_span(&text));
	buf_free(&text);
}

/* One to whom all recipients have written, or of whom much good mail came. */
static bool
learn_knows_sender(const struct message *m)
{
	const struct value *contact = facts_named(m->facts, "contact.known");
	const struct value *good = facts_named(m->facts, "reputation.good");

	return (contact->state == FACT_KNOWN && contact->yes) ||
	       (good->state == FACT_KNOWN && good->number >= KNOWN_GOOD);
}

static void
learn_state(struct message *m, struct learn_slot *s)
{
	const struct learned *model = s->model;
	fact_id first = check_fact(m, &check_learn, 0);

	if (model == NULL || !learn_enough(model->spam, model->ham))
		return;
	s->known = !learn_is_bounce(m) && learn_knows_sender(m);
	s->score = s->known ? learn_score(model->weights, &s->features)
			    : learn_score_worse(model->weights, &s->features);
	s->share =
	    s->known
		? learn_share_of(model->full, model->full_count, s->score)
		: learn_share_of(model->worse, model->worse_count, s->score);
	facts_number(m->facts, (fact_id)(first + F_PROBABILITY),
	    learn_calibrated(
		s->known ? model->full_slope : model->worse_slope, s->score));
	if (s->share >= 0)
		facts_number(m->facts, (fact_id)(first + F_SHARE), s->share);
	facts_number(m->facts, (fact_id)(first + F_LEARNED),
	    (double)(model->spam + model->ham));
	if (s->score <= 0)
		return;
	learn_why_say(m, s);
	facts_text(m->facts, (fact_id)(first + F_WHY), span_of(s->why));
}

static void
learn_settle(struct message *m, enum fact_state state, const char *why)
{
	facts_settle(
	    m->facts, check_fact(m, &check_learn, 0), F_COUNT, state, why);
}

static bool
learn_judge(struct message *m, void *slot, enum stage stage)
{
	struct learn_slot *s = slot;

	if (!learn_applies(m) && stage == STAGE_EOM) {
		learn_settle(m, FACT_ABSENT, NULL);
		return true;
	}
	if (stage != STAGE_EOM || learn_waits(m))
		return false;
	/* Reading all of the content costs more than who wrote it: rules that
	 * ask for nothing of it do not pay for it. */
	if (check_wanted(m, &check_learn) && !s->read && learn_read(m, s))
		learn_state(m, s);
	/* What nobody may look at is not known; what nobody taught is not
	 * there. */
	learn_settle(m, m->skip_content ? FACT_UNKNOWN : FACT_ABSENT,
	    "the content is not looked at");
	return true;
}

/* ---- rules that teach ----------------------------------------------------------- */

#define TAG_SPAM "learn-spam"
#define TAG_HAM  "learn-ham"

/* learn spam|ham: what is sent to traps, say. Log and header show it. */
static bool
learn_parse(struct rule_parser *p, struct rule_action *out)
{
	if (rule_parser_take(p, "spam"))
		out->name = SPAN(TAG_SPAM);
	else if (rule_parser_take(p, "ham"))
		out->name = SPAN(TAG_HAM);
	else
		rule_parser_error(p, "learn what? spam or ham");
	return out->name.n > 0;
}

static const struct rule_action_row learn_action = {
	.name = "learn",
	.outcome = OUTCOME_NONE,
	.usage = "learn spam|ham",
	.parse = learn_parse,
	.effects = ACTION_TAGS,
};

static enum learn_lesson
learn_lesson_of(const struct verdict *v)
{
	enum learn_lesson lesson = LESSON_NONE;

	for (size_t i = 0; i < v->record.tag_count; i++)
		if (strcmp(v->record.tag[i], TAG_SPAM) == 0)
			lesson = LESSON_SPAM;
		else if (strcmp(v->record.tag[i], TAG_HAM) == 0 &&
			 lesson == LESSON_NONE)
			lesson = LESSON_HAM;
	return lesson;
}

/* ---- what the decision saw ----------------------------------------------------- */

/*
 * Mail of those who are known here and prove who they are. What else is
 * accepted may be spam that nobody has told of yet.
 */
static bool
learn_is_good(const struct message *m, const struct verdict *v)
{
	const struct value *good = facts_named(m->facts, "reputation.good");
	const struct value *bad = facts_named(m->facts, "reputation.bad");
	const struct value *contact = facts_named(m->facts, "contact.known");
	bool proven = span_is(facts_named(m->facts, "dmarc")->text, "pass");

	if (v->wanted != OUTCOME_ACCEPT || !proven)
		return false;
	return (contact->state == FACT_KNOWN && contact->yes) ||
	       (good->state == FACT_KNOWN && good->number >= KNOWN_GOOD &&
		   bad->state == FACT_KNOWN && bad->number * 10 < good->number);
}

static void
learn_keep(struct message *m, void *slot, const struct verdict *v, size_t rcpt)
{
	struct learn_slot *s = slot;
	const struct value *from = facts_named(m->facts, "from.address");
	struct learn_kept k;

	/* Who is told to come again will be kept then. */
	if (rcpt != RCPT_NONE || m->session->probe ||
	    v->action == OUTCOME_TEMPFAIL)
		return;
	/* A rule that teaches asks for no fact. */
	if (!s->read && (learn_lesson_of(v) == LESSON_NONE ||
			    !learn_applies(m) || !learn_read(m, s)))
		return;
	k = (struct learn_kept){
		.id = span_of(m->id),
		.time_s = m->time_s,
		.sender = learner_sender(s->message.key,
		    from->state == FACT_KNOWN && !learn_is_bounce(m)
			? from->text
			: SPAN("")),
		.good = !learn_is_bounce(m) && learn_is_good(m, v),
		.lesson = learn_lesson_of(v),
	};
	learner_keep(m->session->learner, m->session->client, s->message.key,
	    &k, &s->features);
}

static void
learn_release(struct message *m, void *slot)
{
	struct learn_slot *s = slot;

	(void)m;
	learned_unref(&s->model);
}

/* ---- what it has to say ---------------------------------------------------------- */

static void
learn_json(struct message *m, void *slot, struct jsonw *out)
{
	const struct learn_slot *s = slot;
	const struct value *p = facts_named(m->facts, "spam.probability");

	if (p->state != FACT_KNOWN || !s->read)
		return;
	jsonw_object(out, "spam");
	jsonw_number(out, "probability", p->number);
	if (s->share >= 0)
		jsonw_number(out, "share", s->share);
	jsonw_number(out, "learned", (double)(s->model->spam + s->model->ham));
	if (s->why != NULL)
		jsonw_textz(out, "why", s->why);
	jsonw_end(out);
}

static void
learn_tell(struct message *m, void *slot, struct buf *out, int level)
{
	struct learn_slot *s = slot;
	const struct value *p = facts_named(m->facts, "spam.probability");

	if (p->state != FACT_KNOWN || !s->read)
		return;
	(void)buf_printf(out,
	    "Learned: spam with %.2f %% by %llu messages that "
	    "were taught",
	    p->number * 100,
	    (unsigned long long)(s->model->spam + s->model->ham));
	if (s->share >= 0)
		(void)buf_printf(out, "; of good mail here %.2f %% look%s",
		    s->share * 100,
		    s->known ? " so, the sender being known" : " so");
	(void)buf_addz(out, ".\n");
	if (s->why == NULL && level > 0)
		learn_why_say(m, s);
	if (s->why != NULL && s->why[0] != '\0')
		(void)buf_printf(out, "  because of %s\n", s->why);
}

static const struct result_row learn_results[] = {
	{ .fact = F_PROBABILITY, .key = "spam" },
	{ .fact = F_SHARE, .key = "share" },
};

const struct check check_learn = {
	.name = "learn",
	.after = "header iprev content spf dkim dmarc arc reputation contact",
	.facts = learn_fact_rows,
	.fact_count = F_COUNT,
	.results = learn_results,
	.result_count = ARRAY_COUNT(learn_results),
	.slot_size = sizeof(struct learn_slot),
	.adds = { .action = &learn_action, .action_count = 1 },
	.judge = learn_judge,
	.learn = learn_keep,
	.release = learn_release,
	.json = learn_json,
	.explain = learn_tell,
};
