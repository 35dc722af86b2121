/*
 * Postfix's hold queue, by postqueue(1) and postsuper(1).
 */
#include "config.h"

#include "policy/base/json.h"
#include "tool/held/mta_queue.h"

#define OUTPUT_MAX ((size_t)256 << 20)
#define SAID_MAX   ((size_t)300)

static struct span
member(struct jsonr object, const char *key, struct arena *a)
{
	return arena_dup(a, jsonr_get_text(object, key));
}

static void
recipients_read(struct mta_list *l, struct mta_held *h, struct jsonr list)
{
	for (size_t i = 0; i < jsonr_count(list) && i < MTA_RCPTS_MAX; i++)
		mta_rcpt_add(
		    l, h, member(jsonr_at(list, i), "address", l->arena));
}

/* One line of `postqueue -j` is one message. */
static void
line_read(struct mta_list *l, struct span line)
{
	struct arena *own = arena_new();
	const char *why;
	struct jsonr_doc *doc = jsonr_parse(line, own, &why);
	struct jsonr m = doc == NULL ? (struct jsonr){ NULL } : jsonr_top(doc);
	struct mta_held *h;
	int64_t number;

	if (doc != NULL && span_is(member(m, "queue_name", own), "hold") &&
	    mta_id_valid(member(m, "queue_id", own))) {
		h = mta_list_add(l);
		h->id = member(m, "queue_id", l->arena);
		h->sender = member(m, "sender", l->arena);
		recipients_read(l, h, jsonr_get(m, "recipients"));
		if (jsonr_whole(jsonr_get(m, "arrival_time"), &number))
			h->time_s = number;
		if (jsonr_whole(jsonr_get(m, "message_size"), &number) &&
		    number > 0)
			h->octets = (uint64_t)number;
	}
	jsonr_free(&doc);
	arena_free(&own);
}

/* What it says of itself, but where it is down: then postqueue's lines speak
 * of sockets and responses. */
static const char *
said(struct arena *a, const struct buf *out)
{
	struct span text = span_trim(buf_span(out));

	if (span_case_search(text, SPAN("mail system is down")) != SIZE_MAX)
		return "Postfix is not running. What it holds stays in its "
		       "queue; start it (postfix start) and ask again";
	return arena_strdup(a, text.n == 0 ? SPAN("it failed without a word")
					   : span_slice(text, 0, SAID_MAX));
}

static bool
postfix_list(struct mta_list *out, const char **why)
{
	static const char *const argv[] = { "postqueue", "-j", NULL };
	struct span rest, line;
	struct buf b;
	bool ok;

	buf_init(&b, OUTPUT_MAX);
	ok = mta_run(argv, &b) == 0;
	if (!ok)
		*why = said(out->arena, &b);
	rest = buf_span(&b);
	while (ok && rest.n > 0 && span_cut(&rest, '\n', &line))
		line_read(out, line);
	buf_free(&b);
	return ok;
}

/* Off hold, and then at once instead of with the next queue run. */
static bool
postfix_release(struct span id, struct arena *a, const char **why)
{
	const char *queue_id = arena_strdup(a, id);
	const char *const release[] = { "postsuper", "-H", queue_id, NULL };
	const char *const deliver[] = { "postqueue", "-i", queue_id, NULL };
	struct buf b;
	bool ok;

	buf_init(&b, OUTPUT_MAX);
	/* It says how many it released, and succeeds with none. */
	ok = mta_run(release, &b) == 0 &&
	     span_search(buf_span(&b), SPAN("Released")) != SIZE_MAX;
	if (ok)
		(void)mta_run(deliver, &b);
	else
		*why = said(a, &b);
	buf_free(&b);
	return ok;
}

const struct mta_queue mta_postfix = {
	.name = "Postfix",
	.command = "postqueue",
	.list = postfix_list,
	.release = postfix_release,
};
