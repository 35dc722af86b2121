/*
 * Reads DKIM-Signature fields. Every tag is one row: how it is understood and
 * what is wrong when it can't be (RFC 6376, 3.5 and 6.1.1). Knows no key, no
 * message and no clock: the time to judge at is an argument.
 *
 * libopendkim's own parser was not taken for this: it drops malformed fields
 * or leaves half of them NULL, refuses the U-labels of RFC 8616, takes its
 * time from the wall clock, and lets duplicate tags by.
 */
#include "config.h"

#include "policy/dkim/dkim_sig.h"

#include <string.h>

#include "rules/base/utf8.h"
#include "rules/text/domain.h"
#include "rules/text/rune.h"

const char *const dkim_result_words[DKIM_RESULT_COUNT + 1] = { "pass", "fail",
	"policy", "neutral", "temperror", "permerror", NULL };

const char *const dkim_algorithm_names[DKIM_ALGORITHM_COUNT] = { "",
	"rsa-sha256", "ed25519-sha256", "rsa-sha1" };

/* What the readers of the tags share. */
struct dkim_reader {
	enum dkim_form form;
	struct arena *arena;
	const struct dkim_tags *tags;
	const struct dkim_sig_limits *limits;
	struct dkim_sig *sig;
	bool has_time, has_expiry;
	uint64_t time_s, expiry_s;
};

/* Each returns what is wrong, or NULL. value.p is NULL for a missing tag. */
typedef const char *dkim_read(struct dkim_reader *r, struct span value);

static const char *
dkim_read_version(struct dkim_reader *r, struct span value)
{
	(void)r;
	return span_is(value, "1") ? NULL : "unknown version";
}

/*
 * What may stand in d= and s= is decided here once, for everything behind: a
 * NUL, a quote or a parenthesis would mean something else to whoever reads
 * the domain from a header or a log (CVE-2020-12272).
 */
static const char *
dkim_read_domain(struct dkim_reader *r, struct span value)
{
	const char *why;

	/* By 3.5 it has two labels at least: nobody signs for a top level. */
	if (!domain_to_ascii(value, r->arena, &r->sig->domain, &why) ||
	    domain_labels(r->sig->domain) < 2) {
		r->sig->domain = SPAN("");
		return "d= is no domain name";
	}
	return NULL;
}

static const char *
dkim_read_selector(struct dkim_reader *r, struct span value)
{
	const char *why;
	struct span name;

	r->sig->selector = SPAN("");
	if (value.n == 0 || value.n > DOMAIN_OCTETS_MAX ||
	    span_find(value, '\0') != SIZE_MAX)
		return "s= is no selector";
	/* Judged with a label in front: a selector may well look like an IP
	 * address, which no domain may. */
	name = span_of(arena_printf(r->arena, "s.%.*s", SPAN_FMT(value)));
	if (!domain_to_ascii(name, r->arena, &name, &why))
		return "s= is no selector";
	r->sig->selector = span_slice(name, 2, name.n);
	return NULL;
}

static const char *
dkim_read_algorithm(struct dkim_reader *r, struct span value)
{
	for (size_t i = 1; i < DKIM_ALGORITHM_COUNT; i++)
		if (span_case_is(value, dkim_algorithm_names[i]))
			r->sig->algorithm = (enum dkim_algorithm)i;
	return r->sig->algorithm == DKIM_ALGORITHM_NONE ? "unknown algorithm"
							: NULL;
}

static bool
dkim_canon_of(struct span word, enum dkim_canon *out)
{
	*out = span_case_is(word, "relaxed") ? DKIM_RELAXED : DKIM_SIMPLE;
	return *out == DKIM_RELAXED || span_case_is(word, "simple");
}

static const char *
dkim_read_canon(struct dkim_reader *r, struct span value)
{
	struct span header;

	if (value.p == NULL)
		return NULL; /* simple/simple, or what the form has */
	r->sig->body_canon = DKIM_SIMPLE;
	if (!dkim_tags_item(&value, '/', &header) ||
	    !dkim_canon_of(header, &r->sig->header_canon))
		return "unknown canonicalization";
	if (value.p != NULL &&
	    !dkim_canon_of(span_trim(value), &r->sig->body_canon))
		return "unknown canonicalization";
	return NULL;
}

static const char *
dkim_read_query(struct dkim_reader *r, struct span value)
{
	struct span method;

	(void)r;
	if (value.p == NULL)
		return NULL;
	while (dkim_tags_item(&value, ':', &method))
		if (span_case_is(method, "dns/txt") ||
		    span_case_is(method, "dns"))
			return NULL;
	return "unknown query method";
}

static const char *
dkim_read_names(struct dkim_reader *r, struct span value)
{
	size_t most = 1;
	bool from = false;

	for (size_t i = 0; i < value.n; i++)
		most += value.p[i] == ':';
	if (most > DKIM_SIGNED_NAMES_MAX)
		return "too many names in h=";
	if (value.n == 0 && r->form == DKIM_FORM_SIGNATURE)
		return "h= is empty";
	r->sig->name = arena_array(r->arena, most, sizeof(*r->sig->name));
	for (struct span name; dkim_tags_item(&value, ':', &name);) {
		from = from || span_case_is(name, "from");
		r->sig->name[r->sig->name_count++] = name;
	}
	return from || r->form != DKIM_FORM_SIGNATURE ? NULL
						      : "From is not signed";
}

static const char *
dkim_read_body_hash(struct dkim_reader *r, struct span value)
{
	if (!dkim_base64(r->arena, value, &r->sig->body_hash))
		return "bh= is not base64";
	if (r->sig->body_hash.n != HASH_SHA256_OCTETS &&
	    r->sig->algorithm != DKIM_RSA_SHA1)
		return "bh= has the wrong length";
	return NULL;
}

static struct span
dkim_pack(struct arena *a, struct span text)
{
	char *out = arena_alloc(a, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		if (!ascii_space(text.p[i]))
			out[n++] = text.p[i];
	return span_make(out, n);
}

static const char *
dkim_read_b(struct dkim_reader *r, struct span value)
{
	r->sig->b = value;
	if (!dkim_base64(r->arena, value, &r->sig->signature))
		return "b= is not base64";
	r->sig->b_packed = dkim_pack(r->arena, value);
	return r->sig->signature.n == 0 ? "b= is empty" : NULL;
}

static const char *
dkim_read_length(struct dkim_reader *r, struct span value)
{
	if (value.p == NULL)
		return NULL;
	r->sig->has_length = true;
	/* 3.5 allows 76 digits; no message has more octets than this. */
	return span_number(value, &r->sig->length) &&
		       r->sig->length <= INT64_MAX / 2
		   ? NULL
		   : "l= is no length";
}

static const char *
dkim_read_time(struct dkim_reader *r, struct span value)
{
	if (value.p == NULL)
		return NULL;
	r->has_time = true;
	if (!span_number(value, &r->time_s) || r->time_s > INT64_MAX / 2)
		return "t= is no time";
	r->sig->has_time = true;
	r->sig->time_s = (int64_t)r->time_s;
	if ((int64_t)r->time_s > r->limits->now_s + r->limits->skew_s)
		return "signed in the future";
	return NULL;
}

static const char *
dkim_read_expiry(struct dkim_reader *r, struct span value)
{
	if (value.p == NULL)
		return NULL;
	if (!span_number(value, &r->expiry_s) || r->expiry_s > INT64_MAX / 2)
		return "x= is no time";
	if (r->has_time && r->expiry_s <= r->time_s)
		return "x= is not after t=";
	if (r->limits->now_s - r->limits->skew_s >= (int64_t)r->expiry_s)
		return "the signature has expired";
	return NULL;
}

/* dkim-quoted-printable (2.11): =XX, and white space that means nothing. */
static struct span
dkim_unquote(struct arena *a, struct span text)
{
	static const char digits[] = "0123456789ABCDEF";
	char *out = arena_alloc(a, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		const char *high = NULL, *low = NULL;

		if (text.p[i] == '=' && i + 2 < text.n) {
			high = memchr(digits, text.p[i + 1], 16);
			low = memchr(digits, text.p[i + 2], 16);
		}
		if (high != NULL && low != NULL) {
			out[n++] =
			    (char)((high - digits) << 4 | (low - digits));
			i += 2;
		} else if (!ascii_space(text.p[i])) {
			out[n++] = text.p[i];
		}
	}
	return span_make(out, n);
}

/* Valid UTF-8 that neither hides nor controls anything when it is shown. */
static bool
dkim_text_shows(struct span text)
{
	for (size_t i = 0, n; i < text.n; i += n) {
		uint32_t rune;

		n = utf8_next(text, i, &rune);
		if (rune == UTF8_BAD || rune < 0x20 ||
		    (rune >= 0x7f && rune < 0xa0) || rune_invisible(rune) ||
		    rune_bidi(rune))
			return false;
	}
	return true;
}

static const char *
dkim_read_identity(struct dkim_reader *r, struct span value)
{
	struct dkim_sig *sig = r->sig;
	struct span text, domain;
	const char *why;
	size_t at;

	sig->exact_identity = true;
	if (value.p == NULL) {
		sig->identity = span_of(
		    arena_printf(r->arena, "@%.*s", SPAN_FMT(sig->domain)));
		return NULL;
	}
	text = dkim_unquote(r->arena, value);
	at = span_find_last(text, '@');
	if (at == SIZE_MAX || !domain_to_ascii(span_slice(text, at + 1, text.n),
				  r->arena, &domain, &why))
		return "i= is no identity";
	if (dkim_text_shows(text))
		sig->identity = text;
	if (!domain_is_sub(domain, sig->domain))
		return "i= is outside of d=";
	sig->exact_identity = span_eq(domain, sig->domain);
	return NULL;
}

/*
 * In the order in which they are read; readers rely on those above them. The
 * first that is wrong decides, so what names the signature comes first: a
 * result can then say whose signature it was.
 */
#define DKIM_ROW_ALL     0
#define DKIM_ROW_BODY    1 /* in no seal */
#define DKIM_ROW_NOT_ARC 2
static const struct dkim_tag_row {
	const char *name;
	const char *missing; /* NULL: the tag may be missing */
	dkim_read *read;
	int where;
} dkim_tag_rows[] = {
	{ "d", "d= is missing", dkim_read_domain, DKIM_ROW_ALL },
	{ "s", "s= is missing", dkim_read_selector, DKIM_ROW_ALL },
	{ "a", "a= is missing", dkim_read_algorithm, DKIM_ROW_ALL },
	{ "b", "b= is missing", dkim_read_b, DKIM_ROW_ALL },
	{ "i", NULL, dkim_read_identity, DKIM_ROW_NOT_ARC },
	{ "v", "v= is missing", dkim_read_version, DKIM_ROW_NOT_ARC },
	{ "c", NULL, dkim_read_canon, DKIM_ROW_BODY },
	{ "q", NULL, dkim_read_query, DKIM_ROW_BODY },
	{ "h", "h= is missing", dkim_read_names, DKIM_ROW_BODY },
	{ "bh", "bh= is missing", dkim_read_body_hash, DKIM_ROW_BODY },
	{ "l", NULL, dkim_read_length, DKIM_ROW_BODY },
	{ "t", NULL, dkim_read_time, DKIM_ROW_ALL },
	{ "x", NULL, dkim_read_expiry, DKIM_ROW_BODY },
};

static bool
dkim_row_applies(const struct dkim_tag_row *row, enum dkim_form form)
{
	return form == DKIM_FORM_SIGNATURE || row->where == DKIM_ROW_ALL ||
	       (form == DKIM_FORM_ARC_MESSAGE && row->where == DKIM_ROW_BODY);
}

/* Reads all tags, so that a fault in one leaves the others to be shown. */
static const char *
dkim_read_all(struct dkim_reader *r)
{
	const char *problem = NULL;

	for (size_t i = 0; i < ARRAY_COUNT(dkim_tag_rows); i++) {
		const struct dkim_tag_row *row = &dkim_tag_rows[i];
		const struct dkim_tag *tag = dkim_tags_get(r->tags, row->name);
		const char *wrong;

		if (!dkim_row_applies(row, r->form))
			continue;
		if (tag == NULL && row->missing != NULL)
			wrong = row->missing;
		else
			wrong = row->read(r, tag != NULL
						 ? tag->value
						 : (struct span){ NULL, 0 });
		if (problem == NULL)
			problem = wrong;
	}
	return problem;
}

static void
dkim_sig_nothing(struct dkim_sig *out)
{
	*out = (struct dkim_sig){ .domain = SPAN(""),
		.selector = SPAN(""),
		.identity = SPAN(""),
		.b = SPAN(""),
		.b_packed = SPAN("") };
}

bool
dkim_sig_read(struct arena *a, enum dkim_form form,
    const struct dkim_tags *tags, const struct dkim_sig_limits *limits,
    struct dkim_sig *out, struct dkim_outcome *outcome)
{
	struct dkim_reader r = {
		.form = form,
		.arena = a,
		.tags = tags,
		.limits = limits,
		.sig = out,
	};
	const char *problem;

	dkim_sig_nothing(out);
	if (form != DKIM_FORM_SIGNATURE) {
		/* Nobody is named but by d=. Seals are always relaxed, and
		 * where c= is missing, which RFC 8617 leaves to DKIM's rule of
		 * simple/simple, those who do ARC take it for that, too. */
		out->exact_identity = true;
		out->header_canon = out->body_canon = DKIM_RELAXED;
	}
	problem = dkim_read_all(&r);
	if (problem != NULL) {
		*outcome =
		    (struct dkim_outcome){ DKIM_PERMERROR, problem, NULL };
		return false;
	}
	if (out->algorithm == DKIM_RSA_SHA1) {
		*outcome = (struct dkim_outcome){ DKIM_POLICY,
			"rsa-sha1 is not accepted", "weak-hash" };
		return false;
	}
	return true;
}

bool
dkim_sig_parse(struct arena *a, struct span raw,
    const struct dkim_sig_limits *limits, struct dkim_sig *out,
    struct dkim_outcome *outcome)
{
	struct dkim_tags tags;
	const char *problem;

	dkim_sig_nothing(out);
	if (raw.n > DKIM_FIELD_OCTETS_MAX) {
		*outcome = (struct dkim_outcome){ DKIM_POLICY,
			"the signature field is too long", "limit" };
		return false;
	}
	if (!dkim_tags_parse(raw, &tags, &problem)) {
		/* RFC 8601, 2.7.1: neutral is what could not be read at all. */
		*outcome =
		    (struct dkim_outcome){ tags.count == 0 ? DKIM_NEUTRAL
							   : DKIM_PERMERROR,
			    problem, NULL };
		return false;
	}
	return dkim_sig_read(
	    a, DKIM_FORM_SIGNATURE, &tags, limits, out, outcome);
}

struct span
dkim_sig_key_name(struct arena *a, const struct dkim_sig *sig)
{
	return span_of(arena_printf(a, "%.*s._domainkey.%.*s",
	    SPAN_FMT(sig->selector), SPAN_FMT(sig->domain)));
}
