/*
 * Which of the texts of a script it goes to, sends to or writes: by the name
 * that it is assigned to or the function that it is handed to. What each text
 * is, js_value.c works out.
 */
#include "config.h"

#include "rules/html/html_script.h"

#include "rules/base/utf8.h"
#include "rules/html/js_text.h"

#define CALLS_MAX  32 /* brackets inside one another whose owner is known */
#define INSIDE_MAX 3  /* scripts inside of texts of scripts */

/* Bits: what becomes of a text. */
enum script_use {
	USE_GOES = 1,   /* the page is left for it */
	USE_ASKS = 2,   /* it is loaded, or something is sent there */
	USE_WRITES = 4, /* it is shown */
	USE_RUNS = 8,
};

/* By the last name before "=", ":" or "(". */
static const struct script_word {
	const char *name;
	unsigned set, call; /* assigned to it, handed to it */
} script_words[] = {
	{ "location", USE_GOES, 0 },
	{ "href", USE_GOES, 0 },
	{ "assign", 0, USE_GOES },
	{ "replace", 0, USE_GOES },
	{ "open", 0, USE_GOES },
	{ "navigate", 0, USE_GOES },
	{ "action", USE_ASKS, 0 },
	{ "src", USE_ASKS, 0 },
	{ "srcdoc", USE_WRITES, 0 },
	{ "url", USE_ASKS, USE_ASKS },
	{ "fetch", 0, USE_ASKS },
	{ "ajax", 0, USE_ASKS },
	{ "post", 0, USE_ASKS },
	{ "get", 0, USE_ASKS },
	{ "getJSON", 0, USE_ASKS },
	{ "sendBeacon", 0, USE_ASKS },
	{ "WebSocket", 0, USE_ASKS },
	{ "EventSource", 0, USE_ASKS },
	{ "URL", 0, USE_ASKS },
	{ "import", 0, USE_ASKS },
	{ "importScripts", 0, USE_ASKS },
	{ "setAttribute", 0, USE_ASKS },
	{ "attr", 0, USE_ASKS },
	{ "innerHTML", USE_WRITES, 0 },
	{ "outerHTML", USE_WRITES, 0 },
	{ "write", 0, USE_WRITES },
	{ "writeln", 0, USE_WRITES },
	{ "insertAdjacentHTML", 0, USE_WRITES },
	{ "parseFromString", 0, USE_WRITES },
	{ "createContextualFragment", 0, USE_WRITES },
	{ "html", 0, USE_WRITES },
	{ "append", 0, USE_WRITES },
	{ "eval", 0, USE_RUNS },
	{ "Function", 0, USE_RUNS },
	{ "setTimeout", 0, USE_RUNS },
	{ "setInterval", 0, USE_RUNS },
	{ "execScript", 0, USE_RUNS },
};

struct script_walk {
	struct html_script *script;
	struct js_reader reader;
	struct js_lex lex;
	unsigned call[CALLS_MAX]; /* what becomes of texts in these brackets */
	size_t calls, over;       /* how many are open; beyond the bound */
	size_t chain;             /* names that end in a dot before this one */
	bool located;             /* "location" is one of them */
	unsigned inside;
};

static void script_walk_text(
    struct html_script *script, struct span text, unsigned inside);

static const struct script_word *
script_word(struct span name)
{
	for (size_t i = 0; i < ARRAY_COUNT(script_words); i++)
		if (span_is(name, script_words[i].name))
			return &script_words[i];
	return NULL;
}

bool
html_script_smuggles(struct span script)
{
	static const struct span sign[] = { SPAN_INIT("atob("),
		SPAN_INIT("new blob("), SPAN_INIT("createobjecturl"),
		SPAN_INIT("mssaveoropenblob"), SPAN_INIT("data:application") };

	for (size_t i = 0; i < ARRAY_COUNT(sign); i++)
		if (span_case_search(script, sign[i]) != SIZE_MAX)
			return true;
	return false;
}

/* ---- texts ------------------------------------------------------------------- */

/* Behind the scheme and the slashes there is something. */
static bool
script_is_absolute(struct span url)
{
	static const struct span scheme[] = { SPAN_INIT("https:"),
		SPAN_INIT("http:"), SPAN_INIT("wss:"), SPAN_INIT("ws:"),
		SPAN_INIT("//") };

	for (size_t i = 0; i < ARRAY_COUNT(scheme); i++)
		if (span_case_starts(url, scheme[i])) {
			size_t n = scheme[i].n;

			while (
			    n < url.n && (url.p[n] == '/' || url.p[n] == '\\'))
				n++;
			return n < url.n && n > scheme[i].n - (i == 4) &&
			       (ascii_alnum(url.p[n]) || url.p[n] == '[' ||
				   url.p[n] == '%' || (url.p[n] & 0x80) != 0);
		}
	return false;
}

static bool
script_is_page(struct span text)
{
	size_t at = span_find(text, '<');

	return at != SIZE_MAX && at + 1 < text.n &&
	       (ascii_alpha(text.p[at + 1]) || text.p[at + 1] == '!');
}

/* A text that was put together to be an address or a page is used as one,
 * whatever is done with it. */
static void
script_use(struct script_walk *w, const struct js_value *v, unsigned use)
{
	struct html_script *script = w->script;
	struct span text;

	if (v->text.p == NULL) {
		for (size_t i = 0; i < v->count && use != 0; i++) {
			struct js_value one = { .text = v->item[i],
				.built = v->built };

			script_use(w, &one, use & ~(unsigned)USE_RUNS);
		}
		return;
	}
	text = span_trim(v->text);
	if ((use & USE_RUNS) != 0)
		script_walk_text(
		    script, utf8_clean(text, script->arena), w->inside + 1);
	if (v->built)
		use |= USE_ASKS | USE_WRITES;
	if ((use & (USE_GOES | USE_ASKS)) != 0 &&
	    (script_is_absolute(text) ||
		span_case_starts(text, SPAN("data:text/"))))
		script->url(script->ctx, utf8_clean(text, script->arena));
	else if ((use & USE_WRITES) != 0 && script_is_page(text))
		script->page(script->ctx, utf8_clean(text, script->arena));
	else if ((use & USE_GOES) != 0 && v->open)
		script->built = true;
}

/* ---- tokens ------------------------------------------------------------------ */

static void
script_open(struct script_walk *w, unsigned use)
{
	if (w->calls == CALLS_MAX)
		w->over++;
	else
		w->call[w->calls++] = use;
}

static void
script_close(struct script_walk *w)
{
	if (w->over > 0)
		w->over--;
	else if (w->calls > 0)
		w->calls--;
}

/* What becomes of a text that stands here. */
static unsigned
script_here(const struct script_walk *w)
{
	return w->calls == 0 || w->over > 0 ? 0 : w->call[w->calls - 1];
}

/* The token behind the one that w is at is that sign, and then it is there. */
static bool
script_accept(struct script_walk *w, char sign)
{
	struct js_lex next = w->lex;

	if (!js_next(&next) || !js_is(&next, sign))
		return false;
	w->lex = next;
	return true;
}

/* The expression that w is at, if it is one of texts. */
static bool
script_take(struct script_walk *w, unsigned use, struct js_value *v)
{
	if (!js_expression(&w->reader, &w->lex, v))
		return false;
	script_use(w, v, use);
	return true;
}

/* The same of what stands behind. */
static bool
script_take_next(struct script_walk *w, unsigned use, struct js_value *v)
{
	struct js_lex before = w->lex;

	*v = (struct js_value){ .text = { NULL, 0 } };
	if (js_next(&w->lex) && script_take(w, use, v))
		return true;
	if (w->lex.kind == JS_NAME && (use & USE_GOES) != 0)
		w->script->built = true;
	w->lex = before;
	return false;
}

/* Behind a name and "=", or "+=" where own is what it was. */
static void
script_assigned(struct script_walk *w, struct span name, unsigned use,
    const struct js_value *own)
{
	struct js_value v;
	bool taken = script_take_next(w, use, &v);

	if (taken && own != NULL && own->text.p != NULL && v.text.p != NULL)
		v = js_add(&w->reader, own, &v);
	else if (own != NULL)
		v = (struct js_value){ .text = { NULL, 0 } };
	if (own != NULL)
		script_use(w, &v, use);
	if (w->chain == 0)
		js_assign(&w->reader, name, &v);
}

/* "a.replace" changes a text, "location.replace" leaves the page. */
static unsigned
script_call_use(const struct script_walk *w, const struct script_word *word)
{
	if (word == NULL ||
	    (!w->located && (span_is(span_of(word->name), "replace") ||
				span_is(span_of(word->name), "assign"))))
		return 0;
	return word->call;
}

/* A name, with what follows it: w is at it, or at the end of its brackets. */
static void
script_named_here(struct script_walk *w, struct span name)
{
	const struct script_word *word = script_word(name);
	unsigned set = word == NULL ? 0 : word->set;
	struct js_lex next = w->lex;
	struct js_value v;

	w->located = w->located || span_is(name, "location");
	if (!js_next(&next)) {
		return;
	} else if (js_is(&next, '.')) {
		w->lex = next;
		w->chain++;
		return; /* to be gone on with */
	} else if (js_is(&next, '(')) {
		w->lex = next;
		script_open(w, script_call_use(w, word));
		if ((script_here(w) & USE_GOES) != 0)
			(void)script_take_next(w, USE_GOES, &v);
	} else if (js_is(&next, ':') && set != 0) {
		w->lex = next;
		(void)script_take_next(w, set & ~(unsigned)USE_GOES, &v);
	} else if (js_is(&next, '=')) {
		w->lex = next;
		if (!script_accept(w, '=') && !script_accept(w, '>'))
			script_assigned(w, name, set, NULL);
	} else if (js_is(&next, '+')) {
		struct js_lex own = { .text = name };

		w->lex = next;
		if (script_accept(w, '=')) {
			if (!js_next(&own) ||
			    !js_expression(&w->reader, &own, &v))
				v = (struct js_value){ .text = { NULL, 0 } };
			script_assigned(w, name, set, &v);
		}
	}
	w->chain = 0;
	w->located = false;
}

static void
script_name_here(struct script_walk *w)
{
	struct js_value v;
	struct js_lex next = w->lex;

	/* What is known of it, unless it becomes something else now. */
	if (w->chain == 0 &&
	    !(js_next(&next) && (js_is(&next, '=') || js_is(&next, '+'))) &&
	    script_take(w, script_here(w), &v))
		return;
	script_named_here(w, w->lex.token);
}

/* window["location"] is window.location. */
static bool
script_bracket_name(struct script_walk *w)
{
	struct js_lex next = w->lex;
	struct span name;

	if (!js_next(&next) || next.kind != JS_TEXT)
		return false;
	name = next.token;
	if (!js_next(&next) || !js_is(&next, ']'))
		return false;
	w->lex = next;
	w->chain++;
	script_named_here(w, name);
	return true;
}

static void
script_token(struct script_walk *w, enum js_token before)
{
	bool index = before == JS_NAME && js_is(&w->lex, '[');
	struct js_value v;

	if (w->lex.kind == JS_NAME) {
		script_name_here(w);
		return;
	}
	if (js_is(&w->lex, '.'))
		return;
	if (index && script_bracket_name(w))
		return;
	w->chain = 0;
	w->located = false;
	if (js_is(&w->lex, ')'))
		script_close(w);
	else if (!index && !script_take(w, script_here(w), &v) &&
		 js_is(&w->lex, '('))
		script_open(w, 0);
}

static void
script_walk_text(struct html_script *script, struct span text, unsigned inside)
{
	struct script_walk w = { .script = script,
		.reader = { script->arena, script->budget, script->names },
		.lex = { .text = text },
		.inside = inside };
	enum js_token before = JS_END;

	if (inside > INSIDE_MAX)
		return;
	while (js_next(&w.lex)) {
		enum js_token kind = w.lex.kind;

		script_token(&w, before);
		before = kind;
	}
}

void
html_script_read(struct html_script *script, struct span text)
{
	if (script->names == NULL)
		script->names =
		    arena_array(script->arena, 1, sizeof(*script->names));
	script_walk_text(script, text, 0);
}
