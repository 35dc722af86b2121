/*
 * The helper's answer, written and read.
 */
#include "config.h"

#include "rules/document/document_answer.h"

#include "rules/base/utf8.h"
#include "rules/html/html.h"

#define HEAD 5 /* octets of a record before its own */

static void
answer_number(uint32_t number, char out[4])
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (char)(unsigned char)(number >> 8 * i & 0xff);
}

static uint32_t
answer_number_read(const char *p)
{
	uint32_t number = 0;

	for (unsigned i = 0; i < 4; i++)
		number |= (uint32_t)(unsigned char)p[i] << 8 * i;
	return number;
}

/* All of it or nothing. */
static bool
answer_add(struct buf *out, char letter, struct span first, struct span second)
{
	char head[HEAD];

	head[0] = letter;
	answer_number((uint32_t)(first.n + second.n), head + 1);
	if (out->max - out->n < HEAD + first.n + second.n)
		return false;
	return buf_add(out, span_make(head, HEAD)) && buf_add(out, first) &&
	       buf_add(out, second);
}

bool
answer_add_link(struct buf *out, enum document_kind kind, struct span url)
{
	char octet = (char)kind;
	struct span cut = utf8_cut(url, DOCUMENT_LINK_MAX);

	return answer_add(out, 'l', span_make(&octet, 1), cut) &&
	       cut.n == url.n;
}

bool
answer_add_text(struct buf *out, struct span text)
{
	struct span cut = utf8_cut(text, DOCUMENT_TEXT_MAX);

	return answer_add(out, 't', cut, SPAN("")) && cut.n == text.n;
}

bool
answer_add_name(struct buf *out, bool harmless, struct span name)
{
	char octet = (char)harmless;
	struct span cut = utf8_cut(name, DOCUMENT_NAME_MAX);

	return answer_add(out, 'n', span_make(&octet, 1), cut) &&
	       cut.n == name.n;
}

bool
answer_add_end(struct buf *out, unsigned html, unsigned marks, unsigned acts)
{
	char octets[6];

	answer_number(html, octets);
	octets[4] = (char)(unsigned char)marks;
	octets[5] = (char)(unsigned char)acts;
	return answer_add(out, 'f', span_make(octets, 6), SPAN("")) &&
	       answer_add(out, 'z', SPAN(""), SPAN(""));
}

/* ---- reading --------------------------------------------------------------- */

struct answer_reader {
	struct arena *arena;
	struct document_answer *out;
	struct document_found *link;
	size_t cap;
	struct buf text, names, harmless;
};

/* One line of it. */
static bool
answer_line(struct buf *out, struct span name)
{
	if (out->n > 0)
		(void)buf_addc(out, '\n');
	return buf_add(out, name);
}

static bool
answer_name(struct answer_reader *r, struct span octets)
{
	struct span name = span_slice(octets, 1, octets.n);

	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < ' ')
			return false;
	return name.n > 0 && name.n <= DOCUMENT_NAME_MAX &&
	       answer_line(&r->names, name) &&
	       (octets.p[0] == 0 || answer_line(&r->harmless, name));
}

static bool
answer_link(struct answer_reader *r, struct span octets)
{
	struct document_answer *out = r->out;
	unsigned char kind;

	if (octets.n < 1 || octets.n > 1 + DOCUMENT_LINK_MAX ||
	    out->link_count == DOCUMENT_LINKS_MAX)
		return false;
	kind = (unsigned char)octets.p[0];
	if (kind >= DOCUMENT_KINDS)
		return false;
	r->link = arena_grow(
	    r->arena, r->link, &r->cap, out->link_count + 1, sizeof(*r->link));
	r->link[out->link_count++] = (struct document_found){
		(enum document_kind)kind,
		utf8_clean(arena_dup(r->arena, span_slice(octets, 1, octets.n)),
		    r->arena),
	};
	out->link = r->link;
	return true;
}

static bool
answer_flags(struct document_answer *out, struct span octets)
{
	if (octets.n != 6)
		return false;
	out->html =
	    answer_number_read(octets.p) & ((1U << HTML_FLAG_COUNT) - 1);
	out->marks |=
	    (unsigned char)octets.p[4] & (DOCUMENT_ENCRYPTED | DOCUMENT_UNSEEN |
					     DOCUMENT_UNABLE | DOCUMENT_MACROS);
	out->acts |= (unsigned char)octets.p[5] &
		     (DOCUMENT_RUNS | DOCUMENT_SCRIPT | DOCUMENT_LOADS |
			 DOCUMENT_STARTS | DOCUMENT_ACTS_UNSEEN);
	return true;
}

static bool
answer_record(struct answer_reader *r, char letter, struct span octets)
{
	switch (letter) {
	case 'l':
		return answer_link(r, octets);
	case 't':
		return buf_add(&r->text, octets);
	case 'n':
		return answer_name(r, octets);
	case 'f':
		return answer_flags(r->out, octets);
	default:
		return false;
	}
}

/* Whether the end was there. */
static bool
answer_records(struct answer_reader *r, struct span octets)
{
	while (octets.n >= HEAD) {
		char letter = octets.p[0];
		size_t n = answer_number_read(octets.p + 1);

		octets = span_slice(octets, HEAD, octets.n);
		if (letter == 'z')
			return n == 0 && octets.n == 0;
		if (n > octets.n ||
		    !answer_record(r, letter, span_slice(octets, 0, n)))
			return false;
		octets = span_slice(octets, n, octets.n);
	}
	return false;
}

/* What was gathered, in the arena. */
static struct span
answer_take(struct answer_reader *r, struct buf *b)
{
	struct span text =
	    utf8_clean(arena_dup(r->arena, buf_span(b)), r->arena);

	buf_free(b);
	return text;
}

bool
answer_read(struct span octets, struct arena *a, struct document_answer *out)
{
	struct answer_reader r = { .arena = a, .out = out };
	bool whole;

	*out = (struct document_answer){ .link_count = 0 };
	buf_init(&r.text, DOCUMENT_TEXT_MAX);
	buf_init(&r.names, DOCUMENT_NAMES_MAX);
	buf_init(&r.harmless, DOCUMENT_NAMES_MAX);
	whole = octets.n <= DOCUMENT_ANSWER_MAX && answer_records(&r, octets);
	if (!whole)
		out->marks |= DOCUMENT_UNSEEN;
	out->text = answer_take(&r, &r.text);
	out->names = answer_take(&r, &r.names);
	out->harmless = answer_take(&r, &r.harmless);
	return whole;
}
