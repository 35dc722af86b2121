/*
 * libopendkim behind one small window: it canonicalises and hashes message
 * bodies. This is the only file that knows it.
 *
 * It gets no octet of a foreign header. The handle is fed a header of our own
 * making with one signature for each hash that is wanted; its final callback
 * takes the finished body hashes (dkim_sig_gethashes) and marks every
 * signature as ignored, so that dkim_eom neither looks for a key nor parses
 * one. What stands against using more of it, all in 2.11.0~beta2:
 *   - h= naming every field of a header and one more makes
 *     dkim_canon_selecthdrs write behind its array;
 *   - t= and x= are held against the wall clock, not the time to judge at;
 *   - a signature with any octet that is not ASCII (RFC 8616) is dropped;
 *   - it parses the key again for each signature, which takes seven times as
 *     long as verifying it.
 * FIXCRLF is not set, as it makes the library hash beyond shortened fields.
 */
#include "config.h"

#include "policy/dkim.h"

#include <opendkim/dkim.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/panic.h"

struct dkim_body_result {
	uint8_t hash[DKIM_SHA256_OCTETS];
	int64_t octets;
};

struct dkim_body {
	DKIM *handle;
	struct dkim_body_result *result;
	size_t count;
	size_t hashed; /* results that the final callback has filled in */
	char last[2];  /* the last two octets of the body */
	bool begun, failed;
};

static pthread_once_t dkim_library_once = PTHREAD_ONCE_INIT;
static DKIM_LIB *dkim_library;

/* Called inside dkim_eom, when all bodies are hashed. */
static DKIM_CBSTAT
dkim_body_final(DKIM *handle, DKIM_SIGINFO **sigs, int count)
{
	struct dkim_body *b = dkim_get_user_context(handle);

	for (int i = 0; i < count; i++) {
		void *header, *body;
		size_t header_n, body_n;
		ssize_t message_n, canonical_n, signed_n;

		dkim_sig_ignore(sigs[i]);
		if ((size_t)i >= b->count ||
		    dkim_sig_gethashes(sigs[i], &header, &header_n, &body,
			&body_n) != DKIM_STAT_OK ||
		    dkim_sig_getcanonlen(handle, sigs[i], &message_n,
			&canonical_n, &signed_n) != DKIM_STAT_OK ||
		    body_n != DKIM_SHA256_OCTETS)
			continue;
		memcpy(b->result[i].hash, body, DKIM_SHA256_OCTETS);
		b->result[i].octets = canonical_n;
		b->hashed++;
	}
	return DKIM_CBSTAT_CONTINUE;
}

static void
dkim_library_start(void)
{
	/* A malformed From would otherwise end it all; ours is not, but the
	 * flag also keeps one signature from deciding for the others. */
	unsigned flags =
	    DKIM_LIBFLAGS_BADSIGHANDLES | DKIM_LIBFLAGS_DELAYSIGPROC;

	dkim_library = dkim_init(NULL, NULL);
	if (dkim_library == NULL ||
	    dkim_options(dkim_library, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags,
		sizeof(flags)) != DKIM_STAT_OK ||
	    dkim_set_final(dkim_library, dkim_body_final) != DKIM_STAT_OK)
		panic("libopendkim does not start");
}

static bool
dkim_body_field(DKIM *handle, char *text)
{
	return dkim_header(handle, (unsigned char *)text, strlen(text)) ==
	       DKIM_STAT_OK;
}

/* A signature that says no more than how to hash the body. */
static bool
dkim_body_variant(DKIM *handle, const struct dkim_variant *v)
{
	const char *canon = v->canon == DKIM_RELAXED ? "relaxed" : "simple";
	char text[160], length[32] = "";

	if (v->length != DKIM_LENGTH_ALL)
		(void)snprintf(
		    length, sizeof(length), " l=%lld;", (long long)v->length);
	(void)snprintf(text, sizeof(text),
	    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/%s; d=x.invalid;"
	    " s=x; h=from;%s bh=eA==; b=eA==",
	    canon, length);
	return dkim_body_field(handle, text);
}

static bool
dkim_body_header(DKIM *handle, const struct dkim_variant *variant, size_t count)
{
	char from[] = "From: x@x.invalid";

	for (size_t i = 0; i < count; i++)
		if (!dkim_body_variant(handle, &variant[i]))
			return false;
	return dkim_body_field(handle, from) &&
	       dkim_eoh(handle) == DKIM_STAT_OK;
}

struct dkim_body *
dkim_body_new(const struct dkim_variant *variant, size_t count)
{
	static const unsigned char id[] = "body";
	struct dkim_body *b = xcalloc(1, sizeof(*b));
	DKIM_STAT status;

	INVARIANT(count > 0);
	if (pthread_once(&dkim_library_once, dkim_library_start) != 0)
		panic("pthread_once failed");
	b->count = count;
	b->result = xcalloc(count, sizeof(*b->result));
	b->handle = dkim_verify(dkim_library, id, NULL, &status);
	if (b->handle == NULL ||
	    dkim_set_user_context(b->handle, b) != DKIM_STAT_OK ||
	    !dkim_body_header(b->handle, variant, count))
		dkim_body_free(&b);
	return b;
}

void
dkim_body_free(struct dkim_body **b)
{
	if (*b == NULL)
		return;
	if ((*b)->handle != NULL)
		(void)dkim_free((*b)->handle);
	free((*b)->result);
	free(*b);
	*b = NULL;
}

void
dkim_body_feed(struct dkim_body *b, struct span chunk)
{
	if (chunk.n == 0 || b->failed)
		return;
	/* The library takes, and does not change, a pointer to unsigned
	 * octets that are not const. */
	b->failed = dkim_body(b->handle, (unsigned char *)(uintptr_t)chunk.p,
			chunk.n) != DKIM_STAT_OK;
	b->last[0] = chunk.n > 1 ? chunk.p[chunk.n - 2] : b->last[1];
	b->last[1] = chunk.p[chunk.n - 1];
	b->begun = true;
}

bool
dkim_body_end(struct dkim_body *b)
{
	if (b->begun && memcmp(b->last, "\r\n", 2) != 0)
		dkim_body_feed(b, SPAN("\r\n"));
	/* The status is about the signatures, all of which are ignored. */
	if (!b->failed)
		(void)dkim_eom(b->handle, NULL);
	return !b->failed && b->hashed == b->count;
}

const uint8_t *
dkim_body_hash(const struct dkim_body *b, size_t i)
{
	INVARIANT(i < b->count);
	return b->result[i].hash;
}

int64_t
dkim_body_octets(const struct dkim_body *b, size_t i)
{
	INVARIANT(i < b->count);
	return b->result[i].octets;
}
