/*
 * Puts body and header together and looks whether a reader of the message as
 * it came sees what the author signed. Knows neither sessions nor facts.
 */
#include "config.h"

#include "policy/restore/restore.h"

#include <string.h>

#include "rules/mail/addr_list.h"
#include "rules/text/charset.h"

bool
restore_find_body(
    const struct restore_query *q, struct arena *a, struct restore_body *out)
{
	const struct dkim_signature *s = q->signature;
	struct restore_form form;

	*out = (struct restore_body){ .changes = 0 };
	if (s->sig.has_length || !restore_form_read(q->headers, a, &form))
		return false;
	if (s->body != DKIM_BODY_GOOD)
		return restore_body_find(&form, q->body, s->sig.body_canon,
		    (const uint8_t *)s->sig.body_hash.p, a, out);
	out->form = form;
	out->text = q->body;
	out->added.text = SPAN("");
	return true;
}

/* ---- is it what a reader sees? ------------------------------------------------ */

static bool
restore_listed(struct span words, const char *word)
{
	struct span one;

	while (span_cut(&words, ' ', &one))
		if (span_is(one, word))
			return true;
	return false;
}

/* Is every octet of ASCII the same character in it? */
static bool
restore_charset_plain(struct span label)
{
	const struct charset *c;

	if (label.n == 0)
		return true;
	c = charset_find(label);
	if (c == NULL)
		return false;
	return c->iconv == NULL || (strstr(c->iconv, "2022") == NULL &&
				       strstr(c->iconv, "UTF-") == NULL &&
				       strstr(c->iconv, "HZ") == NULL);
}

/* A body whose Content-Type anybody may have written shows what it held. */
static bool
restore_type_harmless(const struct restore_form *form, struct span text)
{
	static const char *const multiparts[] = { "multipart/mixed",
		"multipart/alternative", "multipart/related",
		"multipart/signed" };

	if (span_is(form->type, "text/plain") ||
	    span_is(form->type, "text/html"))
		return !form->attached && restore_charset_plain(form->charset);
	for (size_t i = 0; i < ARRAY_COUNT(multiparts); i++)
		if (span_is(form->type, multiparts[i]))
			return text.n > form->boundary.n + 2 &&
			       span_starts(text, SPAN("--")) &&
			       span_starts(
				   span_slice(text, 2, text.n), form->boundary);
	return false;
}

/* Does it begin with a line of base64? Nobody can read that undecoded, nor
 * anything else decoded. */
static bool
restore_is_base64(struct span text)
{
	struct span line = span_trim(text);
	size_t n = 0;

	while (n < line.n && (ascii_alnum(line.p[n]) || line.p[n] == '+' ||
				 line.p[n] == '/' || line.p[n] == '='))
		n++;
	return n >= 48;
}

/* NULL, or why a reader may see something else than was signed. */
static const char *
restore_unseen(struct dkim_headers *headers, const struct restore_query *q,
    const struct restore_body *body, struct arena *a)
{
	const struct dkim_sig *sig = &q->signature->sig;
	size_t field = q->signature->field;
	struct span open = dkim_headers_unsigned(headers, a, sig, field);

	if (dkim_headers_doubled(headers, sig, field).n > 0)
		return "a field that people see stands twice";
	if (restore_listed(open, "subject"))
		return "the Subject is not signed";
	if ((body->changes &
		(RESTORE_FOOTER | RESTORE_PART | RESTORE_WRAPPED)) == 0)
		return NULL;
	if (restore_listed(open, "content-type") &&
	    !restore_type_harmless(&body->form, body->text))
		return "the Content-Type is not signed, and may hide what the "
		       "author wrote";
	if (restore_listed(open, "content-transfer-encoding") &&
	    (body->form.encoding == MIME_BASE64) !=
		restore_is_base64(body->text) &&
	    !span_starts(body->form.type, SPAN("multipart/")))
		return "the transfer encoding is not signed, and may hide what "
		       "the author wrote";
	return NULL;
}

/* ---- whom was it written to? ---------------------------------------------------- */

static bool
restore_names(const struct header_list *list, const struct dkim_sig *sig,
    const char *name, struct span lister, struct arena *a)
{
	const struct header_field *f = header_get(list, name, 0);
	struct addr_list boxes;
	bool covered = false;

	for (size_t i = 0; i < sig->name_count; i++)
		covered = covered || span_case_is(sig->name[i], name);
	if (f == NULL || !covered || header_next(list, f) != NULL)
		return false;
	addr_list_parse(f->value, a, &boxes);
	for (size_t i = 0; boxes.status == ADDR_OK && i < boxes.count; i++)
		if (restore_same(boxes.box[i].domain, lister))
			return true;
	return false;
}

bool
restore_find(const struct restore_query *q, const struct restore_body *body,
    struct arena *a, struct restored *out)
{
	const struct dkim_sig *sig = &q->signature->sig;
	const struct restore_header_query header = { .list = q->headers,
		.sig = sig,
		.field = q->signature->field,
		.key = q->key,
		.body = body,
		.from_domain = q->from_domain,
		.lister = q->lister };
	struct restore_header found;

	*out = (struct restored){ .author = SPAN(""), .added = SPAN("") };
	if (!restore_header_find(&header, a, &found))
		return false;
	out->changes = body->changes | found.changes;
	out->author = found.author;
	out->octets = body->added_octets + found.tag.n;
	out->link = body->added.link;
	out->link_count = body->added.link_count;
	out->added = body->added.text;
	if (found.tag.n > 0)
		out->added = span_of(arena_printf(a, "%.*s%s%.*s",
		    SPAN_FMT(found.tag), out->added.n > 0 ? "\n" : "",
		    SPAN_FMT(body->added.text)));
	out->addressed = restore_names(found.list, sig, "To", q->lister, a) ||
			 restore_names(found.list, sig, "Cc", q->lister, a);
	out->refused = body->refused;
	if (out->refused == NULL)
		out->refused =
		    restore_unseen(dkim_headers_new(a, found.list), q, body, a);
	return true;
}
