/*
 * The Content- fields of one MIME entity. A field that stands twice is kept in
 * both readings, because clients differ on which one counts; a line that is
 * no field is remembered, because some clients show the text from there on.
 */
#include "config.h"

#include "rules/mime/mime_fields.h"

#include <string.h>

#include "rules/base/utf8.h"
#include "rules/text/windows1252.h"

#define FIELD_MAX       65536 /* octets of one field that are read */
#define NAME_MAX_OCTETS 4096

static void
fields_add_type(struct mime_fields *f, struct span value, struct arena *a)
{
	struct mime_params *p = &f->type_params;
	struct mime_params one = { 0 };
	struct span type;

	mime_params_add(p, value, a);
	mime_params_add(&one, span_slice(value, 0, 1024), a);
	type = one.main;
	if (span_find(type, '/') == SIZE_MAX || span_ends(type, SPAN("/")) ||
	    span_starts(type, SPAN("/"))) {
		f->flags |= MIME_FLAG_BAD_TYPE;
		type = SPAN("text/plain");
	}
	for (size_t i = 0; i < f->type_count; i++)
		if (span_eq(f->type[i], type))
			return;
	if (f->type_count > 0)
		f->flags |= MIME_FLAG_DUPLICATE_TYPE;
	if (f->type_count < MIME_VIEWS)
		f->type[f->type_count++] = type;
}

static void
fields_note_transfer(struct mime_fields *f, enum mime_transfer transfer)
{
	if (transfer == MIME_TRANSFER_UNKNOWN)
		f->flags |= MIME_FLAG_UNKNOWN_TRANSFER;
	for (size_t i = 0; i < f->transfer_count; i++)
		if (f->transfer[i] == transfer)
			return;
	if (f->transfer_count > 0)
		f->flags |= MIME_FLAG_DUPLICATE_TRANSFER;
	if (f->transfer_count < MIME_VIEWS)
		f->transfer[f->transfer_count++] = transfer;
}

/* "8bit base64" is read both ways, since clients take the first or the last. */
static void
fields_add_transfer(struct mime_fields *f, struct span value)
{
	bool more = false;

	for (unsigned words = 0; words < MIME_VIEWS; words++) {
		enum mime_transfer transfer;

		if (!mime_transfer_next(&value, &transfer)) {
			more = true;
			break;
		}
		fields_note_transfer(f, transfer);
	}
	if (!more)
		f->flags |= MIME_FLAG_UNKNOWN_TRANSFER;
}

static void
fields_add(
    struct mime_fields *f, struct span name, struct span value, struct arena *a)
{
	if (!span_case_starts(name, SPAN("content-")))
		return;
	if (value.n > FIELD_MAX)
		f->flags |= MIME_FLAG_PARAMETERS;
	value = span_slice(value, 0, FIELD_MAX);
	if (span_case_is(name, "Content-Type"))
		fields_add_type(f, value, a);
	else if (span_case_is(name, "Content-Transfer-Encoding"))
		fields_add_transfer(f, value);
	else if (span_case_is(name, "Content-Disposition"))
		mime_params_add(&f->disposition_params, value, a);
	else if (span_case_is(name, "Content-Location"))
		f->location = value;
	else if (span_case_is(name, "Content-Description"))
		f->description = value;
}

static void
fields_finish(struct mime_fields *f)
{
	const struct mime_params *p = &f->type_params;

	if (p->over || f->disposition_params.over)
		f->flags |= MIME_FLAG_PARAMETERS;
	f->type_missing = f->type_count == 0;
	if (f->type_missing)
		f->type[f->type_count++] = SPAN("text/plain");
	if (f->transfer_count == 0)
		f->transfer[f->transfer_count++] = MIME_IDENTITY;
	for (size_t i = 0; i < p->count; i++)
		if (p->param[i].duplicate &&
		    (span_is(p->param[i].name, "boundary") ||
			span_is(p->param[i].name, "charset")))
			f->flags |= MIME_FLAG_DUPLICATE_PARAM;
}

void
mime_fields_of_list(
    struct mime_fields *f, const struct header_list *h, struct arena *a)
{
	*f = (struct mime_fields){ 0 };
	for (size_t i = 0; i < h->count; i++)
		fields_add(f, h->field[i].name, h->field[i].value, a);
	fields_finish(f);
}

/* Takes one field with its continuation lines off *rest. */
static struct span
block_cut_field(struct span *rest)
{
	size_t end = 0;

	for (;;) {
		const char *nl = memchr(rest->p + end, '\n', rest->n - end);
		struct span field;

		end = nl == NULL ? rest->n : (size_t)(nl - rest->p) + 1;
		if (end < rest->n &&
		    (rest->p[end] == ' ' || rest->p[end] == '\t'))
			continue;
		field = span_slice(*rest, 0, end);
		*rest = span_slice(*rest, end, rest->n);
		return field;
	}
}

/* RFC 5322, 3.6.8, with white space before the colon forgiven. */
static bool
field_name(struct span field, struct span *name)
{
	size_t colon = span_find(field, ':');

	if (colon == SIZE_MAX || colon == 0)
		return false;
	*name = span_trim(span_slice(field, 0, colon));
	for (size_t i = 0; i < name->n; i++)
		if (name->p[i] <= ' ' || name->p[i] > '~')
			return false;
	return name->n > 0 && !ascii_space(field.p[0]);
}

void
mime_fields_of_block(struct mime_fields *f, struct span block, struct arena *a)
{
	struct span rest = block, name;

	*f = (struct mime_fields){ 0 };
	while (rest.n > 0) {
		struct span field = block_cut_field(&rest);

		if (field_name(field, &name)) {
			fields_add(f, name,
			    span_trim(span_slice(
				field, span_find(field, ':') + 1, field.n)),
			    a);
		} else if (f->garbage.n == 0 && span_trim(field).n > 0) {
			f->flags |= MIME_FLAG_BAD_HEADER;
			f->garbage = span_make(
			    field.p, (size_t)(block.p + block.n - field.p));
		}
	}
	fields_finish(f);
}

bool
mime_fields_is(const struct mime_fields *f, const char *type)
{
	for (size_t i = 0; i < f->type_count; i++)
		if (span_is(f->type[i], type))
			return true;
	return false;
}

bool
mime_fields_starts(const struct mime_fields *f, const char *start)
{
	for (size_t i = 0; i < f->type_count; i++)
		if (span_starts(f->type[i], span_of(start)))
			return true;
	return false;
}

/* A file name as people would read it, but with its NULs. */
static struct span
name_text(struct span value, struct arena *a)
{
	struct buf text;

	value = span_slice(value, 0, NAME_MAX_OCTETS);
	if (span_find(value, '\0') == SIZE_MAX)
		return mime_decode_text(value, a);
	buf_init(&text, value.n * 3);
	(void)western_repair(&text, value);
	value = arena_dup(a, buf_span(&text));
	buf_free(&text);
	return value;
}

static void
part_add_names(struct mime_part *part, struct span *names, size_t max,
    const struct mime_params *p, struct arena *a)
{
	for (size_t i = 0; i < p->count && part->name_count < max; i++) {
		struct span name;
		bool known = false;

		if (!span_is(p->param[i].name, "filename") &&
		    !span_is(p->param[i].name, "name"))
			continue;
		name = name_text(p->param[i].value, a);
		for (size_t k = 0; k < part->name_count; k++)
			known = known || span_eq(names[k], name);
		if (!known && name.n > 0)
			names[part->name_count++] = name;
	}
}

static bool
fields_encrypted(const struct mime_fields *f)
{
	struct span smime = mime_params_get(&f->type_params, "smime-type");

	if (mime_fields_is(f, "application/pgp-encrypted"))
		return true;
	return (mime_fields_is(f, "application/pkcs7-mime") ||
		   mime_fields_is(f, "application/x-pkcs7-mime")) &&
	       (span_case_is(smime, "enveloped-data") ||
		   span_case_is(smime, "authenveloped-data"));
}

#define NAMES_MAX 16

struct mime_part
mime_fields_part(const struct mime_fields *f, struct arena *a)
{
	struct mime_part part = { .type = f->type[0],
		.disposition = f->disposition_params.main,
		.charset = mime_params_get(&f->type_params, "charset"),
		.transfer = f->transfer[0] };
	struct span name[NAMES_MAX];

	part_add_names(&part, name, NAMES_MAX, &f->disposition_params, a);
	part_add_names(&part, name, NAMES_MAX, &f->type_params, a);
	if (part.name_count > 0) {
		struct span *copy =
		    arena_array(a, part.name_count, sizeof(*copy));

		memcpy(copy, name, part.name_count * sizeof(*copy));
		part.name = copy;
	}
	part.html = mime_fields_is(f, "text/html") ||
		    mime_fields_is(f, "application/xhtml+xml");
	part.text = (part.html || mime_fields_starts(f, "text/") ||
			mime_fields_starts(f, "message/")) &&
		    !span_is(part.disposition, "attachment");
	part.encrypted = fields_encrypted(f);
	if (part.name_count == 0) {
		part.location = name_text(f->location, a);
		part.description = name_text(f->description, a);
	}
	return part;
}
