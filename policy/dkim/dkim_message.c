/*
 * Verifies the DKIM signatures of one message: which are worth it, with which
 * keys, and what each comes to (RFC 6376, 6.1; RFC 8301; RFC 8463). Knows
 * nothing of facts, headers to be written and of what a result leads to.
 */
#include "config.h"

#include "policy/dkim/dkim_message.h"

#include <string.h>

#include "policy/dkim/dkim_fit.h"
#include "rules/base/panic.h"
#include "rules/text/domain.h"

/* A signature under work. */
struct dkim_work {
	struct dkim_signature signature;
	struct span key_name; /* "" when no key is asked for */
	bool open;            /* no outcome yet */
	size_t variant;       /* of the body: what the signature covers */
	size_t whole;         /* the same without l= */
};

struct dkim_message {
	struct arena *arena;
	struct dns_batch *dns;
	struct dkim_keys *keys;
	struct dkim_options options;
	struct dkim_work *work;
	size_t count, cap;
	size_t asked; /* keys asked for */
	bool cut, body_ended;
	const struct header_list *list;
	struct dkim_headers *headers;
	struct dkim_variant *variant;
	size_t variant_count, variant_cap;
	struct dkim_body *body; /* NULL when nothing is to be hashed, and
	                           before there is anything to hash */
};

struct dkim_message *
dkim_message_new(struct arena *a, struct dns_batch *dns, struct dkim_keys *keys,
    const struct dkim_options *options)
{
	struct dkim_message *dm = arena_alloc(a, sizeof(*dm));

	dm->arena = a;
	dm->dns = dns;
	dm->keys = keys;
	dm->options = *options;
	return dm;
}

void
dkim_message_free(struct dkim_message **dm)
{
	if (*dm != NULL)
		dkim_body_free(&(*dm)->body);
	*dm = NULL;
}

static void
dkim_work_close(struct dkim_work *w, enum dkim_result result,
    const char *problem, const char *rule)
{
	w->signature.outcome = (struct dkim_outcome){ result, problem, rule };
	w->open = false;
}

/* ---- the header ----------------------------------------------------------- */

static void
dkim_work_ask(struct dkim_message *dm, struct dkim_work *w)
{
	if (w->key_name.n > 0)
		return;
	w->key_name = dkim_sig_key_name(dm->arena, &w->signature.sig);
	(void)dns_ask(dm->dns, w->key_name, DNS_TXT);
	dm->asked++;
}

static void
dkim_work_length_fits(struct dkim_message *dm, struct dkim_work *w)
{
	w->open = dkim_fit_length(dm->arena, &w->signature.sig,
	    dm->options.bits_min, &w->signature.bits, &w->signature.outcome);
}

void
dkim_message_field(
    struct dkim_message *dm, const struct header_field *field, size_t at)
{
	struct dkim_work *w;

	if (dm->count == DKIM_FIELDS_MAX) {
		dm->cut = true;
		return;
	}
	dm->work = arena_grow(
	    dm->arena, dm->work, &dm->cap, dm->count + 1, sizeof(*dm->work));
	w = &dm->work[dm->count++];
	w->key_name = w->signature.unsigned_names = SPAN("");
	w->signature.field = at;
	w->open = dkim_sig_parse(dm->arena, field->raw, &dm->options.limits,
	    &w->signature.sig, &w->signature.outcome);
	if (w->open)
		dkim_work_length_fits(dm, w);
	/* From is not known yet, so the topmost ones it is. */
	if (w->open && dm->asked < dm->options.signatures)
		dkim_work_ask(dm, w);
}

/*
 * The domain of From, for the choice of signatures alone: whoever decides on
 * From parses it strictly elsewhere. "" when nothing looks like one.
 */
static struct span
dkim_from_domain(struct arena *a, const struct header_list *headers)
{
	struct span text = SPAN(""), domain;
	const char *why;
	size_t n = 0;

	for (size_t i = 0; i < headers->count; i++)
		if (span_case_is(headers->field[i].name, "from"))
			text = headers->field[i].value;
	text = span_slice(text, span_find_last(text, '@') + 1, text.n);
	while (n < text.n && !ascii_space(text.p[n]) && text.p[n] != '>' &&
	       text.p[n] != ',' && text.p[n] != '(')
		n++;
	return domain_to_ascii(span_slice(text, 0, n), a, &domain, &why)
		   ? domain
		   : SPAN("");
}

static bool
dkim_related(struct span a, struct span b)
{
	return domain_is_sub(a, b) || domain_is_sub(b, a);
}

/* Where the limit does not allow all of them, sets over_limit of the rest. */
static void
dkim_message_choose(struct dkim_message *dm)
{
	size_t left = dm->options.signatures, open = 0;
	struct span from;

	for (size_t i = 0; i < dm->count; i++)
		open += dm->work[i].open;
	if (open <= left)
		return;
	dm->cut = true;
	from = dkim_from_domain(dm->arena, dm->list);
	for (size_t i = 0; i < dm->count; i++) {
		struct dkim_signature *s = &dm->work[i].signature;

		s->over_limit =
		    dm->work[i].open &&
		    !(left > 0 && dkim_related(s->sig.domain, from));
		left -= dm->work[i].open && !s->over_limit;
	}
	for (size_t i = 0; i < dm->count && left > 0; i++) {
		struct dkim_signature *s = &dm->work[i].signature;

		left -= s->over_limit;
		s->over_limit = false;
	}
	for (size_t i = 0; i < dm->count; i++)
		if (dm->work[i].signature.over_limit)
			dkim_work_close(&dm->work[i], DKIM_POLICY,
			    "over the limit of signatures", "limit");
}

size_t
dkim_message_variant(struct dkim_message *dm, struct dkim_variant v)
{
	INVARIANT(dm->list != NULL && dm->body == NULL);
	for (size_t i = 0; i < dm->variant_count; i++)
		if (dm->variant[i].canon == v.canon &&
		    dm->variant[i].length == v.length)
			return i;
	dm->variant = arena_grow(dm->arena, dm->variant, &dm->variant_cap,
	    dm->variant_count + 1, sizeof(*dm->variant));
	dm->variant[dm->variant_count] = v;
	return dm->variant_count++;
}

static void
dkim_work_prepare(struct dkim_message *dm, struct dkim_work *w)
{
	const struct dkim_sig *sig = &w->signature.sig;

	dkim_work_ask(dm, w);
	w->whole = dkim_message_variant(
	    dm, (struct dkim_variant){ sig->body_canon, DKIM_LENGTH_ALL });
	w->variant = sig->has_length
			 ? dkim_message_variant(
			       dm, (struct dkim_variant){ sig->body_canon,
				       (int64_t)sig->length })
			 : w->whole;
}

void
dkim_message_header(struct dkim_message *dm, const struct header_list *headers)
{
	dm->list = headers;
	dkim_message_choose(dm);
	for (size_t i = 0; i < dm->count; i++)
		if (dm->work[i].open)
			dkim_work_prepare(dm, &dm->work[i]);
}

struct dkim_headers *
dkim_message_headers(struct dkim_message *dm)
{
	INVARIANT(dm->list != NULL);
	if (dm->headers == NULL)
		dm->headers = dkim_headers_new(dm->arena, dm->list);
	return dm->headers;
}

static void
dkim_message_begin(struct dkim_message *dm)
{
	if (dm->body == NULL && dm->variant_count > 0)
		dm->body = dkim_body_new(dm->variant, dm->variant_count);
}

void
dkim_message_body(struct dkim_message *dm, struct span chunk)
{
	dkim_message_begin(dm);
	if (dm->body != NULL)
		dkim_body_feed(dm->body, chunk);
}

const struct dkim_body *
dkim_message_hashed(struct dkim_message *dm)
{
	dkim_message_begin(dm);
	if (dm->body != NULL && !dm->body_ended)
		dkim_body_end(dm->body);
	dm->body_ended = true;
	return dm->body;
}

/* ---- the verdict ---------------------------------------------------------- */

static bool
dkim_work_key_fits(struct dkim_message *dm, struct dkim_work *w,
    const struct dkim_record *record)
{
	w->signature.testing = record->testing;
	w->signature.bits = record->bits;
	w->open = dkim_fit_key(dm->arena, &w->signature.sig, record,
	    dm->options.bits_min, &w->signature.outcome);
	return w->open;
}

static bool
dkim_work_body_matches(struct dkim_message *dm, struct dkim_work *w)
{
	const struct dkim_sig *sig = &w->signature.sig;

	if (sig->has_length &&
	    dkim_body_octets(dm->body, w->variant) < (int64_t)sig->length)
		dkim_work_close(w, DKIM_FAIL,
		    "the body is shorter than the signature says", NULL);
	else if (memcmp(dkim_body_hash(dm->body, w->variant), sig->body_hash.p,
		     HASH_SHA256_OCTETS) != 0)
		dkim_work_close(
		    w, DKIM_FAIL, "the body has been altered", NULL);
	w->signature.body = w->open ? DKIM_BODY_GOOD : DKIM_BODY_ALTERED;
	return w->open;
}

/* The key, or NULL with the outcome set. */
static struct dkim_key *
dkim_work_key(struct dkim_message *dm, struct dkim_work *w,
    const struct dns_answer *answer)
{
	struct dkim_key *key;
	const char *why;

	/* Whatever the key is, what is altered stays so: nobody shall put a
	 * verdict off by naming a key that nobody can look up. */
	if (answer->status == DNS_TEMP) {
		if (dm->body == NULL || dkim_work_body_matches(dm, w))
			dkim_work_close(w, DKIM_TEMPERROR,
			    "the key could not be looked up", NULL);
		return NULL;
	}
	key = dkim_fit_find(dm->keys, answer, &why);
	if (key == NULL)
		dkim_work_close(w, DKIM_PERMERROR, why, NULL);
	else if (!dkim_work_key_fits(dm, w, dkim_key_record(key)))
		dkim_key_unref(&key);
	return key;
}

static void
dkim_work_verify(
    struct dkim_message *dm, struct dkim_work *w, const struct dkim_key *key)
{
	const struct dkim_sig *sig = &w->signature.sig;
	uint8_t hash[HASH_SHA256_OCTETS];
	struct span doubled;

	if (!dkim_work_body_matches(dm, w))
		return;
	hash_sha256(dkim_headers_text(dkim_message_headers(dm), dm->arena, sig,
			w->signature.field),
	    hash);
	if (!dkim_key_verify(key, hash, sig->signature)) {
		if (dm->list->anomalies & HEADER_LIMIT)
			dkim_work_close(w, DKIM_POLICY,
			    "the header is over a limit", "limit");
		else
			dkim_work_close(
			    w, DKIM_FAIL, "the signature does not match", NULL);
		return;
	}
	w->signature.unsigned_names = dkim_headers_unsigned(
	    dm->headers, dm->arena, sig, w->signature.field);
	doubled = dkim_headers_doubled(dm->headers, sig, w->signature.field);
	/* 8.2: whoever appends to the body can replace what is seen of it. */
	if (dkim_body_octets(dm->body, w->whole) >
	    dkim_body_octets(dm->body, w->variant))
		dkim_work_close(w, DKIM_POLICY,
		    "something was appended to the signed body",
		    "unsigned-body");
	else if (doubled.n > 0)
		dkim_work_close(w, DKIM_POLICY,
		    arena_printf(dm->arena, "one more %.*s field is not signed",
			SPAN_FMT(doubled)),
		    "unsigned-field");
	else
		dkim_work_close(w, DKIM_PASS, NULL, NULL);
}

static void
dkim_work_judge(struct dkim_message *dm, struct dkim_work *w)
{
	struct dkim_key *key =
	    dkim_work_key(dm, w, dns_ask(dm->dns, w->key_name, DNS_TXT));

	if (key != NULL && dm->body == NULL)
		dkim_work_close(
		    w, DKIM_TEMPERROR, "the body was not seen", NULL);
	else if (key != NULL)
		dkim_work_verify(dm, w, key);
	dkim_key_unref(&key);
}

bool
dkim_message_judge(struct dkim_message *dm)
{
	bool waiting = false;

	(void)dkim_message_hashed(dm);
	for (size_t i = 0; i < dm->count; i++) {
		struct dkim_work *w = &dm->work[i];

		if (!w->open)
			continue;
		if (dns_ask(dm->dns, w->key_name, DNS_TXT)->status !=
		    DNS_PENDING)
			dkim_work_judge(dm, w);
		else if (dm->body == NULL || dkim_work_body_matches(dm, w))
			waiting = true;
	}
	return !waiting;
}

size_t
dkim_message_count(const struct dkim_message *dm)
{
	return dm->count;
}

const struct dkim_signature *
dkim_message_get(const struct dkim_message *dm, size_t i)
{
	return &dm->work[i].signature;
}

bool
dkim_message_cut(const struct dkim_message *dm)
{
	return dm->cut;
}

struct dkim_key *
dkim_message_key(struct dkim_message *dm, size_t i, bool *pending, bool *temp)
{
	const struct dkim_work *w = &dm->work[i];
	const struct dns_answer *answer;
	struct dkim_outcome outcome;
	struct dkim_key *key;
	const char *why;

	*pending = *temp = false;
	if (w->key_name.n == 0)
		return NULL;
	answer = dns_ask(dm->dns, w->key_name, DNS_TXT);
	*pending = answer->status == DNS_PENDING;
	*temp = answer->status == DNS_TEMP;
	key = dkim_fit_find(dm->keys, answer, &why);
	if (key != NULL &&
	    !dkim_fit_key(dm->arena, &w->signature.sig, dkim_key_record(key),
		dm->options.bits_min, &outcome))
		dkim_key_unref(&key);
	return key;
}

/* ---- header.b ------------------------------------------------------------- */

static size_t
dkim_common(struct span x, struct span y)
{
	size_t n = 0;

	while (n < x.n && n < y.n && x.p[n] == y.p[n])
		n++;
	return n;
}

struct span
dkim_message_b(const struct dkim_message *dm, size_t i)
{
	struct span own = dm->work[i].signature.sig.b_packed;
	size_t n = 8;

	for (size_t k = 0; k < dm->count; k++) {
		size_t common =
		    dkim_common(own, dm->work[k].signature.sig.b_packed);

		/* Of two equal ones no part tells them apart. */
		if (k != i && common >= n && common < own.n)
			n = common + 1;
	}
	return span_slice(own, 0, n);
}
