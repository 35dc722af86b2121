/*
 * What libopendkim says, by itself, of the messages that dkim_test judges:
 * where it agrees, and where it does not and why. Signatures with x=, or t=
 * in the future, are left out, because it holds them against the wall clock.
 */
#include "config.h"

#include "tests/kit/table.h"

#include <opendkim/dkim.h>

#include "policy/dkim/dkim_message.h"
#include "tests/kit/dkim_data.h"

/* clang-format off */
static const struct {
	const char *file;
	const char *ours, *library; /* a word a signature */
	const char *why;            /* they differ */
} rows[] = {
	{ "simple-simple", "pass", "pass", NULL },
	{ "simple-relaxed", "pass", "pass", NULL },
	{ "relaxed-simple", "pass", "pass", NULL },
	{ "relaxed-relaxed", "pass", "pass", NULL },
	{ "opendkim-relaxed", "pass", "pass", NULL },
	{ "opendkim-simple", "pass", "pass", NULL },
	{ "rsa1024", "pass", "pass", NULL },
	{ "rsa4096", "pass", "pass", NULL },
	{ "rsa512", "policy", "no", NULL },
	{ "ed25519", "pass", "pass", NULL },
	{ "dual", "pass pass", "pass pass", NULL },
	{ "length", "pass", "pass", NULL },
	{ "no-time", "pass", "pass", NULL },
	{ "identity", "pass", "pass", NULL },
	{ "oversigned", "pass", "pass", NULL },
	{ "few", "pass", "pass", NULL },
	{ "order", "pass", "pass", NULL },
	{ "empty-body", "pass", "pass", NULL },
	{ "empty-relaxed", "pass", "pass", NULL },
	{ "blank-body", "pass", "pass", NULL },
	{ "blank-lines", "pass", "pass", NULL },
	{ "chained", "pass pass", "pass pass", NULL },
	{ "no-from", "pass", "pass", NULL },
	{ "sha1", "policy", "pass", "RFC 8301 forbids rsa-sha1" },
	{ "pkcs1", "pass", "no", "it reads SubjectPublicKeyInfo only" },
	{ "spaced", "pass", "no", "it finds b= only where nothing stands before =" },
	{ "eai", "pass", "no", "it takes ASCII only (RFC 8616)" },
};
/* clang-format on */

static DKIM_CBSTAT
key_lookup(DKIM *handle, DKIM_SIGINFO *sig, unsigned char *out, size_t size)
{
	struct arena *a = dkim_get_user_context(handle);
	struct span record =
	    dkim_data_record(a, span_of(arena_printf(a, "%s._domainkey.%s",
				    (const char *)dkim_sig_getselector(sig),
				    (const char *)dkim_sig_getdomain(sig))));

	if (record.n == 0 || record.n >= size)
		return DKIM_CBSTAT_NOTFOUND;
	memcpy(out, record.p, record.n);
	out[record.n] = '\0';
	return DKIM_CBSTAT_CONTINUE;
}

static unsigned char *
octets(const char *p)
{
	return (unsigned char *)(uintptr_t)p;
}

static const char *
library_says(DKIM_LIB *library, struct arena *a, const struct header_list *list,
    struct span body)
{
	static const unsigned char id[] = "id";
	DKIM_STAT status;
	DKIM *handle = dkim_verify(library, id, NULL, &status);
	DKIM_SIGINFO **sigs = NULL;
	const char *says = "";
	int count = 0;

	assert_int_equal(dkim_set_user_context(handle, a), DKIM_STAT_OK);
	for (size_t i = 0; i < list->count; i++) {
		const char *field = arena_printf(a, "%.*s:%.*s",
		    SPAN_FMT(list->field[i].raw_name),
		    SPAN_FMT(list->field[i].raw));

		(void)dkim_header(handle, octets(field), strlen(field));
	}
	(void)dkim_eoh(handle);
	if (body.n > 0)
		(void)dkim_body(handle, octets(body.p), body.n);
	(void)dkim_eom(handle, NULL);
	(void)dkim_getsiglist(handle, &sigs, &count);
	for (int i = 0; i < count; i++)
		says = arena_printf(a, "%s%s%s", says, i > 0 ? " " : "",
		    DKIM_SIG_CHECK(sigs[i]) &&
			    dkim_sig_geterror(sigs[i]) == DKIM_SIGERROR_OK
			? "pass"
			: "no");
	(void)dkim_free(handle);
	return says;
}

static const char *
we_say(struct arena *a, const struct header_list *list, struct span body)
{
	struct dns_zone *zone = dkim_data_zone(a, SPAN(""));
	struct resolver *resolver = resolver_zone(zone);
	struct dns_batch *dns = dns_batch_new(resolver, a);
	struct dkim_keys *keys = dkim_keys_new(1);
	struct dkim_options options = { .signatures = 10,
		.bits_min = 1024,
		.limits = { .now_s = DKIM_DATA_TIME, .skew_s = 300 } };
	struct dkim_message *dm = dkim_message_new(a, dns, keys, &options);
	const char *say = "";

	for (size_t i = 0; i < list->count; i++)
		if (span_case_is(list->field[i].name, "dkim-signature"))
			dkim_message_field(dm, &list->field[i], i);
	dkim_message_header(dm, list);
	dkim_message_body(dm, body);
	assert_true(dkim_message_judge(dm));
	for (size_t i = 0; i < dkim_message_count(dm); i++)
		say = arena_printf(a, "%s%s%s", say, i > 0 ? " " : "",
		    dkim_result_words[dkim_message_get(dm, i)->outcome.result]);
	dkim_message_free(&dm);
	dkim_keys_free(&keys);
	dns_batch_free(&dns);
	resolver_free(&resolver);
	dns_zone_free(&zone);
	return say;
}

static void
test_library(void **state)
{
	unsigned flags =
	    DKIM_LIBFLAGS_BADSIGHANDLES | DKIM_LIBFLAGS_DELAYSIGPROC;
	DKIM_LIB *library = dkim_init(NULL, NULL);

	(void)state;
	assert_int_equal(dkim_options(library, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS,
			     &flags, sizeof(flags)),
	    DKIM_STAT_OK);
	assert_int_equal(
	    dkim_set_key_lookup(library, key_lookup), DKIM_STAT_OK);
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		const char *label = rows[i].file;
		struct arena *a = arena_new();
		struct header_list list;
		struct span body;
		unsigned anomalies = 0;

		if (table_wants(label)) {
			header_list_init(&list, a);
			header_split(
			    dkim_data_read(a, arena_printf(a, "%s.eml", label)),
			    &list, &body, &anomalies);
			table_text(label, "ours", we_say(a, &list, body),
			    rows[i].ours);
			table_text(label, "the library's",
			    library_says(library, a, &list, body),
			    rows[i].library);
		}
		arena_free(&a);
	}
	dkim_close(library);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_library),
};

TABLE_MAIN(tests)
