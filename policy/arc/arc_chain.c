/*
 * Validates a chain: the newest ARC-Message-Signature, all seals, and how far
 * back the message is what it was. Knows nothing of facts and of whom to
 * trust.
 *
 * Whatever fails without a key, fails without it: nobody shall put a verdict
 * off by naming keys that nobody can look up.
 */
#include "config.h"

#include "policy/arc/arc_chain.h"

#include <string.h>

#include "policy/dkim/dkim_fit.h"
#include "rules/base/buf.h"
#include "rules/base/panic.h"

#define ARC_COMMENT_MAX 1000

const char *const arc_result_words[ARC_TEMPERROR + 2] = { "none", "pass",
	"fail", "temperror", NULL };

/* A signature under work. */
struct arc_work {
	const struct arc_signature *of;
	struct span key_name; /* "" when no key is asked for */
	enum arc_result result;
	const char *problem;
};

/* A set under work; number i of them is set i + 1. */
struct arc_hop {
	struct arc_work message, seal;
	size_t variant; /* of the body: what the signature covers */
	size_t whole;   /* the same without l= */
	uint8_t sealed[HASH_SHA256_OCTETS];
};

struct arc_chain {
	struct arena *arena;
	struct dns_batch *dns;
	struct dkim_keys *keys;
	struct dkim_options options;
	struct arc_sets *sets;
	struct span key_name[ARC_KEYS_MAX];
	size_t key_count;
	bool too_many_keys;
	const struct header_list *list;
	struct dkim_message *dkim;
	struct arc_hop *hop; /* NULL: the structure alone decides */
	bool judged;
	struct arc_outcome outcome;
};

struct arc_chain *
arc_chain_new(struct arena *a, struct dns_batch *dns, struct dkim_keys *keys,
    const struct dkim_options *options)
{
	struct arc_chain *c = arena_alloc(a, sizeof(*c));

	c->arena = a;
	c->dns = dns;
	c->keys = keys;
	c->options = *options;
	c->sets = arc_sets_new(a, &c->options.limits);
	return c;
}

/* ---- the header -------------------------------------------------------------- */

/* The name of the key, once a name; "" when there are too many. */
static struct span
arc_chain_key_name(struct arc_chain *c, const struct dkim_sig *sig)
{
	struct span name = dkim_sig_key_name(c->arena, sig);

	for (size_t i = 0; i < c->key_count; i++)
		if (span_eq(c->key_name[i], name))
			return c->key_name[i];
	if (c->key_count == ARC_KEYS_MAX) {
		c->too_many_keys = true;
		return SPAN("");
	}
	c->key_name[c->key_count++] = name;
	(void)dns_ask(c->dns, name, DNS_TXT);
	return name;
}

void
arc_chain_field(struct arc_chain *c, enum arc_kind kind,
    const struct header_field *field, size_t at)
{
	struct arc_signature *s = arc_sets_add(c->sets, kind, field, at);
	struct dkim_outcome outcome;
	unsigned bits;

	if (s == NULL || s->problem != NULL)
		return;
	if (!dkim_fit_length(
		c->arena, &s->sig, c->options.bits_min, &bits, &outcome))
		s->problem = outcome.problem;
	else
		(void)arc_chain_key_name(c, &s->sig);
}

static void
arc_work_begin(
    struct arc_chain *c, struct arc_work *w, const struct arc_signature *of)
{
	w->of = of;
	w->key_name = SPAN("");
	if (of->problem == NULL)
		w->key_name = arc_chain_key_name(c, &of->sig);
	else
		w->result = ARC_FAIL;
	w->problem = of->problem;
}

/*
 * One way to hash the body serves most signatures: an old one with a length
 * of its own (l=) is not worth one more.
 */
static void
arc_hop_prepare(struct arc_chain *c, size_t i)
{
	const struct arc_set *set = arc_sets_get(c->sets, i);
	const struct dkim_sig *sig = &set->message.sig;
	struct arc_hop *hop = &c->hop[i - 1];
	size_t behind = c->outcome.instances - i;

	arc_work_begin(c, &hop->seal, &set->seal);
	arc_work_begin(c, &hop->message, &set->message);
	if (behind > ARC_OLDER_MAX || (behind > 0 && sig->has_length))
		hop->message.result = ARC_FAIL;
	if (hop->message.result != ARC_NONE)
		return;
	hop->whole = hop->variant = dkim_message_variant(
	    c->dkim, (struct dkim_variant){ sig->body_canon, DKIM_LENGTH_ALL });
	if (sig->has_length)
		hop->variant = dkim_message_variant(
		    c->dkim, (struct dkim_variant){
				 sig->body_canon, (int64_t)sig->length });
}

void
arc_chain_header(struct arc_chain *c, const struct header_list *headers,
    struct dkim_message *dm)
{
	size_t count = arc_sets_count(c->sets);

	c->list = headers;
	c->dkim = dm;
	c->outcome.instances = count;
	c->outcome.problem = arc_sets_problem(c->sets);
	if (c->outcome.problem == NULL && c->too_many_keys)
		c->outcome.problem = "it has too many different keys";
	if (c->outcome.problem != NULL) {
		c->outcome.result = ARC_FAIL;
		return;
	}
	if (count == 0)
		return;
	c->hop = arena_array(c->arena, count, sizeof(*c->hop));
	for (size_t i = 1; i <= count; i++)
		arc_hop_prepare(c, i);
}

/* ---- one signature ------------------------------------------------------------ */

static void
arc_work_close(struct arc_work *w, enum arc_result result, const char *problem)
{
	w->result = result;
	w->problem = problem;
}

/* The key, or NULL with the result set. */
static struct dkim_key *
arc_work_key(struct arc_chain *c, struct arc_work *w)
{
	const struct dns_answer *answer = dns_ask(c->dns, w->key_name, DNS_TXT);
	struct dkim_outcome outcome;
	struct dkim_key *key;
	const char *why;

	if (answer->status == DNS_TEMP) {
		arc_work_close(
		    w, ARC_TEMPERROR, "the key could not be looked up");
		return NULL;
	}
	key = dkim_fit_find(c->keys, answer, &why);
	if (key == NULL) {
		arc_work_close(w, ARC_FAIL, why);
	} else if (!dkim_fit_key(c->arena, &w->of->sig, dkim_key_record(key),
		       c->options.bits_min, &outcome)) {
		arc_work_close(w, ARC_FAIL, outcome.problem);
		dkim_key_unref(&key);
	}
	return key;
}

/*
 * hash: of the header as it is signed; the answer has come. A field that is
 * not there any more, because there was no room for it, may be what the
 * signature misses.
 */
static void
arc_work_verify(struct arc_chain *c, struct arc_work *w,
    const uint8_t hash[HASH_SHA256_OCTETS])
{
	struct dkim_key *key = arc_work_key(c, w);

	if (key == NULL)
		return;
	if (dkim_key_verify(key, hash, w->of->sig.signature))
		arc_work_close(w, ARC_PASS, NULL);
	else if (c->list->anomalies & HEADER_OVERFULL)
		arc_work_close(w, ARC_TEMPERROR, "the header is over a limit");
	else
		arc_work_close(w, ARC_FAIL, "it does not match");
	dkim_key_unref(&key);
}

/* ---- the message ---------------------------------------------------------------- */

/*
 * The body against bh=. What stands behind l= octets could be anything, so
 * that it counts as altered (RFC 6376, 8.2).
 */
static void
arc_hop_body(struct arc_chain *c, struct arc_hop *hop)
{
	const struct dkim_sig *sig = &hop->message.of->sig;
	const struct dkim_body *body = dkim_message_hashed(c->dkim);

	if (hop->message.result != ARC_NONE)
		return;
	if (memcmp(dkim_body_hash(body, hop->variant), sig->body_hash.p,
		HASH_SHA256_OCTETS) != 0 ||
	    (sig->has_length &&
		dkim_body_octets(body, hop->whole) != (int64_t)sig->length))
		arc_work_close(
		    &hop->message, ARC_FAIL, "the body has been altered");
}

static void
arc_hop_message(struct arc_chain *c, size_t i)
{
	struct arc_hop *hop = &c->hop[i - 1];
	size_t field = arc_sets_get(c->sets, i)->field[ARC_MESSAGE];
	/* The signed text of a large header takes as much memory for each
	 * set; that goes at once. */
	struct arena *scratch = arena_new();
	uint8_t hash[HASH_SHA256_OCTETS];

	hash_sha256(dkim_headers_text(dkim_message_headers(c->dkim), scratch,
			&hop->message.of->sig, field),
	    hash);
	arc_work_verify(c, &hop->message, hash);
	arena_free(&scratch);
}

/* ---- the seals -------------------------------------------------------------------- */

/*
 * Each seal covers all sets up to its own (5.1.1), so that each hash goes on
 * from the one before: all of them take no longer than the last.
 */
static void
arc_chain_hash_seals(struct arc_chain *c)
{
	struct arena *scratch = arena_new();
	struct hash all;

	hash_start(&all);
	for (size_t i = 1; i <= c->outcome.instances; i++) {
		const struct arc_set *set = arc_sets_get(c->sets, i);
		const struct header_field *f[ARC_KINDS];
		struct hash own;

		for (size_t kind = 0; kind < ARC_KINDS; kind++)
			f[kind] = &c->list->field[set->field[kind]];
		hash_add(&all, dkim_header_relaxed(scratch, f[ARC_RESULTS]));
		hash_add(&all, dkim_header_relaxed(scratch, f[ARC_MESSAGE]));
		hash_copy(&own, &all);
		hash_add(&own, dkim_header_relaxed_own(
				   scratch, f[ARC_SEAL], set->seal.sig.b));
		hash_end(&own, c->hop[i - 1].sealed);
		hash_add(&all, dkim_header_relaxed(scratch, f[ARC_SEAL]));
		arena_reset(scratch);
	}
	hash_drop(&all);
	arena_free(&scratch);
}

/* ---- the verdict -------------------------------------------------------------------- */

static bool
arc_chain_answered(struct arc_chain *c)
{
	for (size_t i = 0; i < c->key_count; i++)
		if (dns_ask(c->dns, c->key_name[i], DNS_TXT)->status ==
		    DNS_PENDING)
			return false;
	return true;
}

/* 5.2, steps 4 and 6. */
static void
arc_chain_verify(struct arc_chain *c)
{
	size_t n = c->outcome.instances;

	arc_chain_hash_seals(c);
	if (c->hop[n - 1].message.result == ARC_NONE)
		arc_hop_message(c, n);
	for (size_t i = n; i > 0; i--)
		arc_work_verify(c, &c->hop[i - 1].seal, c->hop[i - 1].sealed);
}

/* 5.2, step 5. A key that cannot be looked up shows nothing. */
static void
arc_chain_oldest(struct arc_chain *c)
{
	size_t i = c->outcome.instances - 1;

	for (; i > 0; i--) {
		struct arc_hop *hop = &c->hop[i - 1];

		arc_hop_body(c, hop);
		if (hop->message.result == ARC_NONE)
			arc_hop_message(c, i);
		if (hop->message.result != ARC_PASS)
			break;
	}
	c->outcome.oldest_pass = i == 0 ? 0 : i + 1;
}

static void
arc_chain_end(struct arc_chain *c, enum arc_result result, const char *what,
    size_t i, const char *problem)
{
	c->outcome.result = result;
	c->outcome.problem =
	    arena_printf(c->arena, "%s of set %zu: %s", what, i, problem);
}

/* The first of what counts that has this result, from the newest on. */
static bool
arc_chain_has(struct arc_chain *c, enum arc_result result)
{
	size_t n = c->outcome.instances;
	const struct arc_work *w = &c->hop[n - 1].message;

	if (w->result == result) {
		arc_chain_end(
		    c, result, "the message signature", n, w->problem);
		return true;
	}
	for (size_t i = n; i > 0; i--) {
		w = &c->hop[i - 1].seal;
		if (w->result != result)
			continue;
		arc_chain_end(c, result, "the seal", i, w->problem);
		return true;
	}
	return false;
}

bool
arc_chain_judge(struct arc_chain *c)
{
	if (c->hop == NULL || c->judged)
		return true;
	arc_hop_body(c, &c->hop[c->outcome.instances - 1]);
	c->judged = arc_chain_has(c, ARC_FAIL);
	if (c->judged)
		return true;
	if (!arc_chain_answered(c))
		return false;
	c->judged = true;
	arc_chain_verify(c);
	if (arc_chain_has(c, ARC_FAIL) || arc_chain_has(c, ARC_TEMPERROR))
		return true;
	arc_chain_oldest(c);
	c->outcome.result = ARC_PASS;
	return true;
}

/* ---- for others ------------------------------------------------------------------------ */

const struct arc_outcome *
arc_chain_outcome(const struct arc_chain *c)
{
	return &c->outcome;
}

const struct arc_set *
arc_chain_set(const struct arc_chain *c, size_t i)
{
	return arc_sets_get(c->sets, i);
}

enum arc_result
arc_chain_seal(const struct arc_chain *c, size_t i)
{
	return c->hop == NULL || i == 0 || i > c->outcome.instances
		   ? ARC_NONE
		   : c->hop[i - 1].seal.result;
}

struct span
arc_chain_unsigned(struct arc_chain *c)
{
	size_t n = c->outcome.instances;

	if (c->outcome.result != ARC_PASS)
		return SPAN("");
	return dkim_headers_unsigned(dkim_message_headers(c->dkim), c->arena,
	    &c->hop[n - 1].message.of->sig,
	    arc_sets_get(c->sets, n)->field[ARC_MESSAGE]);
}

struct span
arc_chain_comment(const struct arc_chain *c)
{
	struct span text, ip = SPAN("");
	struct buf b;

	buf_init(&b, ARC_COMMENT_MAX);
	(void)buf_printf(&b, "arc=%s", arc_result_words[c->outcome.result]);
	for (size_t i = c->outcome.instances; i > 0; i--) {
		const struct dkim_sig *sig =
		    &arc_sets_get(c->sets, i)->seal.sig;

		/* Of a long chain the newest. */
		if (!buf_printf(&b, " as[%zu].d=%.*s as[%zu].s=%.*s", i,
			SPAN_FMT(sig->domain), i, SPAN_FMT(sig->selector)))
			break;
	}
	if (c->outcome.instances > 0)
		ip = arc_sets_get(c->sets, 1)->said.remote_ip;
	if (ip.n > 0)
		(void)buf_printf(&b, " remote-ip[1]=%.*s", SPAN_FMT(ip));
	text = arena_dup(c->arena, buf_span(&b));
	buf_free(&b);
	return text;
}
