/*
 * A parser of Redis's answers that asks for no more memory than what has come
 * can fill: whoever claims a billion items has to send them.
 */
#include "config.h"

#include "policy/store/redis_reply.h"

/* A line holds a number, a status or an error. */
#define LINE_OCTETS_MAX ((size_t)4096)

struct reading {
	struct span in;
	size_t at;
	size_t items;
	struct arena *arena;
	enum redis_read state; /* sticky: once it is not ALL it stays */
};

static void
reading_stop(struct reading *r, enum redis_read why)
{
	if (r->state == REDIS_READ_ALL)
		r->state = why;
}

/* Up to the next CR LF, which is stepped over. */
static struct span
reading_line(struct reading *r)
{
	size_t from = r->at, to = from;

	while (to + 1 < r->in.n && to - from < LINE_OCTETS_MAX &&
	       !(r->in.p[to] == '\r' && r->in.p[to + 1] == '\n'))
		to++;
	if (to - from >= LINE_OCTETS_MAX) {
		reading_stop(r, REDIS_READ_BAD);
		return SPAN("");
	}
	if (to + 1 >= r->in.n) {
		reading_stop(r, REDIS_READ_MORE);
		return SPAN("");
	}
	r->at = to + 2;
	return span_slice(r->in, from, to);
}

static int64_t
reading_number(struct reading *r)
{
	struct span line = reading_line(r), digits = line;
	bool minus = line.n > 0 && line.p[0] == '-';
	uint64_t number = 0;

	if (minus)
		digits = span_slice(line, 1, line.n);
	if (r->state != REDIS_READ_ALL)
		return 0;
	if (!span_number(digits, &number) || number > INT64_MAX)
		reading_stop(r, REDIS_READ_BAD);
	return minus ? -(int64_t)number : (int64_t)number;
}

/* "$5 CRLF hello CRLF"; a length of -1 is nothing. */
static void
reading_text(struct reading *r, struct redis_reply *out)
{
	int64_t n = reading_number(r);

	if (r->state != REDIS_READ_ALL || n == -1)
		return;
	if (n < 0 || (uint64_t)n > REDIS_REPLY_MAX) {
		reading_stop(r, REDIS_READ_BAD);
		return;
	}
	if (r->in.n - r->at < (size_t)n + 2) {
		reading_stop(r, REDIS_READ_MORE);
		return;
	}
	out->kind = REDIS_TEXT;
	out->text = span_slice(r->in, r->at, r->at + (size_t)n);
	r->at += (size_t)n;
	if (reading_line(r).n > 0)
		reading_stop(r, REDIS_READ_BAD);
}

static void reading_reply(
    struct reading *r, unsigned depth, struct redis_reply *out);

/* Each item takes three octets at least, so that the room for a list is never
 * larger than what has come calls for. */
static void
reading_list(struct reading *r, unsigned depth, struct redis_reply *out)
{
	int64_t n = reading_number(r);

	if (r->state != REDIS_READ_ALL || n == -1)
		return;
	if (n < 0 || (uint64_t)n > REDIS_ITEMS_MAX - r->items ||
	    depth == REDIS_DEPTH_MAX) {
		reading_stop(r, REDIS_READ_BAD);
		return;
	}
	if ((r->in.n - r->at) / 3 < (size_t)n) {
		reading_stop(r, REDIS_READ_MORE);
		return;
	}
	r->items += (size_t)n;
	out->kind = REDIS_LIST;
	out->count = (size_t)n;
	out->item = arena_array(r->arena, (size_t)n + 1, sizeof(*out->item));
	for (size_t i = 0; i < out->count && r->state == REDIS_READ_ALL; i++)
		reading_reply(r, depth + 1, &out->item[i]);
}

static void
reading_reply(struct reading *r, unsigned depth, struct redis_reply *out)
{
	*out = (struct redis_reply){ .kind = REDIS_NIL, .text = SPAN("") };
	if (r->at == r->in.n) {
		reading_stop(r, REDIS_READ_MORE);
		return;
	}
	switch (r->in.p[r->at++]) {
	case '+':
		out->kind = REDIS_STATUS;
		out->text = reading_line(r);
		break;
	case '-':
		out->kind = REDIS_ERROR;
		out->text = reading_line(r);
		break;
	case ':':
		out->kind = REDIS_NUMBER;
		out->number = reading_number(r);
		break;
	case '$':
		reading_text(r, out);
		break;
	case '*':
		reading_list(r, depth, out);
		break;
	default:
		reading_stop(r, REDIS_READ_BAD);
	}
}

enum redis_read
redis_reply_read(
    struct span in, struct arena *a, struct redis_reply *out, size_t *used)
{
	struct reading r = { .in = in, .arena = a };

	reading_reply(&r, 0, out);
	if (r.state == REDIS_READ_MORE && in.n >= REDIS_REPLY_MAX)
		return REDIS_READ_BAD;
	*used = r.at;
	return r.state;
}
