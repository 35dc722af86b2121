/*
 * Entries of the store as JSON, both ways.
 */
#include "config.h"

#include "policy/store/store_json.h"

/* Beyond it JSON's numbers lose their last digits. */

static void
record_write(struct jsonw *w, const struct store_record *r)
{
	jsonw_number(w, "expires", (double)r->expires_s);
	jsonw_array(w, "numbers");
	for (unsigned i = 0; i < r->count; i++)
		jsonw_number(w, NULL, (double)r->number[i]);
	jsonw_end(w);
}

void
store_json_member(
    struct jsonw *w, const char *key, const struct store_record *r)
{
	if (r->count == 0) {
		jsonw_null(w, key);
		return;
	}
	jsonw_object(w, key);
	record_write(w, r);
	jsonw_end(w);
}

void
store_json_write(struct jsonw *w, const char *name, struct span key,
    const struct store_record *r)
{
	jsonw_object(w, name);
	jsonw_text(w, "key", key);
	record_write(w, r);
	jsonw_end(w);
}

static bool
json_whole(struct jsonr v, int64_t *out)
{
	double number;

	return jsonr_whole(v, out) && jsonr_number(v, &number) &&
	       (double)*out == number;
}

bool
store_json_record(struct jsonr v, struct store_record *out, const char **why)
{
	struct jsonr numbers = jsonr_get(v, "numbers");
	size_t count = jsonr_count(numbers);

	*out = (struct store_record){ 0 };
	if (!json_whole(jsonr_get(v, "expires"), &out->expires_s) ||
	    out->expires_s < 0) {
		*why = "\"expires\" must be a unix time";
		return false;
	}
	if (jsonr_type(numbers) != JSONR_ARRAY || count == 0 ||
	    count > STORE_NUMBERS_MAX) {
		*why = "\"numbers\" must be a list of one to six numbers";
		return false;
	}
	for (size_t i = 0; i < count; i++)
		if (!json_whole(jsonr_at(numbers, i), &out->number[i])) {
			*why = "a number must be whole and below 2^53";
			return false;
		}
	out->count = (unsigned)count;
	return true;
}

bool
store_json_read(struct jsonr v, struct span *key, struct store_record *out,
    const char **why)
{
	if (!jsonr_text(jsonr_get(v, "key"), key) || key->n == 0 ||
	    key->n > STORE_KEY_MAX) {
		*why = "\"key\" must be a text of 1 to 250 octets";
		return false;
	}
	return store_json_record(v, out, why);
}

bool
store_json_fill(
    struct store *s, struct jsonr object, int64_t now_s, const char **why)
{
	struct store_record r;
	struct jsonr member;
	const void *cursor = NULL;
	struct span key;

	while (jsonr_next(object, &cursor, &key, &member)) {
		if (!jsonr_given(member))
			continue;
		if (!store_json_record(member, &r, why))
			return false;
		if (!store_put(s, key, now_s, &r)) {
			*why = "an entry can't be kept";
			return false;
		}
	}
	return true;
}
