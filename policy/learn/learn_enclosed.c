/*
 * Reading what a bounce encloses as judging reads a message. Knows no learner.
 */
#include "config.h"

#include "policy/learn/learn_enclosed.h"

#include "policy/base/suffix.h"

#include "rules/text/decode.h"

/* Of a header that stands alone: what is more says nothing new. */
#define HEADER_MAX ((size_t)64 * 1024)

static struct span
enclosed_decoded(const struct mime_part *p, struct arena *a)
{
	struct span text = p->raw;
	struct buf out;

	if (p->transfer != MIME_BASE64 && p->transfer != MIME_QUOTED)
		return text;
	buf_init(&out, HEADER_MAX);
	mime_transfer_decode(&out, p->transfer, text);
	text = arena_dup(a, buf_span(&out));
	buf_free(&out);
	return text;
}

/* What mail servers enclose: all of the message, or its header. */
static struct span
enclosed_text(const struct content *c, struct arena *a)
{
	if (c->mime.enclosed.n > 0)
		return c->mime.enclosed;
	for (size_t i = 0; i < c->mime.count; i++)
		if (span_is(c->mime.part[i].type, "text/rfc822-headers"))
			return enclosed_decoded(&c->mime.part[i], a);
	return SPAN("");
}

bool
learn_enclosed_read(const struct content *c, struct learn_message *out)
{
	struct header_list *headers = arena_alloc(out->arena, sizeof(*headers));
	struct content *content = arena_alloc(out->arena, sizeof(*content));
	struct content_limits limits = content_limits_standard;
	unsigned anomalies = 0;
	struct span body;

	header_list_init(headers, out->arena);
	header_split(enclosed_text(c, out->arena), headers, &body, &anomalies);
	if (headers->count == 0)
		return false;
	limits.is_tld = suffix_is_tld;
	content_read(headers, body, &limits, out->arena, content);
	out->headers = headers;
	out->content = content;
	return true;
}
