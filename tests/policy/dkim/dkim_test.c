/*
 * DKIM signatures by other people's signers (tests/data/dkim/make.py), whole
 * and altered, with key records as they are published and worse.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/dkim/dkim_message.h"
#include "policy/dkim/dkim_record.h"
#include "rules/base/buf.h"
#include "tests/kit/dkim_data.h"

#define NOW     DKIM_DATA_TIME
#define RSA2048 "r2048._domainkey.example.org"
#define RECORD  "$r2048" /* the p= of that key */

/* text with the first from replaced; a from that is missing fails. */
static struct span
replace(struct arena *a, const char *label, struct span text, const char *from,
    struct span to)
{
	size_t at = span_search(text, span_of(from));
	struct buf b;
	struct span out;

	if (at == SIZE_MAX)
		fail_msg("%s: no \"%s\" in it", label, from);
	buf_init(&b, 1 << 20);
	(void)buf_add(&b, span_slice(text, 0, at));
	(void)buf_add(&b, to);
	(void)buf_add(&b, span_slice(text, at + strlen(from), text.n));
	out = arena_dup(a, buf_span(&b));
	buf_free(&b);
	return out;
}

/* The records of keys.txt, and one more: "NAME RECORD", or "NAME !RCODE". */
static struct dns_zone *
zone_of(struct arena *a, const char *label, const char *more)
{
	struct span extra = span_of(more), name = SPAN(""), line, p;
	struct dns_zone *zone;

	(void)span_cut(&extra, ' ', &name);
	zone = dkim_data_zone(a, name);
	if (span_starts(extra, SPAN("!"))) {
		assert_true(
		    dns_zone_rcode(zone, name, span_slice(extra, 1, extra.n)));
		return zone;
	}
	p = dkim_data_record(a, SPAN(RSA2048));
	p = span_slice(p, span_search(p, SPAN("p=")) + 2, p.n);
	/* "|" stands between two records. */
	while (span_cut(&extra, '|', &line)) {
		if (span_search(line, SPAN(RECORD)) != SIZE_MAX)
			line = replace(a, label, line, RECORD, p);
		dns_zone_txt(zone, name, line);
	}
	return zone;
}

/* One message judged, as "RESULT: PROBLEM; RESULT: PROBLEM". */
struct judged {
	struct buf text;
	struct span unsigned_names; /* of the first signature */
	unsigned bits;
	char b[32];
};

struct judging {
	const char *label;
	struct span message;
	struct dns_zone *zone;
	int64_t time_s;
	size_t signatures;
	size_t piece; /* octets of the body at a time */
};

static void
feed(struct dkim_message *dm, struct span message, struct header_list *list,
    size_t piece)
{
	struct span body;
	unsigned anomalies = 0;

	header_split(message, list, &body, &anomalies);
	for (size_t i = 0; i < list->count; i++)
		if (span_case_is(list->field[i].name, "dkim-signature"))
			dkim_message_field(dm, &list->field[i], i);
	dkim_message_header(dm, list);
	for (size_t i = 0; i < body.n; i += piece)
		dkim_message_body(dm, span_slice(body, i, i + piece));
}

static void
report(const struct dkim_message *dm, struct arena *keep, struct judged *out)
{
	for (size_t i = 0; i < dkim_message_count(dm); i++) {
		const struct dkim_signature *s = dkim_message_get(dm, i);
		const char *problem = s->outcome.problem;

		(void)buf_printf(&out->text, "%s%s%s%s", i > 0 ? "; " : "",
		    dkim_result_words[s->outcome.result],
		    problem != NULL ? ": " : "",
		    problem != NULL ? problem : "");
		if (i > 0)
			continue;
		out->unsigned_names = arena_dup(keep, s->unsigned_names);
		out->bits = s->bits;
		(void)snprintf(out->b, sizeof(out->b), "%.*s",
		    SPAN_FMT(dkim_message_b(dm, 0)));
	}
	(void)buf_addc(&out->text, '\0');
}

static void
judge(const struct judging *j, struct dkim_keys *keys, struct arena *keep,
    struct judged *out)
{
	struct arena *a = arena_new();
	struct resolver *resolver = resolver_zone(j->zone);
	struct dns_batch *dns = dns_batch_new(resolver, a);
	struct dkim_options options = { .signatures = j->signatures,
		.bits_min = 1024,
		.limits = { .now_s = j->time_s, .skew_s = 300 } };
	struct dkim_message *dm = dkim_message_new(a, dns, keys, &options);
	struct header_list list;

	header_list_init(&list, a);
	feed(dm, j->message, &list, j->piece);
	while (!dkim_message_judge(dm))
		assert_true(dns_join(dns, INT64_MAX));
	report(dm, keep, out);
	dkim_message_free(&dm);
	dns_batch_free(&dns);
	resolver_free(&resolver);
	arena_free(&a);
}

/* ---- messages ------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *label, *file;
	const char *from, *to; /* alters the message; NULL: leaves it alone */
	const char *zone;      /* see zone_of */
	int64_t later_s;
	const char *want;
} message_rows[] = {
	{ "simple/simple", "simple-simple", NULL, NULL, NULL, 0, "pass" },
	{ "simple/relaxed", "simple-relaxed", NULL, NULL, NULL, 0, "pass" },
	{ "relaxed/simple", "relaxed-simple", NULL, NULL, NULL, 0, "pass" },
	{ "relaxed/relaxed", "relaxed-relaxed", NULL, NULL, NULL, 0, "pass" },
	{ "libopendkim relaxed", "opendkim-relaxed", NULL, NULL, NULL, 0, "pass" },
	{ "libopendkim simple", "opendkim-simple", NULL, NULL, NULL, 0, "pass" },
	{ "RSA 1024", "rsa1024", NULL, NULL, NULL, 0, "pass" },
	{ "RSA 4096", "rsa4096", NULL, NULL, NULL, 0, "pass" },
	{ "RSA 512", "rsa512", NULL, NULL, NULL, 0,
	    "policy: an RSA key of 512 bits is too short" },
	{ "PKCS#1 key", "pkcs1", NULL, NULL, NULL, 0, "pass" },
	{ "Ed25519", "ed25519", NULL, NULL, NULL, 0, "pass" },
	{ "Ed25519, altered header", "ed25519", "plain", "plane", NULL, 0,
	    "fail: the signature does not match" },
	{ "two algorithms", "dual", NULL, NULL, NULL, 0, "pass; pass" },
	{ "rsa-sha1", "sha1", NULL, NULL, NULL, 0,
	    "policy: rsa-sha1 is not accepted" },
	{ "no signature", "few", "DKIM-Signature", "X-Signature", NULL, 0, "" },

	{ "altered body", "relaxed-relaxed", "Hello", "Hallo", NULL, 0,
	    "fail: the body has been altered" },
	{ "appended body", "relaxed-relaxed", "Alice\r\n", "Alice\r\nP.S.\r\n", NULL, 0,
	    "fail: the body has been altered" },
	{ "altered subject", "relaxed-relaxed", "plain", "plane", NULL, 0,
	    "fail: the signature does not match" },
	{ "altered received", "relaxed-relaxed", "mail.example.org", "x", NULL, 0, "pass" },
	{ "second subject on top", "relaxed-relaxed", "Received:",
	    "Subject: new\r\nReceived:", NULL, 0,
	    "policy: one more subject field is not signed" },
	{ "second from on top", "relaxed-relaxed", "Received:",
	    "FROM: x@y.example\r\nReceived:", NULL, 0,
	    "policy: one more from field is not signed" },
	{ "second to on top", "relaxed-relaxed", "Received:",
	    "To : x@y.example\r\nReceived:", NULL, 0,
	    "policy: one more to field is not signed" },
	{ "second date on top", "relaxed-relaxed", "Received:",
	    "Date:\r\nReceived:", NULL, 0,
	    "policy: one more date field is not signed" },
	{ "second content-type on top", "relaxed-relaxed", "Received:",
	    "Content-Type: text/html\r\nReceived:", NULL, 0,
	    "policy: one more content-type field is not signed" },
	{ "second message-id on top", "relaxed-relaxed", "Received:",
	    "Message-ID: <x@y.example>\r\nReceived:", NULL, 0,
	    "policy: one more message-id field is not signed" },
	{ "second subject, none signed", "few", "Received:",
	    "Subject: new\r\nReceived:", NULL, 0,
	    "policy: one more subject field is not signed" },
	{ "second message-id, none signed", "few", "Received:",
	    "Message-ID: <x@y.example>\r\nReceived:", NULL, 0, "pass" },
	{ "second received on top", "relaxed-relaxed", "Received:",
	    "Received: by x\r\nReceived:", NULL, 0, "pass" },
	{ "second subject below", "relaxed-relaxed", "Date:",
	    "Subject: new\r\nDate:", NULL, 0, "fail: the signature does not match" },
	{ "second subject, oversigned", "oversigned", "Received:",
	    "Subject: new\r\nReceived:", NULL, 0, "fail: the signature does not match" },
	{ "second from, oversigned", "oversigned", "Received:",
	    "From: x@y.example\r\nReceived:", NULL, 0, "fail: the signature does not match" },
	{ "absent field appears", "oversigned", "Received:",
	    "X-None:\r\nReceived:", NULL, 0, "fail: the signature does not match" },
	{ "oversigned", "oversigned", NULL, NULL, NULL, 0, "pass" },
	{ "fields of one name, from the bottom", "order", NULL, NULL, NULL, 0, "pass" },
	{ "fields of one name, the top one altered", "order", "Twice: top", "Twice: t", NULL, 0,
	    "pass" },
	{ "fields of one name, the bottom one altered", "order", "Twice: bottom", "Twice: b",
	    NULL, 0, "fail: the signature does not match" },
	{ "a signature over another", "chained", NULL, NULL, NULL, 0, "pass; pass" },
	{ "no From in the message", "no-from", NULL, NULL, NULL, 0, "pass" },

	{ "relaxed lets white space by", "relaxed-relaxed", "Alice   Example",
	    "Alice Example\r\n\t", NULL, 0, "pass" },
	{ "relaxed lets case of names by", "relaxed-relaxed", "Subject:",
	    "SUBJECT :", NULL, 0, "pass" },
	{ "relaxed body lets white space by", "relaxed-relaxed", "Hello  Bob,", "Hello Bob, \t",
	    NULL, 0, "pass" },
	{ "simple minds white space", "simple-simple", "Alice   Example",
	    "Alice Example", NULL, 0, "fail: the signature does not match" },
	{ "simple body minds white space", "simple-simple", "Hello  Bob", "Hello Bob", NULL, 0,
	    "fail: the body has been altered" },
	{ "folds with bare LF, as milter has them", "simple-simple", "plain\r\n\tmessage",
	    "plain\n\tmessage", NULL, 0, "pass" },
	{ "empty body, simple", "empty-body", NULL, NULL, NULL, 0, "pass" },
	{ "empty body, relaxed", "empty-relaxed", NULL, NULL, NULL, 0, "pass" },
	{ "body of blank lines", "blank-body", NULL, NULL, NULL, 0, "pass" },
	{ "blank lines at the end", "blank-lines", NULL, NULL, NULL, 0, "pass" },
	{ "blank lines cut off", "blank-lines", "Alice\r\n\r\n\r\n\r\n", "Alice\r\n", NULL, 0,
	    "pass" },
	{ "no line end at the end, simple", "simple-simple", "Alice\r\n", "Alice", NULL, 0,
	    "pass" },
	{ "no line end at the end, relaxed", "relaxed-relaxed", "Alice\r\n", "Alice", NULL, 0,
	    "pass" },
	{ "white space wherever it may be", "spaced", NULL, NULL, NULL, 0, "pass" },

	{ "l= covers all", "length", NULL, NULL, NULL, 0, "pass" },
	{ "l= with a tail", "length", "Alice\r\n", "Alice\r\nBuy!\r\n", NULL, 0,
	    "policy: something was appended to the signed body" },
	{ "l= altered inside", "length", "Hello", "Hallo", NULL, 0,
	    "fail: the body has been altered" },
	{ "l= longer than the body", "length", "Yours, ", "", NULL, 0,
	    "fail: the body is shorter than the signature says" },
	{ "l= made larger", "length", " l=", " l=1", NULL, 0,
	    "fail: the body is shorter than the signature says" },

	{ "x= to come", "expires", NULL, NULL, NULL, 3000, "pass" },
	{ "x= past, within the skew", "expires", NULL, NULL, NULL, 3600 + 299, "pass" },
	{ "x= past", "expires", NULL, NULL, NULL, 3600 + 300,
	    "permerror: the signature has expired" },
	{ "t= in the future", "future", NULL, NULL, NULL, 0,
	    "permerror: signed in the future" },
	{ "t= in the future, within the skew", "future", NULL, NULL, NULL, 7200 - 300, "pass" },
	{ "long ago", "relaxed-relaxed", NULL, NULL, NULL, 900000000, "pass" },
	{ "no t=, i= and q=", "no-time", NULL, NULL, NULL, -900000000, "pass" },
	{ "U-labels", "eai", NULL, NULL, NULL, 0, "pass" },
	{ "i= below d=", "identity", NULL, NULL, NULL, 0, "pass" },
	{ "i= below d=, t=s", "identity", NULL, NULL, RSA2048 " v=DKIM1; t=s; p=" RECORD, 0,
	    "permerror: the key does not allow i= below d=" },
	{ "i= equal to d=, t=s", "relaxed-relaxed", NULL, NULL,
	    RSA2048 " v=DKIM1; t=x:s; p=" RECORD, 0, "pass" },

	{ "no key", "relaxed-relaxed", NULL, NULL, RSA2048 " !NXDOMAIN", 0,
	    "permerror: no key" },
	{ "DNS fails", "relaxed-relaxed", NULL, NULL, RSA2048 " !SERVFAIL", 0,
	    "temperror: the key could not be looked up" },
	{ "DNS fails, but the body has been altered", "relaxed-relaxed", "Hello", "Hallo",
	    RSA2048 " !SERVFAIL", 0, "fail: the body has been altered" },
	{ "DNS fails, but nothing of l= is there", "length", "Yours, ", "",
	    RSA2048 " !TIMEOUT", 0,
	    "fail: the body is shorter than the signature says" },
	{ "DNS fails, but it has expired", "expires", NULL, NULL, RSA2048 " !SERVFAIL", 3600 + 300,
	    "permerror: the signature has expired" },
	{ "DNS fails, but no key is so short", "relaxed-relaxed", " b=", " b=QUJD; z=",
	    RSA2048 " !SERVFAIL", 0, "policy: an RSA key of 24 bits is too short" },
	{ "DNS fails, but Ed25519 makes 64 octets", "ed25519", " b=", " b=QUJD; z=",
	    "ed._domainkey.example.org !SERVFAIL", 0,
	    "fail: b= is longer or shorter than any key makes it" },
	{ "DNS is silent", "relaxed-relaxed", NULL, NULL, RSA2048 " !TIMEOUT", 0,
	    "temperror: the key could not be looked up" },
	{ "DNS fails for one of two", "dual", NULL, NULL, RSA2048 " !TIMEOUT", 0,
	    "temperror: the key could not be looked up; pass" },
	{ "another key", "relaxed-relaxed", NULL, NULL, RSA2048
	    " v=DKIM1; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANv5", 0,
	    "permerror: the key is no RSA public key" },
	{ "revoked", "relaxed-relaxed", NULL, NULL, RSA2048 " v=DKIM1; p=", 0,
	    "permerror: the key is revoked" },
	{ "a record of something else", "relaxed-relaxed", NULL, NULL, RSA2048 " v=spf1 -all", 0,
	    "permerror: no key record among the TXT records" },
	{ "beside a record of something else", "relaxed-relaxed", NULL, NULL,
	    RSA2048 " v=spf1 -all|v=DKIM1; p=" RECORD, 0, "pass" },
	{ "two records", "relaxed-relaxed", NULL, NULL,
	    RSA2048 " k=rsa; p=" RECORD "|v=DKIM1; p=" RECORD, 0,
	    "permerror: more than one key record" },
	{ "the same record twice", "relaxed-relaxed", NULL, NULL,
	    RSA2048 " v=DKIM1; p=" RECORD "|v=DKIM1; p=" RECORD, 0, "pass" },
	{ "h= allows sha1 alone", "relaxed-relaxed", NULL, NULL,
	    RSA2048 " v=DKIM1; h=sha1; p=" RECORD, 0,
	    "permerror: the key does not allow sha256" },
	{ "h= allows both", "relaxed-relaxed", NULL, NULL,
	    RSA2048 " v=DKIM1; h=sha1 : sha256; p=" RECORD, 0, "pass" },
	{ "k= is another algorithm", "relaxed-relaxed", NULL, NULL, RSA2048
	    " k=ed25519; p=yj9ExCDb4PD4Ny6P6skFPKdQhUGnv4ioyj9ExCDb4PA=", 0,
	    "permerror: the key is for another algorithm" },
	{ "Ed25519 by an RSA key", "ed25519", NULL, NULL,
	    "ed._domainkey.example.org v=DKIM1; p=" RECORD, 0,
	    "permerror: the key is for another algorithm" },
	{ "a long note before the key", "relaxed-relaxed", NULL, NULL, RSA2048
	    " v=DKIM1; n=" "0123456789012345678901234567890123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789012345678901234567890123456789"
	    " \xc3\xa9; p=" RECORD, 0, "pass" },
};
/* clang-format on */

static void
test_messages(void **state)
{
	struct dkim_keys *keys = dkim_keys_new(4);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(message_rows) * 4; i++) {
		struct arena *a = arena_new();
		const size_t r = i / 4;
		const char *label = message_rows[r].label;
		struct judging j = { .label = label,
			.signatures = 10,
			.time_s = NOW + message_rows[r].later_s,
			.piece = i % 2 == 0 ? 1 << 20 : 1 };
		struct judged out = { .bits = 0 };

		if (table_wants(label)) {
			j.message = dkim_data_read(
			    a, arena_printf(a, "%s.eml", message_rows[r].file));
			if (message_rows[r].from != NULL)
				j.message = replace(a, label, j.message,
				    message_rows[r].from,
				    span_of(message_rows[r].to));
			j.zone = zone_of(a, label, message_rows[r].zone);
			dns_zone_hesitate(j.zone, i % 4 >= 2);
			buf_init(&out.text, 4096);
			judge(&j, keys, a, &out);
			table_text(
			    label, "result", out.text.p, message_rows[r].want);
			buf_free(&out.text);
			dns_zone_free(&j.zone);
		}
		arena_free(&a);
	}
	dkim_keys_free(&keys);
	table_end();
}

/* ---- many signatures ------------------------------------------------------ */

/* message with count copies of this field on top; "#" in it is numbered. */
static struct span
many(struct arena *a, struct span message, const char *field, size_t count)
{
	struct buf b;
	struct span out;
	size_t at = span_search(span_of(field), SPAN("#"));

	buf_init(&b, 8 << 20);
	for (size_t i = 0; i < count; i++) {
		(void)buf_add(&b, span_slice(span_of(field), 0, at));
		(void)buf_printf(&b, "%zu", i);
		(void)buf_addz(&b, field + at + 1);
	}
	(void)buf_add(&b, message);
	out = arena_dup(a, buf_span(&b));
	buf_free(&b);
	return out;
}

#define B42 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define OTHER                                                       \
	"DKIM-Signature: v=1; a=rsa-sha256; d=x#.example; s=r2048;" \
	" h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;" \
	" b=" B42 B42 B42 B42 "AAA=\r\n"

static const struct {
	const char *label, *field;
	size_t count, signatures;
	const char *last; /* what the results end with */
	size_t kept;
} many_rows[] = {
	{ "as many as allowed", OTHER, 3, 4, "pass", 4 },
	{ "the author's own goes first", OTHER, 10, 3,
	    "policy: over the limit of signatures; pass", 11 },
	{ "nor those that no key can fit",
	    "DKIM-Signature: v=1; a=rsa-sha256;"
	    " d=x#.example; s=r2048; h=from;"
	    " bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\n",
	    10, 1, "policy: an RSA key of 24 bits is too short; pass", 11 },
	{ "broken ones don't count", "DKIM-Signature: #\r\n", 10, 1,
	    "neutral: not a list of tags; pass", 11 },
	{ "thousands", OTHER, 5000, 10, "policy: over the limit of signatures",
	    DKIM_FIELDS_MAX },
};

static void
test_many(void **state)
{
	struct dkim_keys *keys = dkim_keys_new(4);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(many_rows); i++) {
		struct arena *a = arena_new();
		struct dns_zone *zone = zone_of(a, "", NULL);
		struct judging j = { .label = many_rows[i].label,
			.zone = zone,
			.time_s = NOW,
			.signatures = many_rows[i].signatures,
			.piece = 1000 };
		struct judged out = { .bits = 0 };
		struct span last = span_of(many_rows[i].last);
		size_t kept = 1;

		j.message = many(a, dkim_data_read(a, "relaxed-relaxed.eml"),
		    many_rows[i].field, many_rows[i].count);
		buf_init(&out.text, 1 << 16);
		judge(&j, keys, a, &out);
		out.text.n--; /* the NUL */
		for (size_t k = 0; k < out.text.n; k++)
			kept += out.text.p[k] == ';';
		if (table_wants(j.label)) {
			table_number(j.label, "kept", (long long)kept,
			    (long long)many_rows[i].kept);
			if (!span_ends(buf_span(&out.text), last))
				table_fail(j.label, "ends with \"%s\"",
				    out.text.p + (out.text.n > last.n
							 ? out.text.n - last.n
							 : 0));
		}
		buf_free(&out.text);
		dns_zone_free(&zone);
		arena_free(&a);
	}
	dkim_keys_free(&keys);
	table_end();
}

/* ---- what is told of a signature ------------------------------------------ */

static const struct {
	const char *label, *file, *from, *to;
	const char *unsigned_names;
	unsigned bits;
} told_rows[] = {
	{ "all signed", "relaxed-relaxed", NULL, NULL, "", 2048 },
	{ "some signed", "few", NULL, NULL, "subject date content-type", 2048 },
	{ "a second Subject", "relaxed-relaxed",
	    "Received:", "Subject: new\r\nReceived:", "subject", 2048 },
	{ "a second From", "relaxed-relaxed",
	    "Received:", "From: x@y.example\r\nReceived:", "from", 2048 },
	{ "a field that was absent", "relaxed-relaxed", "Received:",
	    "Reply-To: x@y.example\r\nReceived:", "reply-to", 2048 },
	{ "4096 bits", "rsa4096", NULL, NULL, "", 4096 },
	{ "512 bits", "rsa512", NULL, NULL, "", 512 },
	{ "Ed25519", "ed25519", NULL, NULL, "", 256 },
	{ "not good, so not told", "few", "Alice", "Bob", "", 2048 },
};

static void
test_told(void **state)
{
	struct dkim_keys *keys = dkim_keys_new(4);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(told_rows); i++) {
		struct arena *a = arena_new();
		struct dns_zone *zone = zone_of(a, "", NULL);
		const char *label = told_rows[i].label;
		struct judging j = { .label = label,
			.zone = zone,
			.time_s = NOW,
			.signatures = 10,
			.piece = 100 };
		struct judged out = { .bits = 0 };

		j.message = dkim_data_read(
		    a, arena_printf(a, "%s.eml", told_rows[i].file));
		if (told_rows[i].from != NULL)
			j.message = replace(a, label, j.message,
			    told_rows[i].from, span_of(told_rows[i].to));
		buf_init(&out.text, 4096);
		judge(&j, keys, a, &out);
		if (table_wants(label)) {
			table_text(label, "unsigned",
			    arena_strdup(a, out.unsigned_names),
			    told_rows[i].unsigned_names);
			table_number(
			    label, "bits", out.bits, told_rows[i].bits);
			table_number(label, "b", (long long)strlen(out.b), 8);
		}
		buf_free(&out.text);
		dns_zone_free(&zone);
		arena_free(&a);
	}
	dkim_keys_free(&keys);
	table_end();
}

/*
 * Copies of one signature can't be told apart by b=; ones that begin alike
 * are told apart by as many characters as that takes (RFC 6008, 4).
 */
static void
test_b(void **state)
{
	static const char *const b[] = { "AAAAAAAAAAxx", "AAAAAAAAAAyy",
		"AAAA AAAA\r\n AAyy", "BBBBBBBB", "BBBB" };
	static const char *const want[] = { "AAAAAAAAAAx", "AAAAAAAAAAy",
		"AAAAAAAAAAy", "BBBBBBBB", "BBBB" };
	struct arena *a = arena_new();
	struct dns_zone *zone = dns_zone_new();
	struct resolver *resolver = resolver_zone(zone);
	struct dns_batch *dns = dns_batch_new(resolver, a);
	struct dkim_options options = { .signatures = 1 };
	struct dkim_message *dm = dkim_message_new(a, dns, NULL, &options);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(b); i++) {
		const struct header_field f = { .raw = span_of(arena_printf(
						    a, "d=x; b=%s", b[i])) };

		dkim_message_field(dm, &f, i);
	}
	for (size_t i = 0; i < ARRAY_COUNT(b); i++)
		table_text(b[i], "header.b",
		    arena_strdup(a, dkim_message_b(dm, i)), want[i]);
	dkim_message_free(&dm);
	dns_batch_free(&dns);
	resolver_free(&resolver);
	dns_zone_free(&zone);
	arena_free(&a);
	table_end();
}

/* ---- keys that are kept --------------------------------------------------- */

#define ED_RECORD "k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUR"

static void
test_keys(void **state)
{
	static const char *const record[] = { ED_RECORD "o=",
		ED_RECORD "o=; n=1", ED_RECORD "o=; n=2", ED_RECORD "o=; n=3" };
	struct dkim_keys *keys = dkim_keys_new(2);
	struct dkim_keys_stats stats;
	struct dkim_key *kept, *key;
	const char *why = NULL;

	(void)state;
	kept = dkim_keys_get(keys, span_of(record[0]), &why);
	assert_non_null(kept);
	for (size_t round = 0; round < 3; round++)
		for (size_t i = 1; i < ARRAY_COUNT(record); i++) {
			key = dkim_keys_get(keys, span_of(record[i]), &why);
			assert_non_null(key);
			dkim_key_unref(&key);
		}
	key = dkim_keys_get(keys, span_of(record[3]), &why);
	assert_non_null(key);
	dkim_key_unref(&key);
	dkim_keys_stats(keys, &stats);
	assert_int_equal(stats.entries, 2);
	assert_true(stats.found >= 1);
	assert_null(dkim_keys_get(keys, SPAN("p="), &why));
	assert_string_equal(why, "the key is revoked");
	dkim_keys_free(&keys);
	/* It left the store long ago, and is still good. */
	assert_int_equal(dkim_key_record(kept)->bits, 256);
	dkim_key_unref(&kept);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_messages),
	cmocka_unit_test(test_many),
	cmocka_unit_test(test_told),
	cmocka_unit_test(test_b),
	cmocka_unit_test(test_keys),
};

TABLE_MAIN(tests)
