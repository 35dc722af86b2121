/*
 * libopendkim behind one small window: it hashes message bodies, without the
 * blank lines at their end and up to l= octets. This is the only file that
 * knows it.
 *
 * It gets no octet of a foreign header. A handle is fed a header of our own
 * making with one signature for each hash that is wanted; its final callback
 * takes the finished body hashes (dkim_sig_gethashes) and marks every
 * signature as ignored, so that dkim_eom neither looks for a key nor parses
 * one. What stands against using more of it, all in 2.11.0~beta2:
 *   - h= naming every field of a header and one more makes
 *     dkim_canon_selecthdrs write behind its array;
 *   - t= and x= are held against the wall clock, not the time to judge at;
 *   - a signature with any octet that is not ASCII (RFC 8616) is dropped;
 *   - it parses the key again for each signature, which takes seven times as
 *     long as verifying it;
 *   - its relaxed bodies: see dkim_relax.c.
 * One of its faults is left: a line of nothing but CRs before its CRLF counts
 * as blank.
 * FIXCRLF is not set, as it makes the library hash beyond shortened fields.
 */
#include "config.h"

#include "policy/dkim.h"

#include <opendkim/dkim.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/dkim_crypto.h"
#include "policy/dkim_relax.h"
#include "rules/panic.h"

struct dkim_body_result {
	uint8_t hash[DKIM_SHA256_OCTETS];
	int64_t octets;
};

/* The body in one of the two canonicalizations. */
struct dkim_stream {
	DKIM *handle; /* NULL: no variant wants this canonicalization */
	struct dkim_body_result *result;
	size_t count;
	size_t hashed; /* results that the final callback has filled in */
	bool failed;
	char block[4096];
	size_t block_n;
};

struct dkim_body {
	struct dkim_stream stream[2]; /* by enum dkim_canon */
	/* Where the result of a variant is. */
	struct dkim_place_of {
		enum dkim_canon canon;
		size_t at;
	} * place;
	size_t count;
	struct dkim_relax relax;
	char last[2]; /* the last two octets of the body */
	bool begun;
};

static pthread_once_t dkim_library_once = PTHREAD_ONCE_INIT;
static DKIM_LIB *dkim_library;

/* Called inside dkim_eom, when the body is hashed. */
static DKIM_CBSTAT
dkim_stream_final(DKIM *handle, DKIM_SIGINFO **sigs, int count)
{
	struct dkim_stream *s = dkim_get_user_context(handle);

	for (int i = 0; i < count; i++) {
		void *header, *body;
		size_t header_n, body_n;
		ssize_t message_n, canonical_n, signed_n;

		dkim_sig_ignore(sigs[i]);
		if ((size_t)i >= s->count ||
		    dkim_sig_gethashes(sigs[i], &header, &header_n, &body,
			&body_n) != DKIM_STAT_OK ||
		    dkim_sig_getcanonlen(handle, sigs[i], &message_n,
			&canonical_n, &signed_n) != DKIM_STAT_OK ||
		    body_n != DKIM_SHA256_OCTETS)
			continue;
		memcpy(s->result[i].hash, body, DKIM_SHA256_OCTETS);
		s->result[i].octets = canonical_n;
		s->hashed++;
	}
	return DKIM_CBSTAT_CONTINUE;
}

static void
dkim_library_start(void)
{
	unsigned flags =
	    DKIM_LIBFLAGS_BADSIGHANDLES | DKIM_LIBFLAGS_DELAYSIGPROC;

	dkim_library = dkim_init(NULL, NULL);
	if (dkim_library == NULL ||
	    dkim_options(dkim_library, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags,
		sizeof(flags)) != DKIM_STAT_OK ||
	    dkim_set_final(dkim_library, dkim_stream_final) != DKIM_STAT_OK)
		panic("libopendkim does not start");
}

/* ---- one stream ----------------------------------------------------------- */

static bool
dkim_stream_field(struct dkim_stream *s, char *text)
{
	return dkim_header(s->handle, (unsigned char *)text, strlen(text)) ==
	       DKIM_STAT_OK;
}

/* A signature that says no more than how to hash the body. */
static bool
dkim_stream_signature(struct dkim_stream *s, int64_t length)
{
	char text[160], tag[32] = "";

	if (length != DKIM_LENGTH_ALL)
		(void)snprintf(tag, sizeof(tag), " l=%lld;", (long long)length);
	(void)snprintf(text, sizeof(text),
	    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=x.invalid;"
	    " s=x; h=from;%s bh=eA==; b=eA==",
	    tag);
	return dkim_stream_field(s, text);
}

static bool
dkim_stream_start(struct dkim_stream *s, enum dkim_canon canon,
    const struct dkim_variant *variant, size_t count)
{
	static const unsigned char id[] = "body";
	char from[] = "From: x@x.invalid";
	DKIM_STAT status;

	s->handle = dkim_verify(dkim_library, id, NULL, &status);
	if (s->handle == NULL ||
	    dkim_set_user_context(s->handle, s) != DKIM_STAT_OK)
		return false;
	for (size_t i = 0; i < count; i++)
		if (variant[i].canon == canon &&
		    !dkim_stream_signature(s, variant[i].length))
			return false;
	s->result = xcalloc(s->count, sizeof(*s->result));
	return dkim_stream_field(s, from) &&
	       dkim_eoh(s->handle) == DKIM_STAT_OK;
}

/*
 * Hands over what has been collected, but for CRs at its end: the library
 * takes a CR at the end of one piece for part of a line end. So what a body
 * hashes to does not depend on how the MTA splits it.
 */
static void
dkim_stream_flush(struct dkim_stream *s)
{
	size_t n = s->block_n;

	while (n > 0 && s->block[n - 1] == '\r')
		n--;
	if (n == 0)
		n = s->block_n; /* CRs alone: nothing sensible */
	if (n > 0 && !s->failed)
		s->failed = dkim_body(s->handle, (unsigned char *)s->block,
				n) != DKIM_STAT_OK;
	s->block_n -= n;
	memmove(s->block, s->block + n, s->block_n);
}

static void
dkim_stream_feed(struct dkim_stream *s, struct span text)
{
	while (text.n > 0) {
		size_t room = sizeof(s->block) - s->block_n;
		struct span piece = span_slice(text, 0, room);

		memcpy(s->block + s->block_n, piece.p, piece.n);
		s->block_n += piece.n;
		text = span_slice(text, piece.n, text.n);
		if (s->block_n == sizeof(s->block))
			dkim_stream_flush(s);
	}
}

static bool
dkim_stream_end(struct dkim_stream *s)
{
	if (s->handle == NULL)
		return true;
	dkim_stream_flush(s);
	/* The status is about the signatures, all of which are ignored. */
	if (!s->failed)
		(void)dkim_eom(s->handle, NULL);
	return s->hashed == s->count;
}

/* ---- the body ------------------------------------------------------------- */

struct dkim_body *
dkim_body_new(const struct dkim_variant *variant, size_t count)
{
	struct dkim_body *b = xcalloc(1, sizeof(*b));
	bool good = true;

	INVARIANT(count > 0);
	if (pthread_once(&dkim_library_once, dkim_library_start) != 0)
		panic("pthread_once failed");
	b->count = count;
	b->place = xcalloc(count, sizeof(*b->place));
	for (size_t i = 0; i < count; i++) {
		b->place[i].canon = variant[i].canon;
		b->place[i].at = b->stream[variant[i].canon].count++;
	}
	for (int canon = DKIM_SIMPLE; canon <= DKIM_RELAXED; canon++)
		if (b->stream[canon].count > 0)
			good =
			    good && dkim_stream_start(&b->stream[canon],
					(enum dkim_canon)canon, variant, count);
	if (!good)
		dkim_body_free(&b);
	return b;
}

void
dkim_body_free(struct dkim_body **bp)
{
	struct dkim_body *b = *bp;

	if (b == NULL)
		return;
	for (int canon = DKIM_SIMPLE; canon <= DKIM_RELAXED; canon++) {
		if (b->stream[canon].handle != NULL)
			(void)dkim_free(b->stream[canon].handle);
		free(b->stream[canon].result);
	}
	free(b->place);
	free(b);
	*bp = NULL;
}

static void
dkim_body_relaxed(struct dkim_body *b, struct span chunk)
{
	char text[4096 + DKIM_RELAX_MORE];

	for (size_t i = 0; i < chunk.n; i += 4096) {
		size_t n =
		    dkim_relax(&b->relax, span_slice(chunk, i, i + 4096), text);

		dkim_stream_feed(&b->stream[DKIM_RELAXED], span_make(text, n));
	}
}

void
dkim_body_feed(struct dkim_body *b, struct span chunk)
{
	if (chunk.n == 0)
		return;
	if (b->stream[DKIM_SIMPLE].count > 0)
		dkim_stream_feed(&b->stream[DKIM_SIMPLE], chunk);
	if (b->stream[DKIM_RELAXED].count > 0)
		dkim_body_relaxed(b, chunk);
	b->last[0] = chunk.n > 1 ? chunk.p[chunk.n - 2] : b->last[1];
	b->last[1] = chunk.p[chunk.n - 1];
	b->begun = true;
}

bool
dkim_body_end(struct dkim_body *b)
{
	struct dkim_stream *relaxed = &b->stream[DKIM_RELAXED];

	if (b->begun && memcmp(b->last, "\r\n", 2) != 0)
		dkim_body_feed(b, SPAN("\r\n"));
	if (!dkim_stream_end(&b->stream[DKIM_SIMPLE]) ||
	    !dkim_stream_end(relaxed))
		return false;
	/* The simple form of an empty body is a CRLF (3.4.3), but the relaxed
	 * form is empty (3.4.4). */
	for (size_t i = 0; i < relaxed->count && !b->relax.text; i++) {
		dkim_sha256(SPAN(""), relaxed->result[i].hash);
		relaxed->result[i].octets = 0;
	}
	return true;
}

static const struct dkim_body_result *
dkim_body_result(const struct dkim_body *b, size_t i)
{
	INVARIANT(i < b->count);
	return &b->stream[b->place[i].canon].result[b->place[i].at];
}

const uint8_t *
dkim_body_hash(const struct dkim_body *b, size_t i)
{
	return dkim_body_result(b, i)->hash;
}

int64_t
dkim_body_octets(const struct dkim_body *b, size_t i)
{
	return dkim_body_result(b, i)->octets;
}
