#ifndef TOOL_WEB_WEB_H
#define TOOL_WEB_WEB_H

/*
 * The pages of `verdict web`. Requests come one at a time to web_answer, which
 * looks at who asks (web_guard.h), finds the page and has it written. What
 * pages show is the journal, read only, what the running daemon answers on its
 * control socket, and the sums of web_tally.h.
 *
 * The life of one request: a struct web_view, whose arena holds all that the
 * page needs and goes with it. A page is a file of its own with one function,
 * named in web_pages.def.
 */

#include "policy/base/http_server.h"
#include "policy/base/json.h"
#include "policy/journal/journal_read.h"
#include "policy/message/snapshot.h"
#include "tool/web/html.h"
#include "tool/web/web_daemon.h"
#include "tool/web/web_guard.h"
#include "tool/web/web_request.h"
#include "tool/web/web_tally.h"

/* Octets of a page; of what is asked for with it. */
#define WEB_PAGE_MAX ((size_t)4 << 20)
#define WEB_BODY_MAX ((size_t)64 * 1024)
/* For how long a page may look through the journal for what is sought. */
#define WEB_LOOK_MS 50

/* What one decision was made with, kept from one page to the next. */
struct web_made {
	struct arena *arena;
	struct span name;
	struct journal_snapshot made_with;
	struct snapshot *then; /* NULL: why */
	const char *why;
};

struct web_options {
	const char *journal; /* its file */
	const char *control; /* the daemon's socket */
	struct web_guard guard;
	bool teach; /* lessons may be given */
};

struct web {
	const struct web_options *options;
	struct journal_reader *reader; /* NULL: why_no_journal */
	char why_no_journal[SQLITE_WHY_MAX];
	struct file_stamp {
		uint64_t device, inode;
	} file;                  /* that reader has open */
	struct web_tally *tally; /* shown */
	struct web_tally *next;  /* being summed up anew, or NULL */
	int64_t tally_s;         /* when the tally was begun */
	bool behind;             /* there is more to sum up */
	int64_t retry_ms;        /* a database that failed is left alone */
	struct web_daemon daemon;
	struct web_made made;
};

/* Nothing is opened yet. options must outlive it. */
void web_init(struct web *w, const struct web_options *options);
void web_release(struct web *w);
/*
 * Opens the journal, again when another file stands in its place, and sums up
 * for about ms. True: there is more to sum up.
 */
bool web_work(struct web *w, int64_t ms);
/* The handler of http_server.h; ctx is the struct web. */
void web_answer(
    void *ctx, const struct http_request *r, struct http_answer *out);

struct web_view {
	struct web *web;
	struct arena *arena;
	const struct http_request *http;
	struct web_request request;
	struct span user; /* as the proxy says; "" when it does not */
	struct http_answer *answer;
	struct html html;
	int64_t now_s;
	/* Of the title; a page may set it before its first element. */
	const char *title;
};

/* A value of the query: a C string that lives as long as the view. */
const char *web_query(const struct web_view *v, const char *key);
/* What the daemon tells of itself; absent, with *why, when it does not. */
struct jsonr web_says(
    struct web_view *v, enum web_saying what, const char **why);
/* One line to the daemon; what it answered, cut, in the arena. Waits for a few
 * seconds at most, and not at all for one that is known to be silent. */
bool web_ask(struct web_view *v, const char *line, struct span payload,
    struct span *answer);
/* What decisions of that snapshot were made with; kept until another is
 * asked for. Its then may be NULL. */
const struct web_made *web_made_with(struct web_view *v, struct span name);
/* The snapshot of the newest decision; "" when there is none. */
struct span web_newest_snapshot(struct web_view *v);

typedef void web_page(struct web_view *v);

struct web_page_row {
	enum html_page page;
	const char *title;
	const char *label; /* in the navigation; NULL: it stands not there */
	web_page *write;
};
extern const struct web_page_row web_page_rows[];
extern const size_t web_page_count;

/* An answer that is a page of its own: 404 and the like. */
void web_refuse(
    struct web_view *v, unsigned status, const char *title, const char *text);

#endif
