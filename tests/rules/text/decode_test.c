/*
 * Encoded words, charsets and transfer encodings as mail clients read them.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/base/utf8.h"
#include "rules/text/decode.h"

static void
test_decode_text(void **state)
{
	static const struct {
		const char *label, *raw, *want;
	} row[] = {
		{ "plain text is left alone", "Hello = world?",
		    "Hello = world?" },
		{ "Q word", "=?utf-8?q?caf=C3=A9_au_lait?=", "café au lait" },
		{ "B word", "=?UTF-8?B?Y2Fmw6k=?=", "café" },
		{ "B word without padding",
		    "=?UTF-8?B?Y2Fmw6kh?= =?utf-8?b?YQ?=", "café!a" },
		{ "latin1", "=?iso-8859-1?Q?caf=E9?=", "café" },
		{ "space between words goes",
		    "=?utf-8?q?a?=  =?utf-8?q?b?=", "ab" },
		{ "fold between words goes",
		    "=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab" },
		{ "space beside text stays", "a =?utf-8?q?b?= c", "a b c" },
		{ "words without space between them",
		    "=?utf-8?q?a?==?utf-8?q?b?=", "ab" },
		{ "word glued to text", "x=?utf-8?q?a?=y", "xay" },
		{ "character split between words",
		    "=?utf-8?b?w6nD?= =?utf-8?b?qQ==?=", "éé" },
		{ "split between Q and B",
		    "=?utf-8?q?=C3?= =?UTF-8?b?qQ==?=", "é" },
		{ "language suffix", "=?utf-8*en?q?a=21?=", "a!" },
		{ "Shift_JIS", "=?Shift_JIS?B?k/qWew==?=", "日本" },
		{ "ISO-2022-JP", "=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "日本" },
		{ "GB2312 with GBK octets", "=?gb2312?B?1tC5+g==?=", "中国" },
		{ "KOI8-R", "=?koi8-r?B?8NLJ18XU?=", "Привет" },
		{ "unknown charset is western", "=?x-none?q?caf=E9?=", "café" },
		{ "UTF-7 is refused", "=?utf-7?q?+ADw-?=", "+ADw-" },
		{ "EBCDIC is refused", "=?ibm037?q?=C1?=", "Á" },
		{ "charset with a suffix is unknown",
		    "=?utf-16//IGNORE?q?a?=", "a" },
		{ "spaces inside a word", "=?utf-8?q?a b c?=", "a b c" },
		{ "word that does not end", "=?utf-8?q?abc", "=?utf-8?q?abc" },
		{ "no such encoding", "=?utf-8?x?abc?=", "=?utf-8?x?abc?=" },
		{ "no charset",
		    "=?"
		    "?q?abc?=",
		    "=?"
		    "?q?abc?=" },
		{ "empty word",
		    "a =?utf-8?q?"
		    "?= b",
		    "a  b" },
		{ "bad hex stays", "=?utf-8?q?a=zzb=4?=", "a=zzb=4" },
		{ "CR and LF inside a word are spaces",
		    "=?utf-8?q?a=0D=0ABcc:_b?=", "a  Bcc: b" },
		{ "NUL inside a word goes", "=?utf-8?q?a=00b?=", "ab" },
		{ "decoded once",
		    "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3F=3D?=", "=?utf-8?q?a?=" },
		{ "8-bit UTF-8 stays", "caf\xc3\xa9", "café" },
		{ "8-bit western", "caf\xe9 \x80", "café €" },
		{ "invalid UTF-8 in a word", "=?utf-8?q?=FF=C3?=", "ÿÃ" },
		{ "truncated multibyte",
		    "=?shift_jis?q?a=93?=", "a\xef\xbf\xbd" },
		{ "quoted word is decoded for display", "\"=?utf-8?q?a?=\"",
		    "\"a\"" },
		{ "fold in plain text", "one\r\n two", "one two" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct span got;

		if (!table_wants(row[i].label))
			continue;
		got = mime_decode_text(span_of(row[i].raw), a);
		table_text(
		    row[i].label, "text", arena_strdup(a, got), row[i].want);
	}
	arena_free(&a);
	table_end();
}

static enum mime_transfer
transfer_first(const char *value)
{
	struct span s = span_of(value);
	enum mime_transfer transfer;

	assert_true(mime_transfer_next(&s, &transfer));
	return transfer;
}

static void
test_transfer(void **state)
{
	static const struct {
		const char *label, *encoding, *in, *want;
	} row[] = {
		{ "base64", "base64", "aGVsbG8=", "hello" },
		{ "base64 in capitals with a comment", " BASE64 (x)",
		    "aGVsbG8=", "hello" },
		{ "base64 without padding", "base64", "aGVsbG8", "hello" },
		{ "one octet without padding", "base64", "YQ", "a" },
		{ "garbage inside", "base64", "aG\r\nVs!!bG8=", "hello" },
		{ "text behind padding", "base64",
		    "aGVsbG8=d29ybGQ=", "helloworld" },
		{ "padding in the middle", "base64", "aGVs=bG8=", "hello" },
		{ "one digit alone is no octet", "base64", "aGVsQ", "hel" },
		{ "base64 in lines", "base64",
		    "aGVsbG8g\r\nd29ybGQg\r\naGVsbG8h\r\n",
		    "hello world hello!" },
		{ "padding between lines, and alone", "base64",
		    "=aGVsbG8=\r\n==\r\nd29ybGQ\r\n=", "helloworld" },
		{ "quoted-printable", "quoted-printable", "a=3Db=\r\nc",
		    "a=bc" },
		{ "quoted-printable, blanks at the end of a line",
		    "quoted-printable", "a= \r\nb \t\r\nc =\nd", "ab\r\nc d" },
		{ "quoted-printable with errors", "\"quoted-printable\"",
		    "a=ZZb", "a=ZZb" },
		{ "quoted-printable: two octets stay with an error",
		    "quoted-printable",
		    "a=Z=41=4=41b", "a=Z=41=4=41b" },
		{ "quoted-printable that ends early", "quoted-printable",
		    "a=3db=4", "a=b" },
		{ "quoted-printable that ends with =", "quoted-printable",
		    "a=3D=", "a=" },
		{ "identity", "8bit", "a=3D", "a=3D" },
		{ "unknown", "gzip64", "a=3D", "a=3D" },
		{ "uuencode", "x-uuencode", "begin 644 a\n%:&5L;&\\ \n`\nend\n",
		    "hello" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct buf out;

		if (!table_wants(row[i].label))
			continue;
		buf_init(&out, 1000);
		mime_transfer_decode(
		    &out, transfer_first(row[i].encoding), span_of(row[i].in));
		table_text(row[i].label, "octets",
		    arena_strdup(a, buf_span(&out)), row[i].want);
		buf_free(&out);
	}
	arena_free(&a);
	table_end();
}

/* A text of 1 MB of beginnings of words must not take quadratic time. */
static void
test_long_text(void **state)
{
	struct arena *a = arena_new();
	struct buf raw;

	(void)state;
	buf_init(&raw, 2000000);
	while (raw.n < 1000000)
		(void)buf_addz(&raw, "=?utf-8?q?=FF ");
	assert_true(utf8_valid(mime_decode_text(buf_span(&raw), a)));
	buf_clear(&raw);
	while (raw.n < 1000000)
		(void)buf_addz(
		    &raw, "=?koi8-r?q?=FF?= =?euc-jp?q?=FF?= =?big5?q?=FF?= ");
	assert_true(utf8_valid(mime_decode_text(buf_span(&raw), a)));
	buf_free(&raw);
	arena_free(&a);
}

static void
test_limit(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 10);
	mime_transfer_decode(
	    &out, MIME_BASE64, SPAN("YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh"));
	assert_int_equal(out.n, 10);
	assert_true(out.over);
	buf_free(&out);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_decode_text),
	cmocka_unit_test(test_transfer),
	cmocka_unit_test(test_long_text),
	cmocka_unit_test(test_limit),
};

TABLE_MAIN(tests)
