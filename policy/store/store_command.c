/*
 * Questions and orders to a running store, as lines.
 */
#include "config.h"

#include "policy/store/store_command.h"

#include "policy/store/store_json.h"

bool
store_put_text(struct store *s, struct span text, int64_t now_s,
    struct arena *a, const char **why)
{
	struct jsonr_doc *doc = jsonr_parse(text, a, why);
	struct store_record r;
	struct span key;
	bool ok = doc != NULL && store_json_read(jsonr_top(doc), &key, &r, why);

	if (ok && r.expires_s <= now_s) {
		*why = "it has expired";
		ok = false;
	} else if (ok && !store_put(s, key, now_s, &r)) {
		*why = "the store is lost";
		ok = false;
	}
	jsonr_free(&doc);
	return ok;
}

static bool
list_visit(void *ctx, struct span key, const struct store_record *r)
{
	struct buf *answer = ctx;
	struct jsonw w;

	jsonw_init(&w, answer);
	store_json_write(&w, NULL, key, r);
	(void)buf_addc(answer, '\n');
	return !answer->over;
}

static bool
command_list(
    struct store *s, struct span prefix, int64_t now_s, struct buf *answer)
{
	if (store_each(s, prefix, now_s, list_visit, answer))
		return true;
	(void)buf_addz(answer, "the store is lost\n");
	return false;
}

static bool
command_put(
    struct store *s, struct span text, int64_t now_s, struct buf *answer)
{
	struct arena *a = arena_new();
	const char *why;
	bool ok = store_put_text(s, text, now_s, a, &why);

	if (!ok)
		(void)buf_printf(answer, "%s\n", why);
	arena_free(&a);
	return ok;
}

static bool
command_remove(
    struct store *s, struct span key, int64_t now_s, struct buf *answer)
{
	struct store_record r;

	if (key.n > 0 && store_get(s, key, now_s, &r) && r.count > 0 &&
	    store_remove(s, key, now_s))
		return true;
	(void)buf_addz(answer, "there is no such entry\n");
	return false;
}

static bool
command_flush(
    struct store *s, struct span rest, int64_t now_s, struct buf *answer)
{
	(void)rest;
	(void)now_s;
	if (store_flush(s))
		return true;
	(void)buf_addz(answer, "the store can't be written\n");
	return false;
}

static const struct {
	const char *name;
	bool (*run)(struct store *s, struct span rest, int64_t now_s,
	    struct buf *answer);
} commands[] = {
	{ "flush", command_flush },
	{ "list", command_list },
	{ "put", command_put },
	{ "remove", command_remove },
};

bool
store_command(
    struct store *s, struct span line, int64_t now_s, struct buf *answer)
{
	size_t space = span_find(line, ' ');
	struct span name = span_slice(line, 0, space);
	struct span rest = space == SIZE_MAX
			       ? SPAN("")
			       : span_trim(span_slice(line, space, line.n));

	for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
		if (span_is(name, commands[i].name))
			return commands[i].run(s, rest, now_s, answer);
	(void)buf_addz(answer, "flush, list, put or remove\n");
	return false;
}
