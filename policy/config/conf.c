/*
 * The reader of verdict.conf: statements of a key and its values, one a line.
 */
#include "config.h"

#include "policy/config/conf.h"

#include "rules/source/lexer.h"

#define VALUES_MAX 1024

/* The row of number i and the struct that it fills, or NULL behind the last. */
static const struct setting_row *
config_row(const struct config_parts *parts, size_t i, void **base)
{
	for (size_t p = 0; p < parts->count; p++) {
		const struct config_part *part = &parts->part[p];

		if (i < part->count) {
			*base = part->base;
			return &part->row[i];
		}
		i -= part->count;
	}
	return NULL;
}

static size_t
config_find(const struct config_parts *parts, struct span key,
    const struct setting_row **row, void **base)
{
	size_t i = 0;

	while ((*row = config_row(parts, i, base)) != NULL &&
	       !span_is(key, (*row)->key))
		i++;
	return i;
}

void
config_standard(struct config_parts *parts)
{
	const struct setting_row *row;
	size_t count = 0;
	void *base;

	while ((row = config_row(parts, count, &base)) != NULL) {
		setting_standard(row, base, parts->arena);
		count++;
	}
	parts->origin =
	    arena_array(parts->arena, count, sizeof(*parts->origin));
}

static void
config_unknown(const struct config_parts *parts, struct diags *diags,
    const struct token *key)
{
	const struct setting_row *row;
	struct suggestion nearest;
	void *base;

	diag_error(diags, key->place, "there is no setting called %s",
	    token_show(key, diags->arena));
	suggestion_begin(&nearest, key->text);
	for (size_t i = 0; (row = config_row(parts, i, &base)) != NULL; i++)
		suggestion_offer(&nearest, span_of(row->key));
	if (!suggestion_hint(&nearest, diags))
		diag_hint(diags, "\"verdict lint --show\" lists all settings");
}

/* The values up to the end of the line; false when something else stands. */
static bool
config_values(
    struct lexer *l, struct span *value, struct place *place, size_t *count)
{
	*count = 0;
	for (;;) {
		const struct token *t = lexer_peek(l);

		if (t->kind == TOKEN_NEWLINE || t->kind == TOKEN_END)
			return true;
		if (t->kind != TOKEN_WORD && t->kind != TOKEN_STRING) {
			if (t->kind != TOKEN_BAD) {
				diag_error(l->diags, t->place,
				    "a value cannot contain %s here",
				    token_kind_name(t->kind));
				diag_hint(l->diags, "%s",
				    *count == 0 && t->kind == TOKEN_EQ
					? "name and value stand without = "
					  "between them"
					: "put it in \"quotes\"");
			}
			return false;
		}
		if (*count == VALUES_MAX) {
			diag_error(l->diags, t->place, "more than %d values",
			    VALUES_MAX);
			return false;
		}
		value[*count] = t->text;
		place[(*count)++] = t->place;
		(void)lexer_next(l);
	}
}

static void
config_statement(const struct config_parts *parts, struct lexer *l)
{
	struct span value[VALUES_MAX];
	struct place place[VALUES_MAX];
	const struct setting_row *row;
	struct token key = lexer_next(l);
	size_t count, bad, i;
	const char *why;
	void *base;

	if (key.kind != TOKEN_WORD) {
		if (key.kind != TOKEN_BAD)
			diag_error(l->diags, key.place,
			    "a setting begins with its name, not with %s",
			    token_kind_name(key.kind));
		lexer_skip_line(l);
		return;
	}
	i = config_find(parts, key.text, &row, &base);
	if (row == NULL) {
		config_unknown(parts, l->diags, &key);
		lexer_skip_line(l);
		return;
	}
	if (!config_values(l, value, place, &count)) {
		lexer_skip_line(l);
		return;
	}
	if (parts->origin[i] != NULL) {
		diag_error(l->diags, key.place, "%s is set twice", row->key);
		diag_hint(l->diags, "it is also set at %s", parts->origin[i]);
		return;
	}
	parts->origin[i] = place_name(key.place, parts->arena);
	if (!setting_parse(row, value, count, base, parts->arena, &bad, &why) ||
	    (row->fits != NULL && !row->fits(base, parts->arena, &why)))
		diag_error(
		    l->diags, bad < count ? place[bad] : key.place, "%s", why);
}

bool
config_read(const struct config_parts *parts, const char *file,
    struct span text, struct diags *diags)
{
	const struct source *source = diags_source(diags, span_of(file), text);
	size_t errors = diags->errors;
	struct lexer l;

	lexer_init(&l, source, diags);
	for (;;) {
		if (lexer_take(&l, TOKEN_NEWLINE))
			continue;
		if (lexer_peek(&l)->kind == TOKEN_END)
			break;
		config_statement(parts, &l);
	}
	return diags->errors == errors && !l.failed;
}

void
config_each(const struct config_parts *parts, config_visit *visit, void *ctx)
{
	const struct setting_row *row;
	void *base;

	for (size_t i = 0; (row = config_row(parts, i, &base)) != NULL; i++)
		visit(ctx, row, base, parts->origin[i]);
}
