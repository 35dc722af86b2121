/*
 * Reading packed JSON, and from it to its text. The octets may be damaged:
 * nothing in them is believed.
 */
#include "config.h"

#include "rules/base/jsonpack.h"

#include <string.h>

static uint64_t
unpack_number(struct jsonpack *u)
{
	uint64_t number = 0;

	for (unsigned shift = 0; shift < 63 && u->at < u->in.n; shift += 7) {
		unsigned char octet = (unsigned char)u->in.p[u->at++];

		number |= (uint64_t)(octet & 0x7F) << shift;
		if (octet < 0x80)
			return number;
	}
	u->bad = true;
	return 0;
}

static struct span
unpack_text(struct jsonpack *u)
{
	uint64_t n = unpack_number(u);

	if (u->bad || n > u->in.n - u->at) {
		u->bad = true;
		return SPAN("");
	}
	u->at += (size_t)n;
	return span_slice(u->in, u->at - (size_t)n, u->at);
}

static double
unpack_double(struct jsonpack *u)
{
	double number = 0;

	if (u->in.n - u->at < sizeof(number)) {
		u->bad = true;
		return 0;
	}
	memcpy(&number, u->in.p + u->at, sizeof(number));
	u->at += sizeof(number);
	return number;
}

static double
unpack_whole(struct jsonpack *u)
{
	uint64_t number = unpack_number(u);

	return number % 2 == 0 ? (double)(number / 2)
			       : -(double)((number + 1) / 2);
}

/* A name must come before each value of an object, and nowhere else. */
static void
unpack_key(struct jsonpack *u, const char *key)
{
	bool object = u->depth > 0 && u->close[u->depth - 1] == '}';

	if (!object || u->key != NULL)
		u->bad = true;
	else
		u->key = key;
}

static void
unpack_key_text(struct jsonpack *u)
{
	struct span key = unpack_text(u);

	if (key.n > JSONPACK_KEY_MAX || u->key != NULL) {
		u->bad = true;
		return;
	}
	memcpy(u->key_text, key.p, key.n);
	u->key_text[key.n] = '\0';
	unpack_key(u, u->key_text);
}

static void
unpack_key_number(struct jsonpack *u, unsigned char tag)
{
	size_t number = (size_t)(tag - JSONPACK_NAME) << 8;

	if (u->at < u->in.n)
		number |= (unsigned char)u->in.p[u->at++];
	else
		u->bad = true;
	if (u->bad || u->names == NULL || number >= u->names->count)
		u->bad = true;
	else
		unpack_key(u, u->names->name[number]);
}

static void
unpack_open(struct jsonpack *u, char tag)
{
	if (u->depth == JSONW_DEPTH_MAX)
		u->bad = true;
	else
		u->close[u->depth++] = tag == '{' ? '}' : ']';
}

static void
unpack_close(struct jsonpack *u, char tag)
{
	if (u->depth == 0 || u->close[u->depth - 1] != tag || u->key != NULL)
		u->bad = true;
	else
		u->depth--;
}

static void
unpack_value(struct jsonpack *u, struct jsonpack_step *step)
{
	bool object = u->depth > 0 && u->close[u->depth - 1] == '}';

	step->key = u->key;
	u->key = NULL;
	if (object != (step->key != NULL)) {
		u->bad = true;
		return;
	}
	switch (step->tag) {
	case '{':
	case '[':
		unpack_open(u, step->tag);
		break;
	case JSONPACK_TEXT:
		step->text = unpack_text(u);
		break;
	case JSONPACK_WHOLE:
		step->number = unpack_whole(u);
		break;
	case JSONPACK_DOUBLE:
		step->number = unpack_double(u);
		break;
	case JSONPACK_TRUE:
	case JSONPACK_FALSE:
	case JSONPACK_NULL:
		break;
	default:
		u->bad = true;
	}
}

void
jsonpack_begin(struct jsonpack *u, struct span packed,
    const struct jsonpack_names *names)
{
	u->in = packed;
	u->names = names;
	u->at = u->depth = 0;
	u->bad = packed.n == 0;
	u->key = NULL;
}

bool
jsonpack_next(struct jsonpack *u, struct jsonpack_step *step)
{
	/* The value that began is complete. */
	if (u->at > 0 && u->depth == 0 && u->key == NULL)
		return false;
	while (!u->bad && u->at < u->in.n) {
		*step = (struct jsonpack_step){ .tag = u->in.p[u->at++] };
		if (step->tag == JSONPACK_KEY) {
			unpack_key_text(u);
		} else if ((unsigned char)step->tag >= JSONPACK_NAME) {
			unpack_key_number(u, (unsigned char)step->tag);
		} else {
			if (step->tag == '}' || step->tag == ']')
				unpack_close(u, step->tag);
			else
				unpack_value(u, step);
			return !u->bad;
		}
	}
	u->bad = true;
	return false;
}

bool
jsonpack_whole(const struct jsonpack *u)
{
	return !u->bad && u->at == u->in.n && u->depth == 0 && u->key == NULL;
}

/* ---- as text ------------------------------------------------------------- */

static bool
step_write(const struct jsonpack_step *step, struct jsonw *w)
{
	switch (step->tag) {
	case '{':
	case '[':
		if (w->depth == JSONW_DEPTH_MAX)
			return false;
		if (step->tag == '{')
			jsonw_object(w, step->key);
		else
			jsonw_array(w, step->key);
		break;
	case '}':
	case ']':
		jsonw_end(w);
		break;
	case JSONPACK_TEXT:
		jsonw_text(w, step->key, step->text);
		break;
	case JSONPACK_WHOLE:
	case JSONPACK_DOUBLE:
		jsonw_number(w, step->key, step->number);
		break;
	case JSONPACK_TRUE:
	case JSONPACK_FALSE:
		jsonw_bool(w, step->key, step->tag == JSONPACK_TRUE);
		break;
	default:
		jsonw_null(w, step->key);
	}
	return true;
}

bool
jsonpack_write(struct span packed, const struct jsonpack_names *names,
    struct jsonw *w)
{
	struct jsonpack u;
	struct jsonpack_step step;

	jsonpack_begin(&u, packed, names);
	while (jsonpack_next(&u, &step))
		if (!step_write(&step, w))
			return false;
	return jsonpack_whole(&u);
}
