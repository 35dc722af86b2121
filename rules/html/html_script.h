#ifndef RULES_HTML_HTML_SCRIPT_H
#define RULES_HTML_HTML_SCRIPT_H

/*
 * Where a script leads and what it writes, as far as its text shows. Nothing
 * is run: texts that it joins, unescapes or takes from base64 are worked out
 * (js_value.h), names stand for what was assigned to them last, and
 * neither conditions nor functions of its own are followed. Pure; any thread;
 * time in proportion to the text and to what is unpacked of it.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"

/* Who is told of what is found; all of it is valid UTF-8 in the arena. */
struct html_script {
	struct arena *arena;
	size_t *budget; /* octets that may still be put together */
	/* What names stand for in all scripts of a page; NULL at first. */
	struct js_names *names;
	/* Where it leads by itself, or sends something: absolute or data:. */
	void (*url)(void *ctx, struct span url);
	/* What it writes into the page. */
	void (*page)(void *ctx, struct span html);
	void *ctx;
	bool built; /* set: it goes where its text does not show */
};

void html_script_read(struct html_script *script, struct span text);
/* It builds a file, for which no link and no attachment is needed. */
bool html_script_smuggles(struct span script);

#endif
