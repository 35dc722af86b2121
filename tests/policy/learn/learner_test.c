/*
 * The learner: what is taught is kept and learned, by the rules of who may say
 * what, and the same samples give the same model.
 */
#include "config.h"

#include "tests/kit/table.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/learn/learn_command.h"
#include "policy/learn/learn_text.h"
#include "policy/message/decision_id.h"
#include "tests/kit/learn_kit.h"

#define DAY INT64_C(86400)

static void
expect(bool ok, const char *label)
{
	if (table_wants(label) && !ok)
		table_fail(label, "it is not so");
}

static void
expect_answer(
    enum lesson_answer got, enum lesson_answer want, const char *label)
{
	if (table_wants(label) && got != want)
		table_fail(label, "got \"%s\", want \"%s\"",
		    lesson_answers[got], lesson_answers[want]);
}

/* ---- by id ---------------------------------------------------------------- */

static enum lesson_answer
by_id(struct learn_kit *k, const char *id, bool spam, const char *who)
{
	return learner_teach(
	    k->learner, &(const struct lesson){ .id = span_of(id),
			    .features = SPAN(""),
			    .who = span_of(who),
			    .spam = spam });
}

static enum lesson_answer
unteach(struct learn_kit *k, const char *id, const char *who)
{
	return learner_unteach(k->learner,
	    &(const struct lesson){
		.id = span_of(id), .features = SPAN(""), .who = span_of(who) });
}

static void
test_ids(void **state)
{
	struct decision_ids *ids = decision_ids_new(SPAN("host"), 0);
	struct learner_state s;
	struct learn_kit k;
	char old[24];
	const char *id;

	(void)state;
	learn_kit_begin(&k);
	id = learn_kit_keep(&k, TOPIC_HAM, 1, false);
	decision_id(ids, LEARN_KIT_TIME - 20 * DAY, old);
	expect_answer(
	    by_id(&k, id, true, "ann"), LESSON_DONE, "a decision is taught");
	expect_answer(
	    by_id(&k, id, true, "ann"), LESSON_KNOWN, "and known then");
	expect_answer(by_id(&k, id, false, "ann"), LESSON_DONE,
	    "who thinks better of it is heard");
	learner_state(k.learner, &s);
	expect(s.spam == 0 && s.ham == 1, "one message is one sample");
	expect_answer(by_id(&k, "nosuch", true, ""), LESSON_UNKNOWN,
	    "an id that nobody gave");
	expect_answer(
	    by_id(&k, old, true, ""), LESSON_GONE, "an id of long ago");
	expect_answer(unteach(&k, id, "bob"), LESSON_REFUSED,
	    "another's lesson can't be unlearned");
	/* Its features go, the sample stays: by the id it is still found. */
	k.time.unix_s += 15 * DAY;
	learn_kit_restart(&k);
	expect_answer(
	    unteach(&k, id, "ann"), LESSON_DONE, "one's own can, even late");
	expect_answer(unteach(&k, id, "ann"), LESSON_UNKNOWN, "but once");
	decision_ids_free(&ids);
	learn_kit_end(&k);
	table_end();
}

static void
test_admin(void **state)
{
	struct learn_kit k;

	(void)state;
	learn_kit_begin(&k);
	expect_answer(learn_kit_teach(&k, TOPIC_SPAM, 1, true, ""), LESSON_DONE,
	    "the administrator teaches");
	expect_answer(learn_kit_teach(&k, TOPIC_SPAM, 1, false, "ann"),
	    LESSON_REFUSED, "a user may not contradict him");
	expect_answer(learn_kit_teach(&k, TOPIC_SPAM, 2, false, "ann"),
	    LESSON_DONE, "a user teaches");
	expect_answer(learn_kit_teach(&k, TOPIC_SPAM, 2, true, ""), LESSON_DONE,
	    "the administrator may contradict him");
	learn_kit_end(&k);
	table_end();
}

/* ---- the model --------------------------------------------------------------- */

static void
model_name(struct learn_kit *k, char name[LEARNED_NAME_MAX])
{
	struct learned *model;

	expect(learner_train_join(k->learner, false), "a model is made");
	model = learner_model(k->learner);
	(void)strcpy(name, model == NULL ? "" : model->name);
	learned_unref(&model);
}

static void
test_same(void **state)
{
	char one[LEARNED_NAME_MAX], other[LEARNED_NAME_MAX];
	struct learn_kit k;

	(void)state;
	learn_kit_begin(&k);
	expect(learn_kit_spam(&k, TOPIC_SPAM, 1) == SIZE_MAX,
	    "it is silent at first");
	for (unsigned i = 0; i < 300; i++) {
		learn_kit_import(
		    &k, TOPIC_HAM, i, false, "", LEARN_KIT_TIME + i % 7);
		learn_kit_import(&k, TOPIC_SPAM, i, true,
		    i % 8 == 0 ? "ann" : "", LEARN_KIT_TIME + i % 5);
	}
	model_name(&k, one);
	expect(learn_kit_spam(&k, TOPIC_SPAM, 200) >= 198 &&
		   learn_kit_spam(&k, TOPIC_HAM, 200) <= 2,
	    "it tells spam from ham");
	learn_kit_end(&k);
	learn_kit_begin(&k);
	for (unsigned i = 300; i-- > 0;) {
		learn_kit_import(&k, TOPIC_SPAM, i, true,
		    i % 8 == 0 ? "ann" : "", LEARN_KIT_TIME + i % 5);
		learn_kit_import(
		    &k, TOPIC_HAM, i, false, "", LEARN_KIT_TIME + i % 7);
	}
	model_name(&k, other);
	expect(strcmp(one, other) == 0,
	    "the same samples in another order give the same model");
	learn_kit_restart(&k);
	model_name(&k, other);
	expect(strcmp(one, other) == 0, "and so they do after a restart");
	(void)learn_kit_teach(&k, TOPIC_HAM, 1000, false, "");
	model_name(&k, other);
	expect(strcmp(one, other) != 0, "another sample, another model");
	learn_kit_end(&k);
	table_end();
}

static void
test_unlearn(void **state)
{
	char before[LEARNED_NAME_MAX], after[LEARNED_NAME_MAX];
	struct learn_forget f = { .who = "ann" };
	struct learn_kit k;
	uint64_t count;

	(void)state;
	learn_kit_begin(&k);
	learn_kit_both(&k, 0, 150, "");
	model_name(&k, before);
	learn_kit_both(&k, 500, 20, "ann");
	model_name(&k, after);
	expect(strcmp(before, after) != 0, "what a user teaches is learned");
	expect(learner_forget(k.learner, &f, &count) && count == 40,
	    "all of a teacher is forgotten");
	model_name(&k, after);
	expect(strcmp(before, after) == 0,
	    "the model is as if he had taught nothing");
	f = (struct learn_forget){ .since_s = LEARN_KIT_TIME + 1 };
	expect(learner_forget(k.learner, &f, &count) && count == 0,
	    "nothing was taught since");
	f = (struct learn_forget){ .before_s = LEARN_KIT_TIME + 1 };
	expect(learner_forget(k.learner, &f, &count) && count == 300,
	    "all was taught before");
	learn_kit_end(&k);
	table_end();
}

static void
test_expire(void **state)
{
	struct learner_state s;
	struct learn_kit k;

	(void)state;
	learn_kit_begin(&k);
	learn_kit_both(&k, 0, 3, "");
	(void)learn_kit_keep(&k, TOPIC_HAM, 1, true);
	k.time.unix_s += 100 * DAY;
	learn_kit_both(&k, 100, 4, "");
	k.time.unix_s += 300 * DAY;
	learn_kit_restart(&k);
	learner_state(k.learner, &s);
	expect(s.spam == 4 && s.ham == 4, "a year is the end of a sample");
	expect(s.kept == 0, "two weeks are that of a decision");
	learn_kit_end(&k);
	table_end();
}

/* A start with a clock that is years ahead: nothing that was learned is gone,
 * for the file tells when it was written. */
static void
test_jump(void **state)
{
	struct learner_state s;
	struct learn_kit k;

	(void)state;
	learn_kit_begin(&k);
	learn_kit_both(&k, 0, 3, "");
	(void)learn_kit_keep(&k, TOPIC_HAM, 1, true);
	k.time.unix_s += 800 * DAY;
	learn_kit_restart_after(&k, k.time.unix_s - 800 * DAY);
	learner_state(k.learner, &s);
	expect(s.spam == 3 && s.ham == 3, "samples stay");
	expect(s.kept == 1, "what decisions saw stays");
	learn_kit_end(&k);
	table_end();
}

/*
 * What a decision saw, and what a message was read as, before another host's
 * secret was taken over, is no sample of the new one.
 */
static void
test_adopt(void **state)
{
	struct learner_state s;
	struct learn_features f;
	struct learn_kit k;
	struct lesson t;
	const char *id = "kept1";
	uint64_t old;

	(void)state;
	learn_kit_begin(&k);
	old = learn_kit_key(&k);
	f = learn_kit_mail(&k, TOPIC_HAM, 1);
	t = (struct lesson){
		.id = SPAN(""), .features = learn_kit_pack(&k, &f), .key = old
	};
	assert_true(learner_adopt(k.learner, old ^ 7));
	learner_keep(k.learner, (struct ip){ 0 }, old,
	    &(const struct learn_kept){ .id = span_of(id),
		.time_s = k.time.unix_s,
		.lesson = LESSON_HAM },
	    &f);
	learner_flush_join(k.learner);
	learner_state(k.learner, &s);
	expect(s.kept == 0, "what was made with the old secret is dropped");
	expect(s.ham == 0, "and no rule teaches it");
	expect(by_id(&k, id, true, "") == LESSON_UNKNOWN, "nobody can");
	expect(learner_teach(k.learner, &t) == LESSON_STALE,
	    "nor a message that was read with it");
	t.key = old ^ 7;
	expect(learner_teach(k.learner, &t) == LESSON_DONE,
	    "the new one's is taught");
	learn_kit_end(&k);
	table_end();
}

/* What is too much goes: the oldest of a kind that has more than half. */
static const struct {
	const char *label;
	unsigned ham, spam, max, want_ham, want_spam;
} thinned[] = {
	{ "below the bound", 6, 3, 10, 6, 3 },
	{ "the larger kind gives", 20, 5, 10, 5, 5 },
	{ "down to half, whatever the smaller has", 20, 2, 10, 5, 2 },
	{ "both are too large", 20, 30, 10, 5, 5 },
};

static void
test_thin(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(thinned); i++) {
		char why[SQLITE_WHY_MAX];
		struct learn_kit k;
		struct learn_db *db;
		bool renewed;
		uint64_t ham, spam, removed;

		if (!table_wants(thinned[i].label))
			continue;
		learn_kit_begin(&k);
		for (unsigned n = 0; n < thinned[i].ham; n++)
			learn_kit_import(&k, TOPIC_HAM, n, false, "", 1000 + n);
		for (unsigned n = 0; n < thinned[i].spam; n++)
			learn_kit_import(&k, TOPIC_SPAM, n, true, "", 1000 + n);
		db = learn_db_open(
		    arena_printf(k.arena, "%s/learned.db", k.directory), 0,
		    false, &renewed, why);
		assert_non_null(db);
		assert_true(learn_db_expire(
		    db, 2000, thinned[i].max, 1000, 1000, &removed));
		assert_true(learn_db_count(db, &spam, &ham));
		if (ham != thinned[i].want_ham || spam != thinned[i].want_spam)
			table_fail(thinned[i].label, "%u ham, %u spam left",
			    (unsigned)ham, (unsigned)spam);
		learn_db_close(&db);
		learn_kit_end(&k);
	}
	table_end();
}

static bool
gone_count(void *ctx, const char *key, int64_t time_s)
{
	unsigned *count = ctx;

	(void)key;
	*count += time_s >= 1010 ? 1 : 100;
	return true;
}

/* Who teaches and takes back, over and over, fills no disk. */
static void
test_gone(void **state)
{
	char why[SQLITE_WHY_MAX];
	struct learn_kit k;
	struct learn_db *db;
	uint64_t removed;
	unsigned count = 0;
	bool renewed;

	(void)state;
	learn_kit_begin(&k);
	db = learn_db_open(arena_printf(k.arena, "%s/other.db", k.directory), 0,
	    false, &renewed, why);
	assert_non_null(db);
	for (int64_t n = 0; n < 40; n++)
		assert_true(learn_db_remove(
		    db, arena_printf(k.arena, "%d", (int)n), 1000 + n));
	assert_true(learn_db_expire(db, 2000, 10, 1000, 1000, &removed));
	assert_true(learn_db_gone(db, gone_count, &count));
	assert_int_equal(count, 30);
	learn_db_close(&db);
	learn_kit_end(&k);
}

/* ---- what goes wrong ----------------------------------------------------------- */

static void
test_damage(void **state)
{
	struct learn_kit k;
	struct learned *model;
	char why[256];
	const char *path;
	int fd;

	(void)state;
	learn_kit_begin(&k);
	learn_kit_both(&k, 0, 150, "");
	expect(learner_train_join(k.learner, false), "a model is made");
	path = arena_printf(k.arena, "%s/model.bin", k.directory);
	model = learned_open(path, 1, why);
	expect(model == NULL && strstr(why, "another secret") != NULL,
	    "a model of another secret is none");
	learner_end_join(k.learner);
	fd = open(path, O_WRONLY);
	assert_true(pwrite(fd, "x", 1, 5000) == 1);
	assert_int_equal(close(fd), 0);
	model = learned_open(path, 0, why);
	expect(model == NULL && strstr(why, "damaged") != NULL,
	    "a damaged model is none");
	assert_int_equal(truncate(path, 100), 0);
	model = learned_open(path, 0, why);
	expect(model == NULL, "nor is one that was cut");
	learn_kit_restart(&k);
	expect(learn_kit_spam(&k, TOPIC_SPAM, 50) == 50,
	    "it is made again of the samples");
	learner_end_join(k.learner);
	path = arena_printf(k.arena, "%s/learned.db", k.directory);
	fd = open(path, O_WRONLY | O_TRUNC);
	assert_true(write(fd, "no database, no database", 24) == 24);
	assert_int_equal(close(fd), 0);
	learn_kit_restart(&k);
	expect(strstr(k.alerts, "set aside") != NULL,
	    "damaged samples are set aside, and somebody is told");
	learn_kit_end(&k);
	table_end();
}

static void
test_no_file(void **state)
{
	struct learn_kit k;
	uint64_t key;

	(void)state;
	learn_kit_begin(&k);
	learner_free(&k.learner);
	k.learner = learner_new(&(const struct learner_options){
	    .dir = "/nonexistent/learn", .clock = clock_of_fixed(&k.time) });
	expect(!learner_key(k.learner, &key), "nothing can be known");
	expect_answer(learn_kit_teach(&k, TOPIC_HAM, 1, false, ""),
	    LESSON_FAILED, "nor taught");
	expect(!learner_train_join(k.learner, false), "nor learned");
	learn_kit_end(&k);
	table_end();
}

/* ---- commands ------------------------------------------------------------------- */

#define MAIL                                                          \
	"From: a@a.example\nTo: b@b.example\nSubject: hello\n\nText " \
	"enough\n"
#define OTHER                                                          \
	"From: c@c.example\nSubject: other\n\nhttp://c.example/x and " \
	"more\n"
/* As it was delivered. */
#define BOUNCE(message)                                                  \
	"Return-Path: <>\nFrom: MAILER-DAEMON@a.example\nContent-Type: " \
	"multipart/report; boundary=x\n\n--x\n\nno\n--x\nContent-Type: " \
	"message/rfc822\n\n" message "\n--x--\n"

static const struct {
	const char *label, *line, *payload;
	bool door, ok;
	const char *want; /* stands in the answer */
} commands[] = {
	{ "a message", "learn spam message 72", MAIL, false, true, "done" },
	{ "the same again", "learn spam message 72", MAIL, false, true,
	    "known already" },
	{ "no message", "learn ham message 5", "\n\n\n\n\n", false, false,
	    "no header" },
	{ "neither", "learn pork id x", "", false, false, "spam or ham" },
	{ "an unknown id", "learn spam id 0123", "", false, false,
	    "is kept of such a decision" },
	{ "a line that is cut", "learn spam id", "", false, false,
	    "not understood" },
	{ "a word too many", "learn spam id 0123 by ann x", "", false, false,
	    "not understood" },
	{ "at a time to come", "learn spam message 72 at 9999999999", MAIL,
	    false, false, "still to come" },
	{ "the door wants a name", "learn spam message 72", MAIL, true, false,
	    "names its user" },
	{ "the door takes one", "learn spam message 72 by ann", MAIL, true,
	    true, "known already" },
	{ "no time by the door", "learn spam message 72 by ann at 5", MAIL,
	    true, false, "not understood" },
	{ "nothing else by the door", "learned", "", true, false,
	    "no such command" },
	{ "nor this", "learned forget by ann", "", true, false,
	    "no such command" },
	{ "unlearned by another", "unlearn message 72 by bob", MAIL, true,
	    false, "may not contradict" },
	{ "unlearned", "unlearn message 72", MAIL, false, true, "done" },
	{ "unlearned twice", "unlearn message 72", MAIL, false, false,
	    "not taught" },
	{ "a bounce that encloses nothing", "learn ham message 9",
	    "Return-Path: <>\n" MAIL, false, false, "encloses none" },
	{ "what one encloses", "learn spam message 9", BOUNCE(OTHER), false,
	    true, "done" },
	{ "is the message itself", "learn spam message 9", OTHER, false, true,
	    "known already" },
	{ "and not the bounce", "unlearn message 9",
	    BOUNCE("Subject: x\n\nx\n"), false, false, "not taught" },
	{ "the state", "learned", "", false, true, "\"works\":true" },
	{ "forget nothing in particular", "learned forget", "", false, false,
	    "forget what" },
	{ "forget a sender", "learned forget sender a@a.example", "", false,
	    true, "0 samples" },
	{ "learn of a domain that is not ASCII", "learn spam message 56",
	    "From: c@xn--bcher-kva.example\nSubject: x\n\ntext and more\n",
	    false, true, "done" },
	{ "forget it by its letters",
	    "learned forget sender C@B\xC3\xBC"
	    "cher.example",
	    "", false, true, "1 sample" },
	{ "forget no address", "learned forget sender a.example", "", false,
	    false, "forget what" },
	{ "forget at no time", "learned forget since yesterday", "", false,
	    false, "forget what" },
	{ "import what is none", "learned import 4", "{}\n\n", false, false,
	    "no samples" },
	{ "an export", "learned export", "", false, true, "secret" },
	{ "a new model", "learned train", "", false, true, "\"trained\":" },
	{ "no such word", "learned everything", "", false, false,
	    "no such command" },
};

static void
test_commands(void **state)
{
	struct learn_kit k;
	struct buf answer;

	(void)state;
	learn_kit_begin(&k);
	buf_init(&answer, 1 << 20);
	for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
		bool ok;

		buf_clear(&answer);
		ok = learn_command(k.learner,
		    &(const struct learn_request){
			.line = span_of(commands[i].line),
			.payload = span_of(commands[i].payload),
			.door = commands[i].door },
		    &answer);
		if (ok != commands[i].ok ||
		    span_search(buf_span(&answer), span_of(commands[i].want)) ==
			SIZE_MAX)
			table_fail(commands[i].label, "%s: %.*s",
			    ok ? "ok" : "error", SPAN_FMT(buf_span(&answer)));
	}
	buf_clear(&answer);
	expect(!learn_command(NULL,
		   &(const struct learn_request){
		       .line = SPAN("learned"), .payload = SPAN("") },
		   &answer),
	    "without a learner there is no answer");
	buf_free(&answer);
	learn_kit_end(&k);
	table_end();
}

static const struct {
	const char *line;
	size_t want;
} payloads[] = {
	{ "learn spam message 72 by ann", 72 },
	{ "learn spam id message by ann", 0 },
	{ "learn spam id x by message", 0 },
	{ "learned import 10485760", 10485760 },
	{ "learned import 10485761", SIZE_MAX },
	{ "learn spam message 41943040 by ann", SIZE_MAX },
	{ "learn ham message x", 0 },
	{ "status", 0 },
	{ "", 0 },
};

static void
test_payload(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(payloads); i++) {
		size_t got = learn_command_payload(span_of(payloads[i].line));

		if (got != payloads[i].want)
			table_fail(payloads[i].line, "got %zu", got);
	}
	table_end();
}

/* Samples travel to another host, and with them the secret. */
static void
test_travel(void **state)
{
	char here[LEARNED_NAME_MAX], there[LEARNED_NAME_MAX];
	struct span text, sample, place;
	struct learner_state s;
	struct learn_kit k;
	uint64_t secret;
	struct buf file, answer;

	(void)state;
	buf_init(&answer, 32 << 20);
	buf_init(&file, 32 << 20);
	learn_kit_begin(&k);
	learn_kit_both(&k, 0, 120, "ann");
	learn_kit_both(&k, 500, 120, "");
	model_name(&k, here);
	assert_true(learn_command(k.learner,
	    &(const struct learn_request){
		.line = SPAN("learned export"), .payload = SPAN("") },
	    &answer));
	learn_kit_end(&k);
	text = buf_span(&answer);
	(void)span_cut(&text, '\n', &sample);
	(void)buf_printf(&file, "%.*s\n", SPAN_FMT(sample));
	while (text.n > 0 && span_cut(&text, '\n', &sample) &&
	       span_cut(&text, '\n', &place)) {
		(void)buf_add(&file, sample);
		(void)buf_addc(&file, '\n');
	}
	learn_kit_begin(&k);
	buf_clear(&answer);
	assert_true(learn_command(k.learner,
	    &(const struct learn_request){
		.line = SPAN("learned import 1"), .payload = buf_span(&file) },
	    &answer));
	expect(span_is(buf_span(&answer), "290 0\n"), "all came over");
	model_name(&k, there);
	expect(strcmp(here, there) == 0, "and they make the same model");
	learn_kit_end(&k);
	learn_kit_begin(&k);
	learn_kit_both(&k, 0, 1, "");
	secret = learn_kit_key(&k);
	buf_clear(&answer);
	expect(
	    !learn_command(k.learner,
		&(const struct learn_request){ .line = SPAN("learned import 1"),
		    .payload = buf_span(&file) },
		&answer),
	    "not where there are samples of another secret");
	expect(span_starts(buf_span(&answer),
		   SPAN("these samples were made with another secret")),
	    "and it is said");
	learner_state(k.learner, &s);
	expect(s.spam == 1 && s.ham == 1 && learn_kit_key(&k) == secret,
	    "nothing came in, nor the secret");
	learn_kit_end(&k);
	buf_free(&file);
	buf_free(&answer);
	table_end();
}

/* What is dated ahead would be the last word until then. */
static void
test_import_ahead(void **state)
{
	static const struct {
		const char *label;
		int64_t ahead_s;
		const char *want;
	} rows[] = {
		{ "a day ahead", DAY, "1 0" },
		{ "more than a day", DAY + 1, "line 2: its time is still" },
		{ "in centuries", INT64_C(9999999999), "line 2: its time is" },
	};
	struct learn_kit k;
	struct buf answer;

	(void)state;
	learn_kit_begin(&k);
	buf_init(&answer, 1 << 16);
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		const char *file = arena_printf(k.arena,
		    "{\"secret\":\"%016llx\"}\n"
		    "{\"spam\":true,\"time\":%lld,\"who\":\"ann\",\"id\":\"\","
		    "\"sender\":\"00000000000000ff\","
		    "\"features\":\"AQAAEg==\"}\n",
		    (unsigned long long)learn_kit_key(&k),
		    (long long)(k.time.unix_s + rows[i].ahead_s));

		buf_clear(&answer);
		(void)learn_command(k.learner,
		    &(const struct learn_request){
			.line = SPAN("learned import 1"),
			.payload = span_of(file) },
		    &answer);
		if (!span_starts(buf_span(&answer), span_of(rows[i].want)))
			table_fail(
			    rows[i].label, "%.*s", SPAN_FMT(buf_span(&answer)));
	}
	buf_free(&answer);
	learn_kit_end(&k);
	table_end();
}

static const struct {
	const char *label, *line;
	bool ok;
} lines[] = {
	{ "a sample",
	    "{\"spam\":true,\"time\":5,\"who\":\"ann\",\"id\":\"\",\"sender\":"
	    "\"00000000000000ff\",\"features\":\"AQAAEg==\"}",
	    true },
	{ "no JSON", "spam", false },
	{ "no label",
	    "{\"time\":5,\"who\":\"ann\",\"id\":\"\",\"sender\":"
	    "\"00000000000000ff\",\"features\":\"AQAAEg==\"}",
	    false },
	{ "a time before all time",
	    "{\"spam\":true,\"time\":-5,\"who\":\"ann\",\"id\":\"\",\"sender\":"
	    "\"00000000000000ff\",\"features\":\"AQAAEg==\"}",
	    false },
	{ "a name with a blank",
	    "{\"spam\":true,\"time\":5,\"who\":\"a b\",\"id\":\"\",\"sender\":"
	    "\"00000000000000ff\",\"features\":\"AQAAEg==\"}",
	    false },
	{ "a sender that is none",
	    "{\"spam\":true,\"time\":5,\"who\":\"ann\",\"id\":\"\",\"sender\":"
	    "\"ff\",\"features\":\"AQAAEg==\"}",
	    false },
	{ "features that are none",
	    "{\"spam\":true,\"time\":5,\"who\":\"ann\",\"id\":\"\",\"sender\":"
	    "\"00000000000000ff\",\"features\":\"AQAAEA==\"}",
	    false },
};

static void
test_lines(void **state)
{
	struct arena *a = arena_new();
	struct learn_sample s;
	const char *why;
	struct buf back;

	(void)state;
	buf_init(&back, LEARN_LINE_MAX);
	for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
		bool ok = learn_text_read(span_of(lines[i].line), a, &s, &why);

		if (ok != lines[i].ok)
			table_fail(lines[i].label, "%s", ok ? "read" : why);
		buf_clear(&back);
		if (ok && (!learn_text_write(&s, &back) ||
			      !span_is(buf_span(&back), lines[i].line)))
			table_fail(lines[i].label, "comes back as %.*s",
			    SPAN_FMT(buf_span(&back)));
	}
	buf_free(&back);
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_ids),
	cmocka_unit_test(test_admin),
	cmocka_unit_test(test_same),
	cmocka_unit_test(test_unlearn),
	cmocka_unit_test(test_expire),
	cmocka_unit_test(test_jump),
	cmocka_unit_test(test_adopt),
	cmocka_unit_test(test_thin),
	cmocka_unit_test(test_gone),
	cmocka_unit_test(test_damage),
	cmocka_unit_test(test_no_file),
	cmocka_unit_test(test_commands),
	cmocka_unit_test(test_payload),
	cmocka_unit_test(test_travel),
	cmocka_unit_test(test_import_ahead),
	cmocka_unit_test(test_lines),
};

TABLE_MAIN(tests)
