/*
 * Which charset raw text of a header stands in. It should be ASCII (RFC 5322,
 * 2.2) or UTF-8 (RFC 6532, 3.1); where it is neither, mail programs show it in
 * the charset of the text that they show below it: the message's own, or that
 * of its first text part. So text of a header may have to wait for the body;
 * what it says is not known until then, and never guessed first and changed
 * later.
 */
#include "config.h"

#include "policy/header/check_header.h"

#include "policy/message/snapshot.h"
#include "rules/base/utf8.h"
#include "rules/html/html_charset.h"
#include "rules/mime/mime_param.h"
#include "rules/mime/mime_tree.h"
#include "rules/text/charset.h"

#define PAGE_OCTETS ((size_t)4096) /* of a page, where its charset is named */

/* Neither ASCII nor UTF-8, or shifted by escapes, as ISO-2022-JP is, whose
 * octets are those of ASCII. */
static bool
charset_is_asked(struct span raw)
{
	return span_find(raw, '\x1b') != SIZE_MAX || !utf8_valid(raw);
}

/* Whether the label says what octets beyond ASCII are. */
static bool
charset_says(struct span label)
{
	const struct charset *c = charset_find(label);

	return c != NULL && c->kind != CHARSET_ASCII;
}

/* What the header alone says: pending where the body has more to say. */
static struct value
charset_of_header(struct message *m)
{
	const struct header_field *f =
	    header_get(&m->headers, "Content-Type", 0);
	struct mime_params params = { 0 };
	struct span label;

	if (f == NULL)
		return value_text(SPAN(""));
	mime_params_add(&params, f->value, m->arena);
	label = mime_params_get(&params, "charset");
	if (!charset_says(label) && m->session->snapshot->reads_body &&
	    (span_starts(params.main, SPAN("multipart/")) ||
		span_is(params.main, "text/html")))
		return (struct value){ .state = FACT_PENDING };
	return value_text(label.p == NULL ? SPAN("") : label);
}

struct value
header_charset(struct message *m, struct span raw)
{
	struct header_slot *slot = check_slot(m, &check_header);

	if (!charset_is_asked(raw))
		return value_text(SPAN(""));
	if (!slot->asked)
		slot->charset = charset_of_header(m);
	slot->asked = true;
	return slot->charset;
}

/* Of the first part that is shown as text and says what it is in. */
static struct value
charset_of_body(struct message *m)
{
	struct mime_message mime;

	/* What crashed us is not read again; what it is may have been lost. */
	if (m->skip_content || header_lost(&m->headers))
		return value_unknown("content");
	mime_parse(&m->headers, buf_span(&m->body), &mime_limits_standard,
	    m->arena, &mime);
	for (size_t i = 0; i < mime.count; i++) {
		const struct mime_part *part = &mime.part[i];
		struct span label = part->charset;

		if (part->place != MIME_BODY || !part->text)
			continue;
		if (!charset_says(label) && part->html)
			label = html_charset(
			    mime_part_octets(&mime, part, PAGE_OCTETS));
		if (charset_says(label))
			return value_text(label);
	}
	if (m->body.over || (mime.flags & MIME_FLAGS_UNSEEN) != 0)
		return value_unknown("limit");
	return value_text(SPAN(""));
}

bool
header_charset_found(struct message *m)
{
	struct header_slot *slot = check_slot(m, &check_header);

	if (!slot->asked || slot->charset.state != FACT_PENDING)
		return false;
	slot->charset = charset_of_body(m);
	return true;
}
