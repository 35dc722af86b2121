/*
 * Sendmail's quarantined queue, by sendmail(8) itself: -bp -qQ lists it, -Q
 * without a reason takes a message out.
 */
#include "config.h"

#include "tool/held/mta_queue.h"

#define OUTPUT_MAX ((size_t)64 << 20)
#define SAID_MAX   ((size_t)300)

/*
 * "xATM0abc012345*      12 Sun Nov 29 22:14 <a@example.org>": an id in the
 * first column, with a mark of what is done with it, and the size.
 */
static bool
head_read(struct mta_list *l, struct span line)
{
	size_t at = 0, open = span_find(line, '<');
	struct span rest, id;
	struct mta_held *h;

	while (at < line.n && ascii_alnum(line.p[at]))
		at++;
	id = span_slice(line, 0, at);
	/* Ids are of 14 letters and digits; titles are words. */
	if (id.n < 12 || !mta_id_valid(id) || at == line.n)
		return false;
	h = mta_list_add(l);
	h->id = arena_dup(l->arena, id);
	while (at < line.n && !ascii_digit(line.p[at]))
		at++;
	rest = span_slice(line, at, line.n);
	(void)span_number(
	    span_slice(rest, 0, span_find(rest, ' ')), &h->octets);
	if (open != SIZE_MAX)
		h->sender = arena_dup(l->arena,
		    span_slice(line, open + 1, span_find_last(line, '>')));
	return true;
}

static void
more_read(const struct mta_list *l, struct mta_held *h, struct span line)
{
	static const struct span reason = SPAN_INIT("QUARANTINE:");

	line = span_trim(line);
	if (span_starts(line, reason)) {
		h->reason = arena_dup(
		    l->arena, span_trim(span_slice(line, reason.n, line.n)));
	} else if (line.n > 2 && line.p[0] == '<') {
		mta_rcpt_add(
		    l, h, span_slice(line, 1, span_find_last(line, '>')));
	}
}

static bool
sendmail_list(struct mta_list *out, const char **why)
{
	static const char *const argv[] = { "sendmail", "-bp", "-qQ", NULL };
	struct span rest, line;
	struct buf b;
	bool ok;

	buf_init(&b, OUTPUT_MAX);
	ok = mta_run(argv, &b) == 0;
	if (!ok)
		*why = arena_strdup(out->arena,
		    span_slice(span_trim(buf_span(&b)), 0, SAID_MAX));
	rest = buf_span(&b);
	while (ok && rest.n > 0 && span_cut(&rest, '\n', &line))
		if (!head_read(out, line) && out->count > 0)
			more_read(out, &out->item[out->count - 1], line);
	buf_free(&b);
	return ok;
}

static bool
sendmail_release(struct span id, struct arena *a, const char **why)
{
	const char *const argv[] = { "sendmail", "-qQ", "-Q",
		arena_printf(a, "-qI%.*s", SPAN_FMT(id)), NULL };
	struct buf b;
	bool ok;

	buf_init(&b, OUTPUT_MAX);
	ok = mta_run(argv, &b) == 0;
	if (!ok)
		*why = arena_strdup(
		    a, span_slice(span_trim(buf_span(&b)), 0, SAID_MAX));
	buf_free(&b);
	return ok;
}

const struct mta_queue mta_sendmail = {
	.name = "Sendmail",
	.command = "sendmail",
	.list = sendmail_list,
	.release = sendmail_release,
};
