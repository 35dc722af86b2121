/*
 * Samples as text and back. What comes in is from another host or a file, and
 * nothing of it is believed.
 */
#include "config.h"

#include "policy/learn/learn_text.h"

#include <stdio.h>

#include "policy/base/json.h"
#include "rules/text/decode.h"

/* RFC 4648, 4. */
static bool
base64_write(struct span in, struct buf *out)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
				    "qrstuvwxyz0123456789+/";

	for (size_t i = 0; i < in.n; i += 3) {
		uint32_t group = 0;

		for (size_t j = 0; j < 3; j++)
			group = group << 8 |
				(i + j < in.n ? (unsigned char)in.p[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			(void)buf_addc(out,
			    i + j > in.n ? '='
					 : digit[group >> (18 - 6 * j) & 63]);
	}
	return !out->over;
}

bool
learn_text_write(const struct learn_sample *s, struct buf *out)
{
	struct buf features;
	char sender[17];
	struct jsonw w;
	bool ok;

	(void)snprintf(
	    sender, sizeof(sender), "%016llx", (unsigned long long)s->sender);
	buf_init(&features, 2 * LEARN_SAMPLE_MAX);
	ok = base64_write(s->features, &features);
	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_bool(&w, "spam", s->spam);
	jsonw_number(&w, "time", (double)s->time_s);
	jsonw_text(&w, "who", s->who);
	jsonw_text(&w, "id", s->id);
	jsonw_textz(&w, "sender", sender);
	jsonw_text(&w, "features", buf_span(&features));
	jsonw_end(&w);
	buf_free(&features);
	return ok && !out->over;
}

bool
learn_who_valid(struct span who)
{
	for (size_t i = 0; i < who.n; i++)
		if (who.p[i] <= ' ' || who.p[i] > '~')
			return false;
	return who.n <= LEARN_WHO_MAX;
}

bool
learn_hex64(struct span text, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < text.n; i++) {
		size_t digit =
		    span_find(SPAN("0123456789abcdef"), ascii_lower(text.p[i]));

		if (digit == SIZE_MAX)
			return false;
		*out = *out << 4 | digit;
	}
	return text.n == 16;
}

static bool
text_features(
    struct jsonr v, struct arena *a, struct learn_sample *out, const char **why)
{
	struct learn_features ignored;
	struct span text = SPAN("");
	struct buf octets;
	bool ok;

	*why = "features is no text";
	if (!jsonr_text(v, &text))
		return false;
	buf_init(&octets, LEARN_SAMPLE_MAX);
	mime_transfer_decode(&octets, MIME_BASE64, text);
	out->features = arena_dup(a, buf_span(&octets));
	*why = "features are too long";
	ok = !octets.over && learn_unpack(out->features, a, &ignored, why);
	buf_free(&octets);
	if (ok)
		learn_sample_key(out->features, out->key);
	return ok;
}

static bool
text_sample(
    struct jsonr v, struct arena *a, struct learn_sample *out, const char **why)
{
	struct span sender = SPAN("");

	if (!jsonr_bool(jsonr_get(v, "spam"), &out->spam))
		*why = "spam is not true or false";
	else if (!jsonr_whole(jsonr_get(v, "time"), &out->time_s) ||
		 out->time_s < 0)
		*why = "time is no time";
	else if (!jsonr_text(jsonr_get(v, "who"), &out->who) ||
		 !learn_who_valid(out->who))
		*why = "who is no name of a teacher";
	else if (!jsonr_text(jsonr_get(v, "id"), &out->id) ||
		 out->id.n > LEARN_ID_MAX || !learn_who_valid(out->id))
		*why = "id is no decision id";
	else if (!jsonr_text(jsonr_get(v, "sender"), &sender) ||
		 !learn_hex64(sender, &out->sender))
		*why = "sender is not 16 hexadecimal digits";
	else
		return text_features(jsonr_get(v, "features"), a, out, why);
	return false;
}

bool
learn_text_read(struct span line, struct arena *a, struct learn_sample *out,
    const char **why)
{
	struct jsonr_doc *doc;
	bool ok;

	*out = (struct learn_sample){ .spam = false };
	*why = "the line is too long";
	if (line.n > LEARN_LINE_MAX)
		return false;
	doc = jsonr_parse(line, a, why);
	if (doc == NULL)
		return false;
	ok = text_sample(jsonr_top(doc), a, out, why);
	out->who = arena_dup(a, out->who.p == NULL ? SPAN("") : out->who);
	out->id = arena_dup(a, out->id.p == NULL ? SPAN("") : out->id);
	jsonr_free(&doc);
	return ok;
}
