/*
 * The second opinion of libopendkim, on bodies alone. The only file that
 * knows this library.
 *
 * It gets no octet of a foreign header. A handle is fed a header of our own
 * making with one signature for each hash that is wanted; its final callback
 * takes the finished body hashes (dkim_sig_gethashes) and marks every
 * signature as ignored, so that dkim_eom neither looks for a key nor parses
 * one. What stands against asking it for more, all in 2.11.0~beta2:
 *   - h= naming every field of a header and one more makes
 *     dkim_canon_selecthdrs write behind its array;
 *   - t= and x= are held against the wall clock, not the time to judge at;
 *   - a signature with any octet that is not ASCII (RFC 8616) is dropped.
 * Of bodies it misreads those with a CR or LF that stands alone: relaxed loses
 * such a CR and the space before it, simple loses such a LF, and a line of
 * nothing but CRs counts as blank. It has no hash for a body that does not end
 * with a line end, so one is supplied (3.4.3, 3.4.4). FIXCRLF is not set, as
 * it makes the library hash beyond shortened fields.
 */
#include "config.h"

#include "policy/compare/compare_dkim.h"

#include <stdio.h>

#ifndef HAVE_OPENDKIM

bool
compare_dkim(const struct dkim_variant *variant, size_t count, struct span body,
    struct dkim_second *out, const char **why)
{
	(void)variant;
	(void)count;
	(void)body;
	(void)out;
	*why = "libopendkim is not built in";
	return false;
}

void
compare_dkim_library(char *out, size_t size)
{
	(void)snprintf(out, size, "%s", "");
}

#else

#include <opendkim/dkim.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "rules/base/panic.h"

/* One opinion, which is the handle's context. */
struct compare {
	struct dkim_second *out;
	size_t count;
	size_t hashed; /* of those, by the final callback */
};

static pthread_once_t compare_once = PTHREAD_ONCE_INIT;
static DKIM_LIB *compare_library; /* NULL: it does not start */

/* Called inside dkim_eom, when the body is hashed. */
static DKIM_CBSTAT
compare_final(DKIM *handle, DKIM_SIGINFO **sigs, int count)
{
	struct compare *c = dkim_get_user_context(handle);

	for (int i = 0; i < count; i++) {
		void *header, *body;
		size_t header_n, body_n;
		ssize_t message_n, canonical_n, signed_n;

		dkim_sig_ignore(sigs[i]);
		if ((size_t)i >= c->count ||
		    dkim_sig_gethashes(sigs[i], &header, &header_n, &body,
			&body_n) != DKIM_STAT_OK ||
		    dkim_sig_getcanonlen(handle, sigs[i], &message_n,
			&canonical_n, &signed_n) != DKIM_STAT_OK ||
		    body_n != HASH_SHA256_OCTETS)
			continue;
		memcpy(c->out[i].hash, body, HASH_SHA256_OCTETS);
		c->out[i].octets = canonical_n;
		c->hashed++;
	}
	return DKIM_CBSTAT_CONTINUE;
}

static void
compare_start(void)
{
	unsigned flags =
	    DKIM_LIBFLAGS_BADSIGHANDLES | DKIM_LIBFLAGS_DELAYSIGPROC;
	DKIM_LIB *library = dkim_init(NULL, NULL);

	if (library != NULL &&
	    dkim_options(library, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags,
		sizeof(flags)) == DKIM_STAT_OK &&
	    dkim_set_final(library, compare_final) == DKIM_STAT_OK)
		compare_library = library;
}

static bool
compare_field(DKIM *handle, char *text)
{
	return dkim_header(handle, (unsigned char *)text, strlen(text)) ==
	       DKIM_STAT_OK;
}

/* A signature that says no more than how to hash the body. */
static bool
compare_signature(DKIM *handle, const struct dkim_variant *v)
{
	char text[160], tag[32] = "";

	if (v->length != DKIM_LENGTH_ALL)
		(void)snprintf(
		    tag, sizeof(tag), " l=%lld;", (long long)v->length);
	(void)snprintf(text, sizeof(text),
	    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/%s; d=x.invalid;"
	    " s=x; h=from;%s bh=eA==; b=eA==",
	    v->canon == DKIM_SIMPLE ? "simple" : "relaxed", tag);
	return compare_field(handle, text);
}

static bool
compare_header(DKIM *handle, const struct dkim_variant *variant, size_t count)
{
	char from[] = "From: x@x.invalid";

	for (size_t i = 0; i < count; i++)
		if (!compare_signature(handle, &variant[i]))
			return false;
	return compare_field(handle, from) && dkim_eoh(handle) == DKIM_STAT_OK;
}

static bool
compare_text(DKIM *handle, struct span text)
{
	/* The library's argument lacks a const; it does not write. */
	return text.n == 0 ||
	       dkim_body(handle, (unsigned char *)(uintptr_t)text.p, text.n) ==
		   DKIM_STAT_OK;
}

static bool
compare_body(DKIM *handle, struct span body)
{
	bool ended = body.n == 0 || body.p[body.n - 1] == '\n';

	return compare_text(handle, body) &&
	       compare_text(handle, ended ? SPAN("") : SPAN("\r\n"));
}

/* A CR or LF that is not part of a line end. */
static bool
compare_lone(struct span body)
{
	char before = '\0';

	for (size_t i = 0; i < body.n; i++) {
		if ((before == '\r') != (body.p[i] == '\n'))
			return true;
		before = body.p[i];
	}
	return before == '\r';
}

static const char *
compare_unfit(struct span body)
{
	if (body.n > COMPARE_DKIM_OCTETS_MAX)
		return "not compared: the body is long";
	if (compare_lone(body))
		return "not compared: a CR or LF stands alone";
	return NULL;
}

bool
compare_dkim(const struct dkim_variant *variant, size_t count, struct span body,
    struct dkim_second *out, const char **why)
{
	static const unsigned char id[] = "body";
	struct compare c = { .out = out, .count = count };
	DKIM_STAT status;
	DKIM *handle;

	*why = compare_unfit(body);
	if (*why != NULL)
		return false;
	if (pthread_once(&compare_once, compare_start) != 0)
		panic("pthread_once failed");
	*why = "not compared: libopendkim gave up";
	handle = compare_library == NULL
		     ? NULL
		     : dkim_verify(compare_library, id, NULL, &status);
	if (handle == NULL)
		return false;
	/* The status at the end is about the signatures, which are ignored. */
	if (dkim_set_user_context(handle, &c) == DKIM_STAT_OK &&
	    compare_header(handle, variant, count) &&
	    compare_body(handle, body))
		(void)dkim_eom(handle, NULL);
	(void)dkim_free(handle);
	return c.hashed == count;
}

void
compare_dkim_library(char *out, size_t size)
{
	uint32_t number = dkim_libversion();

	(void)snprintf(out, size, "libopendkim %u.%u.%u", number >> 24,
	    number >> 16 & 255, number >> 8 & 255);
}

#endif
