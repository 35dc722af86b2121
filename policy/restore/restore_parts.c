/*
 * Takes a multipart body apart. Knows neither signatures nor what was added.
 */
#include "config.h"

#include "policy/restore/restore_parts.h"

#include "rules/mime/mime_param.h"

/* The only field of this name; false when it stands more often. */
static bool
restore_form_field(const struct header_list *headers, const char *name,
    const struct header_field **out)
{
	*out = header_get(headers, name, 0);
	return *out == NULL || header_next(headers, *out) == NULL;
}

static bool
restore_form_type(
    const struct header_field *field, struct arena *a, struct restore_form *out)
{
	struct mime_params params = { 0 };

	out->type = SPAN("text/plain");
	if (field == NULL)
		return true;
	mime_params_add(&params, field->value, a);
	for (size_t i = 0; i < params.count; i++)
		if (params.param[i].duplicate)
			return false;
	if (params.over || params.main.n == 0)
		return false;
	out->type = params.main;
	out->charset = mime_params_get(&params, "charset");
	out->boundary = mime_params_get(&params, "boundary");
	out->attached = mime_params_get(&params, "name").n > 0;
	return true;
}

static bool
restore_form_disposition(
    const struct header_field *field, struct arena *a, struct restore_form *out)
{
	struct mime_params params = { 0 };

	if (field == NULL)
		return true;
	mime_params_add(&params, field->value, a);
	out->attached = out->attached || !span_is(params.main, "inline") ||
			mime_params_get(&params, "filename").n > 0;
	return true;
}

bool
restore_form_read(const struct header_list *headers, struct arena *a,
    struct restore_form *out)
{
	const struct header_field *type, *transfer, *disposition;
	struct span rest;

	*out = (struct restore_form){ .transfer = SPAN("") };
	if (!restore_form_field(headers, "Content-Type", &type) ||
	    !restore_form_field(
		headers, "Content-Transfer-Encoding", &transfer) ||
	    !restore_form_field(headers, "Content-Disposition", &disposition) ||
	    !restore_form_type(type, a, out) ||
	    !restore_form_disposition(disposition, a, out))
		return false;
	if (transfer == NULL)
		return true;
	out->transfer = rest = transfer->value;
	/* One word, and one that is known. */
	return mime_transfer_next(&rest, &out->encoding) &&
	       span_trim(rest).n == 0 &&
	       out->encoding != MIME_TRANSFER_UNKNOWN &&
	       out->encoding != MIME_UUENCODE;
}

/* Is this line, without its line end, a delimiter? *closing: the last one. */
static bool
restore_delimiter(struct span line, struct span boundary, bool *closing)
{
	struct span rest;

	if (line.n < boundary.n + 2 || line.p[0] != '-' || line.p[1] != '-' ||
	    !span_eq(span_slice(line, 2, boundary.n + 2), boundary))
		return false;
	rest = span_slice(line, boundary.n + 2, line.n);
	*closing = span_starts(rest, SPAN("--"));
	if (*closing)
		rest = span_slice(rest, 2, rest.n);
	return span_trim(rest).n == 0;
}

static bool
restore_part_read(
    struct span whole, size_t line, struct arena *a, struct restore_part *out)
{
	struct header_list headers;
	const struct header_field *f;
	unsigned anomalies = 0;

	*out = (struct restore_part){ .line = line, .whole = whole };
	header_list_init(&headers, a);
	/* A part may begin with the blank line that ends its header. */
	if (span_starts(whole, SPAN("\r\n")))
		out->text = span_slice(whole, 2, whole.n);
	else
		header_split(whole, &headers, &out->text, &anomalies);
	if ((anomalies & ~(unsigned)(HEADER_8BIT | HEADER_LONG_LINE)) != 0 ||
	    !restore_form_read(&headers, a, &out->form))
		return false;
	f = header_get(&headers, "Content-Type", 0);
	if (f != NULL)
		out->type_raw = f->raw;
	f = header_get(&headers, "Content-Transfer-Encoding", 0);
	if (f != NULL)
		out->transfer_raw = f->raw;
	return true;
}

/* Where the line that begins at from ends, its line end included. */
static size_t
restore_line_end(struct span body, size_t from)
{
	size_t n = span_find(span_slice(body, from, body.n), '\n');

	return n == SIZE_MAX ? body.n : from + n + 1;
}

bool
restore_parts_read(struct span body, struct span boundary, struct arena *a,
    struct restore_parts *out)
{
	size_t open = SIZE_MAX; /* where the text of the open part begins */
	size_t line = 0;        /* and where its delimiter stands */
	bool closing = false;

	*out = (struct restore_parts){ .count = 0 };
	if (boundary.n == 0 || boundary.n > 200)
		return false;
	for (size_t at = 0, end; at < body.n && !closing; at = end) {
		end = restore_line_end(body, at);
		if (!restore_delimiter(span_trim(span_slice(body, at, end)),
			boundary, &closing))
			continue;
		if (body.p[at] != '-')
			return false; /* white space before it */
		if (open == SIZE_MAX)
			out->preamble = span_slice(body, 0, at);
		else if (out->count == RESTORE_PARTS_MAX ||
			 !restore_part_read(span_slice(body, open,
						at < open + 2 ? open : at - 2),
			     line, a, &out->part[out->count++]))
			return false;
		open = end;
		line = at;
	}
	out->epilogue = span_slice(body, open, body.n);
	return closing && out->count > 0;
}
