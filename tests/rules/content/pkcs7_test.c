/*
 * S/MIME files: what they hold by their octets.
 */
#include "config.h"

#include "rules/content/pkcs7.h"
#include "tests/kit/table.h"

#define OID_DATA   "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
#define OID_SIGNED "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
#define OID_CRYPT  "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"
#define OID_ZIPPED "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09"
/* version 1, no algorithms */
#define BEGIN "\x02\x01\x01\x31\x00"

static void
test_read(void **state)
{
	static const struct {
		const char *label;
		struct span octets;
		enum pkcs7_kind kind;
		const char *content;
	} row[] = {
		{ "signed",
		    SPAN_INIT("\x30\x27" OID_SIGNED "\xa0\x1a\x30\x18" BEGIN
			      "\x30\x11" OID_DATA "\xa0\x04\x04\x02hi"),
		    PKCS7_SIGNED, "hi" },
		{ "in pieces, of no length",
		    SPAN_INIT("\x30\x80" OID_SIGNED "\xa0\x80\x30\x80" BEGIN
			      "\x30\x80" OID_DATA
			      "\xa0\x80\x24\x80\x04\x01h\x04\x01i\0\0\0\0\0\0\0"
			      "\0\0\0\0\0"),
		    PKCS7_SIGNED, "hi" },
		{ "the signature alone",
		    SPAN_INIT("\x30\x21" OID_SIGNED "\xa0\x14\x30\x12" BEGIN
			      "\x30\x0b" OID_DATA),
		    PKCS7_OTHER, "" },
		{ "encrypted", SPAN_INIT("\x30\x0f" OID_CRYPT "\xa0\x02\x30\0"),
		    PKCS7_ENCRYPTED, "" },
		{ "compressed",
		    SPAN_INIT("\x30\x11" OID_ZIPPED "\xa0\x02\x30\0"),
		    PKCS7_ENCRYPTED, "" },
		{ "a length beyond the end",
		    SPAN_INIT("\x30\x84\xff\xff\xff\xff" OID_CRYPT),
		    PKCS7_ENCRYPTED, "" },
		{ "something else", SPAN_INIT("\x30\x03\x02\x01\x01"),
		    PKCS7_NONE, "" },
		{ "text", SPAN_INIT("hello"), PKCS7_NONE, "" },
		{ "nothing", SPAN_INIT(""), PKCS7_NONE, "" },
		{ "as text",
		    SPAN_INIT("-----BEGIN PKCS7-----\n"
			      "MA8GCSqGSIb3DQEHA6ACMAA=\n"
			      "-----END PKCS7-----\n"),
		    PKCS7_ENCRYPTED, "" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct span content;

		if (!table_wants(row[i].label))
			continue;
		table_number(row[i].label, "kind",
		    pkcs7_read(row[i].octets, a, &content), row[i].kind);
		table_text(row[i].label, "content", arena_strdup(a, content),
		    row[i].content);
		table_number(row[i].label, "begins",
		    pkcs7_begins(row[i].octets), row[i].kind != PKCS7_NONE);
	}
	arena_free(&a);
	table_end();
}

/* Every cut is read without a fault. */
static void
test_cut(void **state)
{
	static const char whole[] =
	    "\x30\x80" OID_SIGNED "\xa0\x80\x30\x80" BEGIN "\x30\x80" OID_DATA
	    "\xa0\x80\x24\x80\x04\x01h\x04\x01i";
	struct arena *a = arena_new();

	(void)state;
	for (size_t n = 0; n < sizeof(whole); n++) {
		char *cut = malloc(n + 1);
		struct span content;

		memcpy(cut, whole, n);
		(void)pkcs7_read(span_make(cut, n), a, &content);
		(void)pkcs7_begins(span_make(cut, n));
		free(cut);
	}
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_read),
	cmocka_unit_test(test_cut),
};

TABLE_MAIN(tests)
