/*
 * Does what users teach arrive? A marked message is taught through the very
 * socket that the mail server's scripts use, looked for, and unlearned; and
 * Dovecot is asked what its scripts need. Learning that silently does not work
 * is what users complain of most, elsewhere.
 */
#include "config.h"

#include "tool/doctor/doctor.h"

#include <time.h>
#include <unistd.h>

/* Whose lesson it is: nobody's who could move mail. */
#define TEACHER  "verdict-doctor"
#define SNIPPETS "contrib/snippets/dovecot-learn.conf"

struct lesson_trial {
	struct doctor *d;
	const char *door; /* by which it is taught */
	struct span message;
	struct buf answer;
	const char *said; /* of what failed */
};

/* Nobody has taught the like: it bears the time and who asks. */
static struct span
trial_message(struct arena *a)
{
	return span_of(arena_printf(a,
	    "From: doctor@verdict.invalid\n"
	    "Subject: verdict doctor teaches, %lld %ld\n"
	    "\n"
	    "A lesson of %lld by process %ld, which is unlearned at once.\n",
	    (long long)time(NULL), (long)getpid(), (long long)time(NULL),
	    (long)getpid()));
}

/* verb: "learn spam", "unlearn". */
static bool
trial_ask(struct lesson_trial *t, const char *verb)
{
	const char *why, *line = arena_printf(t->d->arena,
			     "%s message %zu by " TEACHER, verb, t->message.n);
	bool ok;

	buf_clear(&t->answer);
	ok = tool_control_with(t->door, line, t->message, &t->answer, &why);
	t->said =
	    arena_strdup(t->d->arena, ok ? span_trim(buf_span(&t->answer))
					 : tool_control_said(&t->answer, why));
	return ok;
}

static void
trial_failed(struct lesson_trial *t, const char *what)
{
	doctor_found(t->d, FINDING_FAIL, "learn",
	    "look whether the daemon runs, at its log, and whether learn.group "
	    "may enter the socket's directory; then: verdict learned",
	    "%s through %s: %s", what, t->door, t->said);
}

/* Known is what it says of a lesson that it has. */
static void
trial_run(struct lesson_trial *t)
{
	if (!trial_ask(t, "learn spam")) {
		trial_failed(t, "a marked message cannot be taught");
		return;
	}
	if (!trial_ask(t, "learn spam") ||
	    !span_is(span_of(t->said), "known already")) {
		trial_failed(t, "a marked message was taught and is not there");
		(void)trial_ask(t, "unlearn");
		return;
	}
	if (!trial_ask(t, "unlearn")) {
		trial_failed(t, "a marked message cannot be unlearned");
		return;
	}
	if (trial_ask(t, "unlearn")) {
		trial_failed(t, "a marked message is there though unlearned");
		return;
	}
	doctor_found(t->d, FINDING_OK, "learn", NULL,
	    "a marked message was taught through %s, found, and unlearned",
	    t->door);
}

/* ---- what there is ------------------------------------------------------- */

static void
learn_state(struct doctor *d, struct jsonr top)
{
	struct jsonr held = jsonr_get(top, "held");
	struct span blamed = jsonr_get_text(held, "blamed");
	double spam = jsonr_get_number(top, "spam"),
	       ham = jsonr_get_number(top, "ham");

	if (jsonr_type(held) == JSONR_OBJECT) {
		doctor_found(d, FINDING_WARN, "learn",
		    "verdict learned; then verdict learned forget, or verdict "
		    "learned accept",
		    "the newest model is held back, it would mark good mail; "
		    "mostly by what %.*s taught",
		    SPAN_FMT(blamed.n == 0 ? SPAN("the administrator")
					   : span_slice(blamed, 0, 128)));
	}
	if (jsonr_get_bool(jsonr_get(top, "model"), "speaks"))
		return;
	doctor_found(d, FINDING_INFO, "learn",
	    "verdict learn --ham DIR --spam DIR",
	    "nothing is said of mail before 100 of each kind were taught: "
	    "%.0f of spam and %.0f of good mail are",
	    spam, ham);
}

static void
learn_asked(struct doctor *d)
{
	struct jsonr_doc *doc;
	struct buf answer;
	const char *why;

	buf_init(&answer, (size_t)1 << 20);
	if (tool_control(
		d->snapshot->config.control, "learned", &answer, &why) &&
	    (doc = jsonr_parse(buf_span(&answer), d->arena, &why)) != NULL) {
		learn_state(d, jsonr_top(doc));
		jsonr_free(&doc);
	}
	buf_free(&answer);
}

/* ---- Dovecot ------------------------------------------------------------- */

/* What moves need, in the words of 2.3 and of 2.4. */
static const char *const dovecot_needs[] = { "imap_sieve", "sieve_imapsieve",
	"sieve_extprograms", "vnd.dovecot.pipe", "sieve_pipe_bin_dir" };

static void
learn_program(struct doctor *d, struct span text)
{
	size_t at = span_search(text, SPAN("sieve_pipe_bin_dir"));
	struct span line = span_slice(text, at, text.n), rest, dir;
	const char *path;

	(void)span_cut(&line, '\n', &rest);
	(void)span_cut(&rest, '=', &dir);
	rest = span_trim(rest);
	path = arena_printf(d->arena, "%.*s/verdict-learn", SPAN_FMT(rest));
	if (access(path, X_OK) != 0)
		doctor_found(d, FINDING_FAIL, "dovecot",
		    arena_printf(d->arena,
			"install -m 755 contrib/snippets/verdict-learn %s",
			path),
		    "there is no program %s for Dovecot's scripts", path);
	else
		doctor_found(d, FINDING_OK, "dovecot", NULL,
		    "moves into Junk and out of it run %s", path);
}

static void
learn_dovecot(struct doctor *d)
{
	const char *missing = NULL;
	struct span text;

	/* Nothing: there is none, or one that does not know its settings. */
	if (!doctor_command("doveconf -n 2>/dev/null", d->arena, &text) ||
	    text.n == 0)
		return;
	for (size_t i = 0; i < ARRAY_COUNT(dovecot_needs); i++)
		if (span_search(text, span_of(dovecot_needs[i])) == SIZE_MAX)
			missing = arena_printf(d->arena, "%s%s%s",
			    missing == NULL ? "" : missing,
			    missing == NULL ? "" : ", ", dovecot_needs[i]);
	if (missing != NULL)
		doctor_found(d, FINDING_WARN, "dovecot",
		    "see " SNIPPETS ", and dovecot-learn-2.4.conf beside it",
		    "Dovecot does not teach what users move; its settings lack "
		    "%s",
		    missing);
	else
		learn_program(d, text);
	if (d->snapshot->config.learn_socket[0] == '\0')
		doctor_found(d, FINDING_WARN, "learn",
		    "set learn.socket and learn.group in verdict.conf",
		    "there is no socket by which Dovecot's scripts could "
		    "teach");
}

void
doctor_learn(struct doctor *d)
{
	const struct config *c = &d->snapshot->config;
	struct lesson_trial t = { .d = d,
		.door =
		    c->learn_socket[0] != '\0' ? c->learn_socket : c->control };

	if (!c->learn)
		return;
	if (d->answers) {
		t.message = trial_message(d->arena);
		buf_init(&t.answer, 65536);
		trial_run(&t);
		buf_free(&t.answer);
		learn_asked(d);
	}
	learn_dovecot(d);
}
