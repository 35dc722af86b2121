/*
 * Canonicalises message bodies as they come in, and hashes them: without the
 * blank lines at their end and up to l= octets. Knows no signature.
 *
 * Line ends are counted instead of being hashed until something else comes
 * behind them, so only the end of each piece is looked at, and nothing is
 * kept but the count. Text is hashed where it stands.
 */
#include "config.h"

#include "policy/dkim/dkim.h"

#include <stdlib.h>
#include <string.h>

#include "policy/dkim/dkim_crypto.h"
#include "policy/dkim/dkim_relax.h"
#include "rules/base/panic.h"

/* One of the two canonical forms, as far as it is certain. */
struct dkim_stream {
	uint64_t line_ends; /* held back: they may be the body's last */
	bool cr;            /* and behind them a CR, maybe of one more */
	bool text;          /* something has come out */
};

struct dkim_body_variant {
	struct dkim_variant wanted;
	struct hash hash;
	int64_t octets; /* hashed so far */
	uint8_t result[HASH_SHA256_OCTETS];
};

struct dkim_body {
	struct dkim_stream stream[2]; /* by enum dkim_canon */
	bool needed[2];               /* some variant wants it */
	struct dkim_relax relax;
	size_t count;
	struct dkim_body_variant variant[];
};

/* ---- one canonical form --------------------------------------------------- */

/* Hands canonical text to the variants that are not yet full. */
static void
dkim_stream_hash(struct dkim_body *b, enum dkim_canon canon, struct span text)
{
	for (size_t i = 0; i < b->count; i++) {
		struct dkim_body_variant *v = &b->variant[i];
		uint64_t left = (uint64_t)(v->wanted.length - v->octets);
		struct span piece =
		    left < text.n ? span_slice(text, 0, (size_t)left) : text;

		if (v->wanted.canon != canon || piece.n == 0)
			continue;
		hash_add(&v->hash, piece);
		v->octets += (int64_t)piece.n;
	}
	b->stream[canon].text = true;
}

#define LINE_ENDS "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"

static void
dkim_stream_line_ends(struct dkim_body *b, enum dkim_canon canon)
{
	struct span some = SPAN(LINE_ENDS LINE_ENDS LINE_ENDS LINE_ENDS);
	uint64_t left = b->stream[canon].line_ends * 2;

	b->stream[canon].line_ends = 0;
	for (; left > some.n; left -= some.n)
		dkim_stream_hash(b, canon, some);
	if (left > 0)
		dkim_stream_hash(b, canon, span_slice(some, 0, (size_t)left));
}

/* The text before the line ends that it ends with, and a CR behind them. */
static struct span
dkim_stream_cut(struct span text, struct dkim_stream *held)
{
	size_t n = text.n;

	held->cr = n > 0 && text.p[n - 1] == '\r';
	n -= held->cr;
	for (; n > 1 && text.p[n - 1] == '\n' && text.p[n - 2] == '\r'; n -= 2)
		held->line_ends++;
	return span_slice(text, 0, n);
}

static void
dkim_stream_feed(struct dkim_body *b, enum dkim_canon canon, struct span text)
{
	struct dkim_stream *s = &b->stream[canon];
	struct dkim_stream held = { .line_ends = 0 };

	if (text.n == 0)
		return;
	if (s->cr && text.p[0] == '\n') {
		s->line_ends++;
		text = span_slice(text, 1, text.n);
	} else if (s->cr) {
		dkim_stream_line_ends(b, canon);
		dkim_stream_hash(b, canon, SPAN("\r"));
	}
	text = dkim_stream_cut(text, &held);
	if (text.n > 0) {
		dkim_stream_line_ends(b, canon);
		dkim_stream_hash(b, canon, text);
	}
	s->line_ends += held.line_ends;
	s->cr = held.cr;
}

/*
 * All but the first of the line ends at the end are dropped. A body of
 * nothing else is one line end in simple form (3.4.3) and empty in relaxed
 * form (3.4.4).
 */
static void
dkim_stream_end(struct dkim_body *b, enum dkim_canon canon)
{
	struct dkim_stream *s = &b->stream[canon];

	s->line_ends = s->text || canon == DKIM_SIMPLE;
	dkim_stream_line_ends(b, canon);
}

/* ---- the body ------------------------------------------------------------- */

struct dkim_body *
dkim_body_new(const struct dkim_variant *variant, size_t count)
{
	struct dkim_body *b =
	    xcalloc(1, sizeof(*b) + count * sizeof(b->variant[0]));

	INVARIANT(count > 0);
	b->count = count;
	for (size_t i = 0; i < count; i++) {
		b->needed[variant[i].canon] = true;
		b->variant[i].wanted = variant[i];
		hash_start(&b->variant[i].hash);
	}
	return b;
}

void
dkim_body_copy(struct dkim_body *copy, const struct dkim_body *b)
{
	INVARIANT(copy->count == b->count);
	memcpy(copy->stream, b->stream, sizeof(copy->stream));
	copy->relax = b->relax;
	for (size_t i = 0; i < b->count; i++) {
		hash_drop(&copy->variant[i].hash);
		hash_copy(&copy->variant[i].hash, &b->variant[i].hash);
		copy->variant[i].octets = b->variant[i].octets;
	}
}

void
dkim_body_free(struct dkim_body **bp)
{
	struct dkim_body *b = *bp;

	for (size_t i = 0; b != NULL && i < b->count; i++)
		hash_drop(&b->variant[i].hash);
	free(b);
	*bp = NULL;
}

static void
dkim_body_relaxed(struct dkim_body *b, struct span chunk)
{
	char room[DKIM_RELAX_ROOM];

	while (chunk.n > 0)
		dkim_stream_feed(
		    b, DKIM_RELAXED, dkim_relax(&b->relax, &chunk, room));
}

void
dkim_body_feed(struct dkim_body *b, struct span chunk)
{
	if (b->needed[DKIM_SIMPLE])
		dkim_stream_feed(b, DKIM_SIMPLE, chunk);
	if (b->needed[DKIM_RELAXED])
		dkim_body_relaxed(b, chunk);
}

void
dkim_body_end(struct dkim_body *b)
{
	/* It ends the last line, or else it is a blank line, which counts for
	 * nothing. */
	dkim_body_feed(b, SPAN("\r\n"));
	dkim_stream_end(b, DKIM_SIMPLE);
	dkim_stream_end(b, DKIM_RELAXED);
	for (size_t i = 0; i < b->count; i++)
		hash_end(&b->variant[i].hash, b->variant[i].result);
}

const uint8_t *
dkim_body_hash(const struct dkim_body *b, size_t i)
{
	INVARIANT(i < b->count);
	return b->variant[i].result;
}

int64_t
dkim_body_octets(const struct dkim_body *b, size_t i)
{
	INVARIANT(i < b->count);
	return b->variant[i].octets;
}
