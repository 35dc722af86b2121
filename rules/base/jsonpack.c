/*
 * From packed JSON to its text. The octets may be damaged: nothing in them is
 * believed.
 */
#include "config.h"

#include "rules/base/jsonpack.h"

#include <string.h>

/* Beyond it a name was not written by us. */
#define KEY_MAX ((size_t)1024)

struct unpacking {
	struct span in;
	size_t at;
	bool bad;
	const struct jsonpack_names *names; /* may be NULL */
	struct jsonw *w;
	char close[JSONW_DEPTH_MAX]; /* of the levels that are open */
	size_t depth;
	const char *key; /* of the value that comes; NULL: it has none */
	char key_text[KEY_MAX + 1];
};

static uint64_t
unpack_number(struct unpacking *u)
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
unpack_text(struct unpacking *u)
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
unpack_double(struct unpacking *u)
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
unpack_whole(struct unpacking *u)
{
	uint64_t number = unpack_number(u);

	return number % 2 == 0 ? (double)(number / 2)
			       : -(double)((number + 1) / 2);
}

/* A name must come before each value of an object, and nowhere else. */
static void
unpack_key(struct unpacking *u, const char *key)
{
	bool object = u->depth > 0 && u->close[u->depth - 1] == '}';

	if (!object || u->key != NULL)
		u->bad = true;
	else
		u->key = key;
}

static void
unpack_key_text(struct unpacking *u)
{
	struct span key = unpack_text(u);

	if (key.n > KEY_MAX || u->key != NULL) {
		u->bad = true;
		return;
	}
	memcpy(u->key_text, key.p, key.n);
	u->key_text[key.n] = '\0';
	unpack_key(u, u->key_text);
}

static void
unpack_key_number(struct unpacking *u, unsigned char tag)
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
unpack_open(struct unpacking *u, char tag, const char *key)
{
	if (u->depth == JSONW_DEPTH_MAX || u->w->depth == JSONW_DEPTH_MAX) {
		u->bad = true;
		return;
	}
	u->close[u->depth++] = tag == '{' ? '}' : ']';
	if (tag == '{')
		jsonw_object(u->w, key);
	else
		jsonw_array(u->w, key);
}

static void
unpack_close(struct unpacking *u, char tag)
{
	if (u->depth == 0 || u->close[u->depth - 1] != tag || u->key != NULL) {
		u->bad = true;
		return;
	}
	u->depth--;
	jsonw_end(u->w);
}

static void
unpack_value(struct unpacking *u, char tag)
{
	bool object = u->depth > 0 && u->close[u->depth - 1] == '}';
	const char *key = u->key;

	if (object != (key != NULL)) {
		u->bad = true;
		return;
	}
	u->key = NULL;
	switch (tag) {
	case '{':
	case '[':
		unpack_open(u, tag, key);
		break;
	case JSONPACK_TEXT:
		jsonw_text(u->w, key, unpack_text(u));
		break;
	case JSONPACK_WHOLE:
		jsonw_number(u->w, key, unpack_whole(u));
		break;
	case JSONPACK_DOUBLE:
		jsonw_number(u->w, key, unpack_double(u));
		break;
	case JSONPACK_TRUE:
	case JSONPACK_FALSE:
		jsonw_bool(u->w, key, tag == JSONPACK_TRUE);
		break;
	case JSONPACK_NULL:
		jsonw_null(u->w, key);
		break;
	default:
		u->bad = true;
	}
}

bool
jsonpack_write(struct span packed, const struct jsonpack_names *names,
    struct jsonw *w)
{
	struct unpacking u = { .in = packed, .names = names, .w = w };

	do {
		char tag;

		if (u.at == packed.n)
			return false;
		tag = packed.p[u.at++];
		if (tag == JSONPACK_KEY)
			unpack_key_text(&u);
		else if ((unsigned char)tag >= JSONPACK_NAME)
			unpack_key_number(&u, (unsigned char)tag);
		else if (tag == '}' || tag == ']')
			unpack_close(&u, tag);
		else
			unpack_value(&u, tag);
	} while (!u.bad && (u.depth > 0 || u.key != NULL));
	return !u.bad && u.at == packed.n;
}
