/*
 * What was learned, by whose lessons, and how good it is; and giving a lesson,
 * which is the one thing that pages change.
 */
#include "config.h"

#include "tool/web/web_page.h"
#include "tool/web/web_part.h"

enum { STATUS_BAD = 400, STATUS_FORBIDDEN = 403 };

#define ID_MAX 64

/* ---- how good it is ----------------------------------------------------------------- */

static void
model_write(struct web_view *v, struct jsonr state)
{
	struct jsonr model = jsonr_get(state, "model");
	struct html *h = &v->html;
	double realised = 0, promised = jsonr_get_number(model, "promised");
	bool speaks = false;

	part_section(h, "The model");
	if (!jsonr_given(model)) {
		html_putz(
		    h, HTML_P, NULL, "There is none yet: too few lessons.");
		html_end(h);
		return;
	}
	(void)jsonr_bool(jsonr_get(model, "speaks"), &speaks);
	if (!speaks)
		part_note(h, "warn",
		    "It was made of too few messages and says nothing yet.");
	part_terms(h);
	html_begin(h, HTML_DIV);
	html_putz(h, HTML_DT, NULL, "made");
	html_begin_class(h, HTML_DD, "small");
	part_time(h, jsonr_get_whole(model, "time"));
	html_end(h);
	html_end(h);
	part_term(h, "of spam", "", "%s",
	    part_number(v->arena, jsonr_get_number(model, "spam")));
	part_term(h, "of good mail", "", "%s",
	    part_number(v->arena, jsonr_get_number(model, "ham")));
	part_term(h, "misjudged before it was learned", "", "%.2f %%",
	    100 * jsonr_get_number(model, "error"));
	part_term(
	    h, "promised: good mail marked", "", "%.2f %%", 100 * promised);
	if (jsonr_number(jsonr_get(model, "realised"), &realised))
		part_term(h, "realised",
		    realised > 2 * promised ? "bad" : "good", "%.2f %%",
		    100 * realised);
	else
		part_term(h, "realised", "small", "not known yet");
	html_end(h);
	html_end(h);
}

static void
state_write(struct web_view *v, struct jsonr state)
{
	struct jsonr held = jsonr_get(state, "held");
	struct html *h = &v->html;
	bool works = true;

	(void)jsonr_bool(jsonr_get(state, "works"), &works);
	if (!works)
		part_note(h, "bad",
		    "What is taught can't be kept: see the "
		    "log of the daemon.");
	if (jsonr_given(held))
		part_note(h, "warn",
		    "A new model is held back: of %.0f good messages it would "
		    "mark %.0f%s%.*s. verdict learned says more.",
		    jsonr_get_number(held, "good"),
		    jsonr_get_number(held, "marked"),
		    jsonr_get_text(held, "blamed").n > 0 ? "; lessons of " : "",
		    SPAN_FMT(jsonr_get_text(held, "blamed")));
}

static void
teachers_write(struct web_view *v, struct jsonr state)
{
	struct jsonr teachers = jsonr_get(state, "teachers");
	static const char *const head[] = { "who", "#spam", "#good",
		"#left out", "#agreed with others", "#trust" };
	struct html *h = &v->html;

	part_section(h, "Teachers");
	html_putf(h, HTML_P, NULL, "Lessons kept: %s of spam, %s of good mail.",
	    part_number(v->arena, jsonr_get_number(state, "spam")),
	    part_number(v->arena, jsonr_get_number(state, "ham")));
	if (jsonr_count(teachers) > 0)
		part_table(h, "Whose they are, as the last model saw it", head,
		    ARRAY_COUNT(head));
	for (size_t i = 0; i < jsonr_count(teachers) && i < 500; i++) {
		struct jsonr one = jsonr_at(teachers, i);
		struct span who = jsonr_get_text(one, "who");

		html_begin(h, HTML_TR);
		part_cell_alien(
		    h, who.n == 0 ? SPAN("the administrator") : who);
		part_cell_number(h, jsonr_get_number(one, "spam"));
		part_cell_number(h, jsonr_get_number(one, "ham"));
		part_cell_number(h, jsonr_get_number(one, "left_out"));
		part_cell_share(h, jsonr_get_number(one, "agreed"),
		    jsonr_get_number(one, "judged"));
		html_putf(
		    h, HTML_TD, "n", "%.2f", jsonr_get_number(one, "trust"));
		html_end(h);
	}
	if (jsonr_count(teachers) > 0)
		part_table_end(h);
	html_end(h);
}

/* ---- lessons ------------------------------------------------------------------------ */

static const struct lesson_kind {
	const char *key, *label, *command;
} kinds[] = {
	{ "spam", "is spam", "learn spam" },
	{ "ham", "is good mail", "learn ham" },
	{ "forget", "take the lesson back", "unlearn" },
};

static void
form_write(struct web_view *v)
{
	struct html *h = &v->html;

	part_section(h, "Teach a message");
	if (!v->web->options->teach) {
		html_putz(h, HTML_P, "soft",
		    "These pages only show. Started with --teach, lessons can "
		    "be given here.");
		html_end(h);
		return;
	}
	html_begin_class(h, HTML_FORM, "line");
	html_setz(h, ATTR_METHOD, "post");
	html_action(h, PAGE_TEACH);
	html_begin(h, HTML_INPUT);
	html_setz(h, ATTR_TYPE, "hidden");
	html_setz(h, ATTR_NAME, "token");
	html_set(h, ATTR_VALUE,
	    web_guard_token(&v->web->options->guard, v->user, v->arena));
	html_begin(h, HTML_LABEL);
	html_textz(h, "Id of the decision");
	html_begin(h, HTML_INPUT);
	html_setz(h, ATTR_NAME, "id");
	html_setz(h, ATTR_REQUIRED, "required");
	html_setz(h, ATTR_VALUE, web_query(v, "id"));
	html_end(h);
	html_begin(h, HTML_LABEL);
	html_textz(h, "The message");
	html_begin(h, HTML_SELECT);
	html_setz(h, ATTR_NAME, "kind");
	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
		html_begin(h, HTML_OPTION);
		html_setz(h, ATTR_VALUE, kinds[i].key);
		html_textz(h, kinds[i].label);
		html_end(h);
	}
	html_end(h);
	html_end(h);
	html_putz(h, HTML_BUTTON, NULL, "Teach");
	html_end(h);
	html_end(h);
}

void
page_learning(struct web_view *v)
{
	const char *why = "";
	struct jsonr state = web_says(v, SAYING_LEARNED, &why);

	part_begin(v, PAGE_LEARNING);
	if (jsonr_type(state) == JSONR_OBJECT) {
		state_write(v, state);
		model_write(v, state);
		teachers_write(v, state);
	} else {
		part_note(&v->html, "bad",
		    "The daemon tells nothing of what was learned: %s. It may "
		    "not run, or learning is off.",
		    why);
	}
	form_write(v);
	part_end(v);
}

/* Words of the line that goes to the daemon hold no spaces. */
static bool
word_is_plain(struct span word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!ascii_alnum(word.p[i]) && word.p[i] != '.' &&
		    word.p[i] != '@' && word.p[i] != '-' && word.p[i] != '_')
			return false;
	return word.n > 0 && word.n <= 128;
}

static void
lesson_give(struct web_view *v, const struct lesson_kind *kind, struct span id)
{
	struct span answer;
	const char *line =
	    arena_printf(v->arena, "%s id %.*s%s%.*s", kind->command,
		SPAN_FMT(id), v->user.n > 0 ? " by " : "", SPAN_FMT(v->user));
	bool ok = web_ask(v, line, SPAN(""), &answer);
	struct html *h = &v->html;

	part_begin(v, PAGE_LEARNING);
	part_note(h, ok ? "good" : "bad", "%.*s: %.*s", SPAN_FMT(id),
	    SPAN_FMT(answer));
	html_begin(h, HTML_P);
	html_link(h, PAGE_DECISION, "id", id, SPAN("To the decision"));
	html_textz(h, " - ");
	html_link(h, PAGE_LEARNING, NULL, SPAN(""), SPAN("To the lessons"));
	html_end(h);
	part_end(v);
}

void
page_teach(struct web_view *v)
{
	struct span id = web_param(&v->request.form, "id");
	struct span kind = web_param(&v->request.form, "kind");

	if (!v->web->options->teach) {
		web_refuse(v, STATUS_FORBIDDEN, "Not here",
		    "These pages only show: they were started without "
		    "--teach.");
		return;
	}
	if (!web_guard_meant(&v->web->options->guard, v->http, v->user,
		web_param(&v->request.form, "token"))) {
		web_refuse(v, STATUS_FORBIDDEN, "Was that meant?",
		    "The form is not one that this server has just given out. "
		    "Go to the page about learning and try again.");
		return;
	}
	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
		if (span_is(kind, kinds[i].key) && word_is_plain(id) &&
		    id.n <= ID_MAX &&
		    (v->user.n == 0 || word_is_plain(v->user))) {
			lesson_give(v, &kinds[i], id);
			return;
		}
	web_refuse(v, STATUS_BAD, "Not understood",
	    "A lesson is the id of a decision and what its message is.");
}
