/*
 * TNEF: attributes one behind the other, and in some of them the properties of
 * MAPI. What the rest of them means is of no interest here.
 */
#include "config.h"

#include "rules/content/tnef.h"

#include <string.h>

#include "rules/base/utf8.h"

#define DEPTH_MAX       4 /* messages in one another */
#define NAME_MAX_OCTETS 1024

#define SIGNATURE     0x223e9f78U
#define HEAD          6 /* signature, key */
#define CHECKSUM      2
#define ID_BODY       0x0002800cU /* attBody */
#define ID_MESSAGE    0x00069003U /* attMAPIProps: of the message */
#define ID_RENDERED   0x00069002U /* attAttachRenddata: a file begins */
#define ID_TITLE      0x00018010U /* attAttachTitle: the short name */
#define ID_DATA       0x0006800fU /* attAttachData */
#define ID_ATTACHMENT 0x00069005U /* attAttachment: properties */

#define PROPERTY_TEXT       0x1000U /* PR_BODY */
#define PROPERTY_RTF        0x1009U /* PR_RTF_COMPRESSED */
#define PROPERTY_PAGE       0x1013U /* PR_HTML */
#define PROPERTY_DATA       0x3701U /* PR_ATTACH_DATA_BIN, _OBJ */
#define PROPERTY_SHORT_NAME 0x3704U
#define PROPERTY_LONG_NAME  0x3707U
#define PROPERTY_NAMED      0x8000U
#define TYPE_MULTIPLE       0x1000U
#define TYPE_OBJECT         0x000dU
#define TYPE_STRING8        0x001eU
#define TYPE_UNICODE        0x001fU
#define TYPE_BINARY         0x0102U
#define GUID                16

struct tnef_name {
	char p[NAME_MAX_OCTETS];
	size_t n;
};

/* One message; those inside of it have their own. */
struct tnef {
	void (*take)(void *to, const struct tnef_item *item);
	void *to;
	unsigned depth;
	/* The file that is described. */
	struct tnef_name short_name, long_name;
	struct span octets; /* p NULL: not yet */
};

static bool tnef_read(struct tnef *t, struct span octets);

/* Numbers are little-endian; false at the end. */
static bool
take_u16(struct span *s, uint32_t *out)
{
	if (s->n < 2)
		return false;
	*out = (uint32_t)(unsigned char)s->p[0] |
	       (uint32_t)(unsigned char)s->p[1] << 8;
	*s = span_slice(*s, 2, s->n);
	return true;
}

static bool
take_u32(struct span *s, uint32_t *out)
{
	uint32_t low, high;

	if (s->n < 4 || !take_u16(s, &low) || !take_u16(s, &high))
		return false;
	*out = low | high << 16;
	return true;
}

static bool
take_octets(struct span *s, size_t n, struct span *out)
{
	if (n > s->n)
		return false;
	*out = span_slice(*s, 0, n);
	*s = span_slice(*s, n, s->n);
	return true;
}

/* The same, with what fills it up to four octets; the last may lack that. */
static bool
take_padded(struct span *s, size_t n, struct span *out)
{
	if (!take_octets(s, n, out))
		return false;
	*s = span_slice(*s, (4 - n % 4) % 4, s->n);
	return true;
}

bool
tnef_is(struct span octets)
{
	uint32_t signature;

	return take_u32(&octets, &signature) && signature == SIGNATURE;
}

/* ---- files ----------------------------------------------------------------- */

static void
tnef_name(struct tnef_name *out, struct span name)
{
	name = span_slice(name, 0, span_find(name, '\0'));
	name = span_slice(name, 0, sizeof(out->p));
	memcpy(out->p, name.p, name.n);
	out->n = name.n;
}

/* The file ends where the next begins, or says a second time what it has. */
static void
tnef_file_end(struct tnef *t)
{
	struct tnef_item item = {
		.what = TNEF_FILE,
		.short_name = span_make(t->short_name.p, t->short_name.n),
		.long_name = span_make(t->long_name.p, t->long_name.n),
		.octets = t->octets.p == NULL ? SPAN("") : t->octets,
	};

	if (item.short_name.n + item.long_name.n + item.octets.n > 0)
		t->take(t->to, &item);
	t->short_name.n = t->long_name.n = 0;
	t->octets = span_of(NULL);
}

static void
tnef_file_octets(struct tnef *t, struct span octets)
{
	if (t->octets.p != NULL)
		tnef_file_end(t);
	t->octets = octets;
}

static void
tnef_text(struct tnef *t, enum tnef_what what, struct span octets)
{
	struct tnef_item item = { .what = what,
		.short_name = SPAN(""),
		.long_name = SPAN(""),
		.octets = octets };

	if (octets.n > 0)
		t->take(t->to, &item);
}

/* ---- properties ------------------------------------------------------------ */

/* Octets of one value with its filling, or 0 where each tells its length. */
static size_t
type_size(uint32_t type)
{
	switch (type) {
	case 0x0002: /* 16 bits */
	case 0x0003: /* 32 bits */
	case 0x0004: /* float */
	case 0x000a: /* error */
	case 0x000b: /* boolean */
		return 4;
	case 0x0005: /* double */
	case 0x0006: /* currency */
	case 0x0007: /* time */
	case 0x0014: /* 64 bits */
	case 0x0040: /* time */
		return 8;
	case 0x0048:
		return GUID;
	default:
		return 0;
	}
}

/* Named properties tell their name: a number or text in UTF-16. */
static bool
property_skip_name(struct span *s)
{
	struct span skipped;
	uint32_t kind, n;

	return take_octets(s, GUID, &skipped) && take_u32(s, &kind) &&
	       take_u32(s, &n) && (kind == 0 || take_padded(s, n, &skipped));
}

/* Of the message itself. */
static void
property_text(struct tnef *t, uint32_t id, struct span value)
{
	if (id == PROPERTY_TEXT)
		tnef_text(t, TNEF_TEXT, value);
	else if (id == PROPERTY_PAGE)
		tnef_text(t, TNEF_PAGE, value);
	else if (id == PROPERTY_RTF)
		tnef_text(t, TNEF_RTF, value);
}

static bool
property_value(struct tnef *t, uint32_t type, uint32_t id, struct span value)
{
	struct tnef_name *name =
	    id == PROPERTY_LONG_NAME ? &t->long_name : &t->short_name;
	struct tnef inner = {
		.take = t->take, .to = t->to, .depth = t->depth + 1
	};

	property_text(t, id, value);
	if (id == PROPERTY_LONG_NAME || id == PROPERTY_SHORT_NAME) {
		if (type == TYPE_STRING8)
			tnef_name(name, value);
		else if (type == TYPE_UNICODE)
			name->n =
			    utf8_of_utf16(value, name->p, sizeof(name->p));
	} else if (id == PROPERTY_DATA) {
		/* An object is behind what says of which kind it is. */
		if (type == TYPE_OBJECT)
			value = span_slice(value, GUID, value.n);
		if (type == TYPE_OBJECT && tnef_is(value))
			return tnef_read(&inner, value);
		tnef_file_octets(t, value);
	}
	return true;
}

static bool
property_read(struct tnef *t, struct span *s)
{
	uint32_t type, id, count = 1, length;
	struct span value;
	size_t size;
	bool own_length;

	if (!take_u16(s, &type) || !take_u16(s, &id) ||
	    (id >= PROPERTY_NAMED && !property_skip_name(s)))
		return false;
	size = type_size(type & ~TYPE_MULTIPLE);
	own_length = type == TYPE_OBJECT ||
		     (type & ~TYPE_MULTIPLE) == TYPE_STRING8 ||
		     (type & ~TYPE_MULTIPLE) == TYPE_UNICODE ||
		     (type & ~TYPE_MULTIPLE) == TYPE_BINARY;
	if (size == 0 && !own_length)
		return false;
	if ((own_length || (type & TYPE_MULTIPLE) != 0) && !take_u32(s, &count))
		return false;
	for (; count > 0; count--) {
		length = (uint32_t)size;
		if ((own_length && !take_u32(s, &length)) ||
		    !take_padded(s, length, &value) ||
		    !property_value(t, type, id, value))
			return false;
	}
	return true;
}

static bool
properties_read(struct tnef *t, struct span s)
{
	uint32_t count;

	if (!take_u32(&s, &count))
		return false;
	for (; count > 0; count--)
		if (!property_read(t, &s))
			return false;
	return true;
}

/* ---- attributes ------------------------------------------------------------ */

static bool
tnef_attribute(struct tnef *t, uint32_t id, struct span data)
{
	switch (id) {
	case ID_BODY:
		tnef_text(t, TNEF_TEXT, data);
		return true;
	case ID_RENDERED:
		tnef_file_end(t);
		return true;
	case ID_TITLE:
		if (t->short_name.n > 0)
			tnef_file_end(t);
		tnef_name(&t->short_name, data);
		return true;
	case ID_DATA:
		tnef_file_octets(t, data);
		return true;
	case ID_MESSAGE:
	case ID_ATTACHMENT:
		return properties_read(t, data);
	default:
		return true;
	}
}

static bool
tnef_read(struct tnef *t, struct span octets)
{
	struct span s = span_slice(octets, HEAD, octets.n), data;
	bool whole = t->depth < DEPTH_MAX && octets.n >= HEAD;

	while (whole && s.n > 0) {
		uint32_t id, length;

		s = span_slice(s, 1, s.n); /* the level */
		whole = take_u32(&s, &id) && take_u32(&s, &length) &&
			take_octets(&s, length, &data);
		if (!whole)
			break;
		s = span_slice(s, CHECKSUM, s.n);
		whole = tnef_attribute(t, id, data);
	}
	tnef_file_end(t);
	return whole;
}

bool
tnef_items(struct span octets,
    void (*take)(void *to, const struct tnef_item *item), void *to)
{
	struct tnef t = { .take = take, .to = to };

	return tnef_read(&t, octets);
}
