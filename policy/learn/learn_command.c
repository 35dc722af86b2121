/*
 * From a line of words to a lesson or an answer about what was learned. The
 * words come from whoever may open the socket; a message from anybody.
 */
#include "config.h"

#include "policy/learn/learn_command.h"

#include <stdio.h>

#include "policy/base/suffix.h"
#include "policy/learn/learn_enclosed.h"
#include "policy/learn/learn_text.h"
#include "rules/base/jsonw.h"
#include "rules/mail/author.h"
#include "rules/text/domain.h"

struct request {
	struct learner *learner;
	struct span rest; /* words that are not read yet */
	struct span payload;
	bool door;
	struct buf *answer;
	struct arena *arena;
};

/* ---- words ------------------------------------------------------------------ */

static struct span
word_next(struct span *rest)
{
	struct span word = SPAN("");

	*rest = span_trim(*rest);
	if (rest->n > 0)
		(void)span_cut(rest, ' ', &word);
	return word;
}

size_t
learn_command_payload(struct span line)
{
	struct span word;
	uint64_t n = 0;

	for (word = word_next(&line); word.n > 0; word = word_next(&line))
		if (span_is(word, "message") || span_is(word, "import")) {
			word = word_next(&line);
			return !span_number(word, &n)  ? 0
			       : n > LEARN_PAYLOAD_MAX ? SIZE_MAX
						       : (size_t)n;
		} else if (span_is(word, "by") || span_is(word, "id") ||
			   span_is(word, "sender")) {
			(void)word_next(&line);
		}
	return 0;
}

static bool
request_wrong(struct request *r, const char *what)
{
	(void)buf_printf(r->answer, "%s\n", what);
	return false;
}

/* ---- messages --------------------------------------------------------------- */

/* The decision's id in our own field, which the MTA took from nobody else. */
static struct span
message_id_of(const struct header_list *h)
{
	const struct header_field *f = header_get(h, "X-Verdict", 0);
	struct span rest, item;

	if (f == NULL)
		return SPAN("");
	rest = f->value;
	while (span_cut(&rest, ';', &item)) {
		item = span_trim(item);
		if (span_starts(item, SPAN("id=")) &&
		    item.n - 3 <= LEARN_ID_MAX)
			return span_slice(item, 3, item.n);
	}
	return SPAN("");
}

static bool
message_features(
    struct request *r, const struct learn_message *m, struct lesson *out)
{
	struct learn_features f;
	struct buf packed;
	bool ok;

	learn_features(m, &f);
	buf_init(&packed, LEARN_SAMPLE_MAX);
	ok = learn_pack(&f, &packed);
	out->features = arena_dup(r->arena, buf_span(&packed));
	buf_free(&packed);
	return ok || request_wrong(r, "the message has too many features");
}

/* Its sender is null, as the MTA that delivered it has written (RFC 5321,
 * 4.4). */
static bool
message_is_bounce(const struct header_list *h)
{
	const struct header_field *path = header_get(h, "return-path", 0);

	return path != NULL && span_is(span_trim(path->value), "<>");
}

/* As it was delivered: the topmost hop is our own. */
static bool
message_lesson(struct request *r, struct lesson *out)
{
	struct content_limits limits = content_limits_standard;
	struct learn_message m = { .own_hops = 1, .arena = r->arena };
	struct header_list headers;
	struct content content;
	struct author author;
	struct span body;
	unsigned anomalies = 0;
	uint64_t key;

	if (!learner_key(r->learner, &key))
		return request_wrong(r, lesson_answers[LESSON_FAILED]);
	header_list_init(&headers, r->arena);
	header_split(r->payload, &headers, &body, &anomalies);
	if (headers.count == 0)
		return request_wrong(r, "this is no message: it has no header");
	limits.is_tld = suffix_is_tld;
	content_read(&headers, body, &limits, r->arena, &content);
	author_find(&headers, anomalies, r->arena, &author);
	out->id = message_id_of(&headers);
	out->key = key;
	m.headers = &headers;
	m.content = &content;
	m.key = key;
	if (message_is_bounce(&headers)) {
		m.own_hops = 0;
		if (!learn_enclosed_read(&content, &m))
			return request_wrong(r,
			    "a bounce is judged by the mail that it encloses, "
			    "and this one encloses none");
	} else if (author.list.count > 0)
		out->sender = learner_sender(
		    key, span_of(arena_printf(r->arena, "%.*s@%.*s",
			     SPAN_FMT(author.list.box[0].local),
			     SPAN_FMT(author.list.box[0].domain))));
	return message_features(r, &m, out);
}

/* ---- lessons ---------------------------------------------------------------- */

static bool
lesson_who(struct request *r, struct span who, struct lesson *out)
{
	out->who = who;
	return (learn_who_valid(who) && !(r->door && who.n == 0)) ||
	       request_wrong(r, "a lesson through this door names its user, in "
				"at most 128 plain letters");
}

/* "by USER", and of the administrator "at TIME". */
static bool
lesson_rest(struct request *r, struct lesson *out)
{
	struct span who = SPAN("");
	uint64_t time_s = 0;

	for (;;) {
		struct span word = word_next(&r->rest), value;

		if (word.n == 0)
			break;
		value = word_next(&r->rest);
		if (span_is(word, "by") && value.n > 0)
			who = value;
		else if (!span_is(word, "at") || r->door ||
			 !span_number(value, &time_s) || time_s > INT64_MAX)
			return request_wrong(r, "the line is not understood");
	}
	if (learner_is_ahead(r->learner, (int64_t)time_s))
		return request_wrong(r, "that time is still to come");
	out->time_s = (int64_t)time_s;
	return lesson_who(r, who, out);
}

/* "id ID ..." or "message OCTETS ...". */
static bool
lesson_read(struct request *r, struct lesson *out)
{
	struct span what = word_next(&r->rest), which = word_next(&r->rest);

	out->id = out->features = SPAN("");
	if (which.n == 0)
		return request_wrong(r, "the line is not understood");
	if (!lesson_rest(r, out))
		return false;
	if (span_is(what, "message"))
		return message_lesson(r, out);
	out->id = which;
	return (span_is(what, "id") && which.n <= LEARN_ID_MAX) ||
	       request_wrong(r, "there is no such decision");
}

/* What was known already is no error: it is as it was asked to be. */
static bool
lesson_tell(struct request *r, enum lesson_answer answer)
{
	(void)buf_printf(r->answer, "%s\n", lesson_answers[answer]);
	return answer == LESSON_DONE || answer == LESSON_KNOWN;
}

static bool
command_learn(struct request *r)
{
	struct lesson t = { .spam = false };
	struct span kind = word_next(&r->rest);

	t.spam = span_is(kind, "spam");
	if (!t.spam && !span_is(kind, "ham"))
		return request_wrong(r, "learn what? spam or ham");
	return lesson_read(r, &t) &&
	       lesson_tell(r, learner_teach(r->learner, &t));
}

static bool
command_unlearn(struct request *r)
{
	struct lesson t = { .spam = false };
	enum lesson_answer answer;

	if (!lesson_read(r, &t))
		return false;
	answer = learner_unteach(r->learner, &t);
	if (answer == LESSON_KNOWN)
		return request_wrong(r, "that was not taught");
	return lesson_tell(r, answer);
}

/* ---- the state -------------------------------------------------------------- */

static void
state_teacher(struct jsonw *w, const struct learn_teacher *t)
{
	jsonw_object(w, NULL);
	jsonw_textz(w, "who", t->who);
	jsonw_number(w, "spam", (double)t->spam);
	jsonw_number(w, "ham", (double)t->ham);
	jsonw_number(w, "left_out", (double)t->left_out);
	jsonw_number(w, "judged", (double)t->judged);
	jsonw_number(w, "agreed", (double)t->agreed);
	jsonw_number(w, "trust", (double)t->trust);
	jsonw_end(w);
}

static void
state_model(struct jsonw *w, const struct learned *model)
{
	jsonw_object(w, "model");
	jsonw_textz(w, "name", model->name);
	jsonw_number(w, "time", (double)model->time_s);
	jsonw_number(w, "spam", (double)model->spam);
	jsonw_number(w, "ham", (double)model->ham);
	jsonw_bool(w, "speaks", learn_enough(model->spam, model->ham));
	jsonw_number(w, "good", (double)model->full_count);
	jsonw_bool(w, "shares", model->full_count >= LEARN_SHARE_MIN);
	jsonw_number(w, "error", model->error);
	jsonw_number(w, "promised", LEARN_PROMISE);
	if (model->promised > 0)
		jsonw_number(w, "realised",
		    (double)model->marked / (double)model->promised);
	jsonw_end(w);
}

static void
state_held(struct jsonw *w, const struct learner_state *s)
{
	if (!s->held)
		return;
	jsonw_object(w, "held");
	jsonw_number(w, "good", (double)s->good);
	jsonw_number(w, "marked", (double)s->marked);
	jsonw_textz(w, "blamed", s->blamed);
	jsonw_end(w);
}

static bool
command_state(struct request *r)
{
	struct learned *model = learner_model(r->learner);
	const struct learn_teacher *teacher;
	size_t count = learner_teachers(r->learner, r->arena, &teacher);
	struct learner_state s;
	struct jsonw w;

	learner_state(r->learner, &s);
	jsonw_init(&w, r->answer);
	jsonw_object(&w, NULL);
	jsonw_bool(&w, "works", s.works);
	jsonw_number(&w, "spam", (double)s.spam);
	jsonw_number(&w, "ham", (double)s.ham);
	jsonw_number(&w, "kept", (double)s.kept);
	jsonw_number(&w, "kept_good", (double)s.kept_good);
	jsonw_number(&w, "dropped", (double)s.dropped);
	jsonw_number(&w, "trained", (double)s.trained);
	jsonw_number(&w, "train_ms", (double)s.train_ms);
	jsonw_number(&w, "train_read", (double)s.train_read);
	state_held(&w, &s);
	if (model != NULL)
		state_model(&w, model);
	jsonw_array(&w, "teachers");
	for (size_t i = 0; i < count; i++)
		state_teacher(&w, &teacher[i]);
	jsonw_end(&w);
	jsonw_end(&w);
	(void)buf_addc(r->answer, '\n');
	learned_unref(&model);
	return true;
}

/* ---- samples in and out ------------------------------------------------------ */

static bool
export_sample(void *ctx, const struct learn_sample *s)
{
	struct request *r = ctx;

	if (!learn_text_write(s, r->answer))
		return false;
	(void)buf_printf(
	    r->answer, "\n%lld %s\n", (long long)s->time_s, s->key);
	return r->answer->n < LEARN_EXPORT_OCTETS;
}

/* A sample, then a line with what to ask for the next ones by. */
static bool
command_export(struct request *r)
{
	struct span time = word_next(&r->rest), key = word_next(&r->rest);
	uint64_t after = 0, secret;
	char text[LEARN_KEY_OCTETS + 1];

	if ((time.n > 0 && !span_number(time, &after)) || after > INT64_MAX ||
	    key.n > LEARN_KEY_OCTETS)
		return request_wrong(r, "the line is not understood");
	if (!learner_key(r->learner, &secret))
		return request_wrong(r, lesson_answers[LESSON_FAILED]);
	(void)snprintf(text, sizeof(text), "%.*s", SPAN_FMT(key));
	if (after == 0)
		(void)buf_printf(r->answer, "{\"secret\":\"%016llx\"}\n",
		    (unsigned long long)secret);
	return learner_each(
		   r->learner, (int64_t)after, text, export_sample, r) ||
	       request_wrong(r, lesson_answers[LESSON_FAILED]);
}

static bool
import_secret(struct request *r, struct span line)
{
	static const struct span before = SPAN_INIT("{\"secret\":\"");
	uint64_t key = 0;

	if (!span_starts(line, before) || !span_ends(line, SPAN("\"}")) ||
	    !learn_hex64(span_slice(line, before.n, line.n - 2), &key))
		return request_wrong(r,
		    "these are no samples: the first line tells of no "
		    "secret");
	return learner_adopt(r->learner, key) ||
	       request_wrong(r, "these samples were made with another secret, "
				"and there are samples here already");
}

/* The arena is only for this line. */
static bool
import_line(struct request *r, struct span line, size_t number, size_t count[2])
{
	struct arena *a = arena_new();
	struct learn_sample s;
	const char *why;
	bool ok = learn_text_read(line, a, &s, &why);

	if (ok && learner_is_ahead(r->learner, s.time_s)) {
		ok = false;
		why = "its time is still to come";
	}
	if (ok) {
		enum lesson_answer answer = learner_import(r->learner, &s);

		ok = answer != LESSON_FAILED;
		if (ok)
			count[answer == LESSON_KNOWN]++;
		else
			(void)lesson_tell(r, answer);
	} else {
		(void)buf_printf(r->answer, "line %zu: %s\n", number, why);
	}
	arena_free(&a);
	return ok;
}

static bool
command_import(struct request *r)
{
	struct span rest = r->payload, line;
	size_t number = 1, count[2] = { 0, 0 };

	if (!span_cut(&rest, '\n', &line) || !import_secret(r, line))
		return false;
	while (rest.n > 0 && span_cut(&rest, '\n', &line)) {
		number++;
		if (line.n > 0 && !import_line(r, line, number, count))
			return false;
	}
	(void)buf_printf(r->answer, "%zu %zu\n", count[0], count[1]);
	return true;
}

/* ---- forgetting --------------------------------------------------------------- */

/* As the author of a message is kept: U-labels are A-labels there. */
static bool
forget_sender(struct request *r, struct span address, uint64_t key,
    struct learn_forget *f)
{
	size_t at = span_find_last(address, '@');
	struct span domain;
	const char *why;

	if (at == SIZE_MAX ||
	    !domain_to_ascii(span_slice(address, at + 1, address.n), r->arena,
		&domain, &why))
		return false;
	f->sender = learner_sender(
	    key, span_of(arena_printf(r->arena, "%.*s@%.*s",
		     SPAN_FMT(span_slice(address, 0, at)), SPAN_FMT(domain))));
	return true;
}

static bool
forget_read(struct request *r, uint64_t key, struct learn_forget *f)
{
	struct span word, value;
	uint64_t time_s;
	bool any = false;

	for (; span_trim(r->rest).n > 0; any = true) {
		word = word_next(&r->rest);
		value = word_next(&r->rest);
		if (value.n == 0)
			return false;
		if (span_is(word, "by"))
			f->who = span_is(value, "admin")
				     ? ""
				     : arena_strdup(r->arena, value);
		else if (span_is(word, "sender")) {
			if (!forget_sender(r, value, key, f))
				return false;
		} else if (!span_number(value, &time_s) || time_s > INT64_MAX)
			return false;
		else if (span_is(word, "since"))
			f->since_s = (int64_t)time_s;
		else if (span_is(word, "before"))
			f->before_s = (int64_t)time_s;
		else
			return false;
	}
	return any;
}

static bool
command_forget(struct request *r)
{
	struct learn_forget f = { .who = NULL };
	uint64_t count, key;

	if (!learner_key(r->learner, &key))
		return request_wrong(r, lesson_answers[LESSON_FAILED]);
	if (!forget_read(r, key, &f))
		return request_wrong(r, "forget what? by USER, sender ADDRESS, "
					"since TIME or before TIME");
	if (!learner_forget(r->learner, &f, &count))
		return request_wrong(r, lesson_answers[LESSON_FAILED]);
	(void)buf_printf(r->answer, "%llu sample%s forgotten\n",
	    (unsigned long long)count, plural(count));
	return true;
}

static bool
command_train(struct request *r, bool accept)
{
	if (!learner_train_join(r->learner, accept))
		return request_wrong(r, "no model could be made; the log says "
					"why");
	return command_state(r);
}

static bool
command_learned(struct request *r)
{
	struct span what = word_next(&r->rest);

	if (what.n == 0)
		return command_state(r);
	if (span_is(what, "export"))
		return command_export(r);
	if (span_is(what, "import"))
		return command_import(r);
	if (span_is(what, "forget"))
		return command_forget(r);
	if (span_is(what, "train"))
		return command_train(r, false);
	if (span_is(what, "accept"))
		return command_train(r, true);
	return request_wrong(r, "there is no such command");
}

bool
learn_command(
    struct learner *l, const struct learn_request *from, struct buf *answer)
{
	struct request r = { .learner = l,
		.rest = from->line,
		.payload = from->payload,
		.door = from->door,
		.answer = answer };
	struct span name = word_next(&r.rest);
	bool ok;

	if (l == NULL)
		return request_wrong(&r, "nothing is learned here: the setting "
					 "\"learn\" is off");
	r.arena = arena_new();
	if (span_is(name, "learn"))
		ok = command_learn(&r);
	else if (span_is(name, "unlearn"))
		ok = command_unlearn(&r);
	else if (span_is(name, "learned") && !from->door)
		ok = command_learned(&r);
	else
		ok = request_wrong(&r, "there is no such command");
	arena_free(&r.arena);
	return ok;
}
