/*
 * From a request to its page: who asks, which page, and the fields that every
 * answer has.
 */
#include "config.h"

#include "policy/base/clock.h"
#include "tool/web/web_page.h"
#include "tool/web/web_part.h"
#include "tool/web/web_style.h"

enum {
	STATUS_OK = 200,
	STATUS_BAD = 400,
	STATUS_NOT_FOUND = 404,
	STATUS_METHOD = 405,
};

/* What a browser may do with our pages: show them, and nothing else. Nothing
 * of ours is a script. */
static const struct {
	const char *name, *value;
} fields[] = {
	{ "Content-Security-Policy",
	    "default-src 'none'; style-src 'self'; img-src 'self'; "
	    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "X-Frame-Options", "DENY" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Permissions-Policy",
	    "camera=(), geolocation=(), microphone=(), interest-cohort=()" },
	{ "X-Robots-Tag", "noindex, nofollow" },
};

static void
answer_field(struct http_answer *out, const char *name, const char *value)
{
	out->header[out->header_count].name = name;
	out->header[out->header_count++].value = value;
}

void
web_refuse(
    struct web_view *v, unsigned status, const char *title, const char *text)
{
	v->title = title;
	v->answer->status = status;
	part_begin(v, PAGE_STYLE);
	html_putz(&v->html, HTML_P, NULL, text);
	html_begin(&v->html, HTML_P);
	html_link(
	    &v->html, PAGE_OVERVIEW, NULL, SPAN(""), SPAN("To the overview"));
	html_end(&v->html);
	part_end(v);
}

static void
answer_file(
    struct web_view *v, const char *type, void (*write)(struct buf *out))
{
	v->answer->type = type;
	write(&v->answer->body);
	/* Ours alone; another version is another process. */
	answer_field(v->answer, "Cache-Control", "private, max-age=300");
}

static const struct web_page_row *
page_find(struct span path)
{
	for (size_t i = 0; i < web_page_count; i++)
		if (span_is(path, html_page_path(web_page_rows[i].page)))
			return &web_page_rows[i];
	return NULL;
}

static void
answer_page(struct web_view *v)
{
	const struct web_page_row *row = page_find(v->request.path);
	bool posts = strcmp(v->http->method, "POST") == 0;

	if (row == NULL) {
		web_refuse(v, STATUS_NOT_FOUND, "No such page",
		    "There is nothing at this address.");
		return;
	}
	if (posts != (row->page == PAGE_TEACH)) {
		web_refuse(v, STATUS_METHOD, "Not so",
		    posts ? "Nothing is to be sent to this page."
			  : "This address takes a form, which stands on the "
			    "page about learning.");
		return;
	}
	v->title = row->title;
	row->write(v);
}

static void
answer_view(struct web_view *v)
{
	struct web_refusal refused;
	const char *why = "", *method = v->http->method;
	bool reads = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;

	if (!web_guard_let_in(
		&v->web->options->guard, v->http, &v->user, &refused)) {
		v->user = SPAN("");
		v->answer->status = refused.status;
		v->answer->type = "text/plain; charset=utf-8";
		(void)buf_printf(
		    &v->answer->body, "%s\n%s\n", refused.title, refused.text);
		return;
	}
	if (!web_request_read(
		v->http->target, v->http->body, v->arena, &v->request, &why)) {
		web_refuse(v, STATUS_BAD, "Not understood", why);
		return;
	}
	if (!reads && strcmp(method, "POST") != 0) {
		web_refuse(v, STATUS_METHOD, "Not so",
		    "These pages are read with GET.");
		return;
	}
	if (reads && span_is(v->request.path, html_page_path(PAGE_STYLE)))
		answer_file(v, "text/css; charset=utf-8", web_style_write);
	else if (reads && span_is(v->request.path, html_page_path(PAGE_ICON)))
		answer_file(v, "image/svg+xml", web_icon_write);
	else
		answer_page(v);
}

void
web_answer(void *ctx, const struct http_request *r, struct http_answer *out)
{
	struct web_view v = {
		.web = ctx,
		.arena = arena_new(),
		.http = r,
		.user = SPAN(""),
		.answer = out,
		.now_s = clock_system.unix_s(clock_system.ctx),
		.title = "",
	};
	size_t fields_before;

	out->status = STATUS_OK;
	out->type = "text/html; charset=utf-8";
	fields_before = out->header_count;
	answer_view(&v);
	for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
		answer_field(out, fields[i].name, fields[i].value);
	/* What is private stays in no cache. */
	if (out->header_count == fields_before + ARRAY_COUNT(fields))
		answer_field(out, "Cache-Control", "no-store");
	arena_free(&v.arena);
}
