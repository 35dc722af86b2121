/*
 * The structure of messages, whole and broken: what any mail client would
 * show must be among the parts.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/base/buf.h"
#include "rules/mime/mime_param.h"
#include "rules/mime/mime_tree.h"

/* Fields separated by "\n"; enough of a header for these tests. */
static struct header_list
fields_of(const char *text, struct arena *a)
{
	struct header_list h = { .arena = a };
	struct span rest = span_of(text), line;

	h.field = arena_array(a, 16, sizeof(*h.field));
	while (span_cut(&rest, '\n', &line) && h.count < 16) {
		size_t colon = span_find(line, ':');

		if (colon == SIZE_MAX)
			continue;
		h.field[h.count].name = span_slice(line, 0, colon);
		h.field[h.count++].value =
		    span_trim(span_slice(line, colon + 1, line.n));
	}
	return h;
}

/* A part as "PLACE type {names} (octets)". */
static void
show_part(struct buf *out, struct mime_message *m, const struct mime_part *p)
{
	static const char *const place[] = { "", "^", "$", "~" };
	struct span octets = mime_part_octets(m, p, 60);

	(void)buf_addz(out, place[p->place]);
	(void)buf_add(out, p->type);
	if (p->name_count > 0)
		(void)buf_addz(out, " {");
	for (size_t i = 0; i < p->name_count; i++) {
		(void)buf_addz(out, i > 0 ? "|" : "");
		(void)buf_add(out, p->name[i]);
	}
	(void)buf_addz(out, p->name_count > 0 ? "} (" : " (");
	for (size_t i = 0; i < octets.n; i++)
		if (octets.p[i] != '\r')
			(void)buf_addc(
			    out, octets.p[i] == '\n' ? '/' : octets.p[i]);
	(void)buf_addz(out, p->encrypted ? ") encrypted\n" : ")\n");
}

static char *
show_message(struct mime_message *m)
{
	struct buf out;
	char *text;

	buf_init(&out, 100000);
	for (size_t i = 0; i < m->count; i++)
		show_part(&out, m, &m->part[i]);
	for (size_t i = 0; i < MIME_FLAG_COUNT; i++)
		if ((m->flags & 1U << i) != 0)
			(void)buf_printf(&out, "%s ", mime_flag_names[i]);
	text = arena_strdup(m->arena, buf_span(&out));
	buf_free(&out);
	return text;
}

#define MIXED "Content-Type: multipart/mixed; boundary=b"

static void
test_structure(void **state)
{
	static const struct {
		const char *label, *header, *body, *want;
	} row[] = {
		{ "no header at all", "", "hi", "text/plain (hi)\n" },
		{ "two parts", MIXED,
		    "--b\r\n\r\none\r\n--b\r\nContent-Type: text/html\r\n\r\n"
		    "two\r\n--b--\r\n",
		    "text/plain (one)\ntext/html (two)\n" },
		{ "LF only, no close", MIXED, "--b\n\none\n--b\n\ntwo\n",
		    "text/plain (one)\ntext/plain (two/)\n"
		    "mime-boundary-open " },
		{ "nested, inner one not closed", MIXED,
		    "--b\nContent-Type: multipart/alternative; "
		    "boundary=\"c d\"\n\n--c d\n\none\n--b\n\ntwo\n--b--\n",
		    "text/plain (one)\ntext/plain (two)\n"
		    "mime-boundary-open " },
		{ "boundary is a prefix of the inner one", MIXED,
		    "--b\nContent-Type: multipart/mixed; boundary=bb\n\n"
		    "--bb\n\none\n--bb--\n--b\n\ntwo\n--b--\n",
		    "text/plain (one)\ntext/plain (two)\n" },
		{ "base64 text", "Content-Transfer-Encoding: base64",
		    "aGVsbG8=\r\n", "text/plain (hello)\n" },
		{ "attachment with a name", MIXED,
		    "--b\nContent-Type: application/pdf; name=a.pdf\n"
		    "Content-Disposition: attachment; filename=\"a.pdf\"\n\n"
		    "x\n--b--",
		    "application/pdf {a.pdf} (x)\n" },
		{ "file names differ", MIXED,
		    "--b\nContent-Type: application/pdf; name=a.pdf\n"
		    "Content-Disposition: attachment; filename=\"b.exe\"\n\n"
		    "x\n--b--",
		    "application/pdf {b.exe|a.pdf} (x)\n" },
		{ "message inside", MIXED,
		    "--b\nContent-Type: message/rfc822\n\n"
		    "Subject: x\nContent-Type: text/html\n\n<b>\n--b--\n",
		    "text/html (<b>)\n" },
		{ "message inside in base64",
		    "Content-Type: message/rfc822\n"
		    "Content-Transfer-Encoding: base64",
		    "Q29udGVudC1UeXBlOiB0ZXh0L2h0bWwKCjxiPg==",
		    "text/html (<b>)\nmime-encoded-message " },
		{ "multipart in base64",
		    "Content-Type: multipart/mixed; boundary=b\n"
		    "Content-Transfer-Encoding: base64",
		    "LS1iCgpvbmUKLS1iLS0K",
		    "text/plain (one)\nmime-boundary-unused "
		    "mime-encoded-message " },
		{ "digest", "Content-Type: multipart/digest; boundary=b",
		    "--b\n\nContent-Type: text/html\n\n<b>\n--b--\n",
		    "text/html (<b>)\n" },
		{ "multipart without boundary", "Content-Type: multipart/mixed",
		    "--x\nContent-Type: text/html\n\n<b>\n--x--\n",
		    "text/html (<b>)\nmime-no-boundary " },
		{ "empty boundary",
		    "Content-Type: multipart/mixed; boundary=\"\"",
		    "<a href=x>\n",
		    "~text/html (<a href=x>/)\n"
		    "mime-no-boundary " },
		{ "boundary is never met", MIXED,
		    "--x\nContent-Type: text/html\n\n<b>\n--x--\n",
		    "text/html (<b>)\nmime-boundary-unused " },
		{ "two boundaries, the second is used",
		    "Content-Type: multipart/mixed; boundary=a; boundary=b",
		    "--b\n\none\n--b--\n",
		    "text/plain (one)\nmime-duplicate-parameter " },
		{ "boundary in RFC 2231 notation",
		    "Content-Type: multipart/mixed; boundary*0=b; "
		    "boundary*1=c",
		    "--bc\n\none\n--bc--\n", "text/plain (one)\n" },
		{ "two Content-Types", "Content-Type: text/plain\n" MIXED,
		    "--b\n\none\n--b--\n",
		    "text/plain (one)\ntext/plain (--b//one/--b--/)\n"
		    "mime-duplicate-type " },
		{ "two transfer encodings",
		    "Content-Transfer-Encoding: 7bit\n"
		    "Content-Transfer-Encoding: base64",
		    "aGk=",
		    "text/plain (aGk=)\ntext/plain (hi)\n"
		    "mime-duplicate-transfer " },
		{ "a comment in the type",
		    "Content-Type: (x) text / (y) HTML (z); (q) charset=x",
		    "<b>", "text/html (<b>)\n" },
		{ "no type but a parameter", "Content-Type: charset=utf-8", "x",
		    "text/plain (x)\nmime-bad-type " },
		{ "preamble with a link", MIXED,
		    "see http://x.example\n--b\n\none\n--b--\n",
		    "^text/plain (see http://x.example)\ntext/plain (one)\n"
		    "mime-preamble " },
		{ "ordinary preamble and epilogue", MIXED,
		    "This is a multi-part message.\n--b\n\none\n--b--\n"
		    "footer\n",
		    "text/plain (one)\n" },
		{ "long preamble of a bounce", MIXED,
		    "This multi-part MIME message contains a Delivery Status\n"
		    "Notification. If you can see this text, your mail client\n"
		    "may not be able to understand MIME formatted messages or\n"
		    "DSNs, as the standards of the Internet describe them for\n"
		    "all mail software in some length and detail since 1996.\n"
		    "--b\n\none\n--b--\n",
		    "text/plain (one)\n" },
		{ "epilogue with markup", MIXED,
		    "--b\n\none\n--b--\n<a href=x>\n",
		    "text/plain (one)\n$text/html (<a href=x>/)\n"
		    "mime-epilogue " },
		{ "parts behind the closing delimiter", MIXED,
		    "--b\n\none\n--b--\n--b\n\ntwo\n--b--\n",
		    "text/plain (one)\ntext/plain (two)\nmime-epilogue " },
		{ "garbage in the header of a part", MIXED,
		    "--b\ngarbage\nContent-Type: text/html\n\n<b>\n--b--\n",
		    "~text/plain (garbage/Content-Type: text/html/)\n"
		    "text/html (<b>)\nmime-bad-header " },
		{ "part without an empty line", MIXED,
		    "--b\njust text\n--b--\n",
		    "~text/plain (just text/)\ntext/plain ()\n"
		    "mime-bad-header " },
		{ "uuencoded file in text", "",
		    "hi\nbegin 644 evil.exe\n%:&5L;&\\ \n`\nend\nbye\n",
		    "text/plain (hi/begin 644 evil.exe/%:&5L;&\\ /`/end/bye/)\n"
		    "application/octet-stream {evil.exe} (hello)\n"
		    "mime-uuencode " },
		{ "page beside what its transfer encoding means",
		    "Content-Type: text/html\n"
		    "Content-Transfer-Encoding: x-uuencode",
		    "<b>\nbegin 644 a\n%:&5L;&\\ \n`\nend\n",
		    "text/html (hello)\n"
		    "text/html (<b>/begin 644 a/%:&5L;&\\ /`/end/)\n"
		    "mime-unknown-transfer " },
		{ "text that says begin", "", "we\nbegin 644 times\nnot\n",
		    "text/plain (we/begin 644 times/not/)\n" },
		{ "OpenPGP in text", "", "-----BEGIN PGP MESSAGE-----\n",
		    "text/plain (-----BEGIN PGP MESSAGE-----/) encrypted\n" },
		{ "unknown transfer encoding",
		    "Content-Transfer-Encoding: x-gzip", "abc",
		    "text/plain (abc)\nmime-unknown-transfer " },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct header_list h = fields_of(row[i].header, a);
		struct mime_message m;

		if (!table_wants(row[i].label))
			continue;
		mime_parse(
		    &h, span_of(row[i].body), &mime_limits_standard, a, &m);
		table_text(
		    row[i].label, "parts", show_message(&m), row[i].want);
	}
	arena_free(&a);
	table_end();
}

#define CR_MIXED "Content-Type: multipart/mixed; boundary=b\r\n"
#define CR_EVIL  "Content-Type: application/x; name=evil.exe\r\rMZ\r--b--\r"

/* Where a CR ends a line for some readers only. */
static void
test_bare_cr(void **state)
{
	static const struct {
		const char *label, *message, *want;
	} row[] = {
		{ "text", "Subject: x\r\n\r\none\rtwo\r\n",
		    "text/plain (onetwo/)\n" },
		{ "text, a CR in the header", "Subject: x\ry z\r\n\r\none\r\n",
		    "text/plain (one/)\n" },
		{ "CR before CRLF",
		    CR_MIXED "\r\n--b\r\r\n\r\r\none\r\n--b--\r\n",
		    "~text/plain (one/)\ntext/plain ()\ntext/plain (one)\n"
		    "mime-bad-header mime-bare-cr " },
		{ "all of the body with CR",
		    CR_MIXED "\r\n--b\r" CR_EVIL "\r\n",
		    "~text/plain (--bContent-Type: application/x; name=evil.e"
		    "xeMZ--b--/)\napplication/x {evil.exe} (MZ)\n"
		    "mime-boundary-unused mime-bare-cr " },
		{ "a part with CR",
		    CR_MIXED "\r\n--b\r\n\r\none\r\n\r--b\r" CR_EVIL
			     "\r\n--b--\r\n",
		    "text/plain (one/--bContent-Type: application/x; name=ev"
		    "il.exeMZ--b)\ntext/plain (one/)\n"
		    "application/x {evil.exe} (MZ)\nmime-bare-cr " },
		{ "a part's field behind a CR",
		    CR_MIXED "\r\n--b\r\nX: y\rContent-Type: text/html\r\n\r\n"
			     "<b>\r\n--b--\r\n",
		    "text/plain (<b>)\ntext/html (<b>)\nmime-bare-cr " },
		{ "the type behind a CR",
		    "X: y\r" CR_MIXED "\r\n--b\r\n\r\none\r\n--b--\r\n",
		    "text/plain (--b//one/--b--/)\ntext/plain (one)\n"
		    "mime-bare-cr " },
		{ "the body behind CR CR",
		    CR_MIXED "X: y\r\r--b\r" CR_EVIL
			     "\r\n\r\n--b\r\n\r\none\r\n"
			     "--b--\r\n",
		    "text/plain (one)\napplication/x {evil.exe} (MZ)\n"
		    "mime-epilogue mime-bare-cr " },
		{ "the same parts with other octets",
		    CR_MIXED "\r\n--b\r\n\r\none\r--b--\r\r\ntwo\r\n--b--\r\n",
		    "text/plain (one--b--/two)\ntext/plain (one)\n"
		    "mime-bare-cr " },
		{ "base64 with CR",
		    CR_MIXED
		    "\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
		    "aGVs\rbG8=\r\n--b--\r\n",
		    "text/plain (hello)\n" },
		{ "preamble and epilogue with CR",
		    CR_MIXED "\r\np\rq\r\n--b\r\n\r\none\r\n--b--\r\ne\rf\r\n",
		    "text/plain (one)\n" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct header_list h;
		struct span body;
		struct mime_message m;
		unsigned anomalies = 0;

		if (!table_wants(row[i].label))
			continue;
		header_list_init(&h, a);
		header_split(span_of(row[i].message), &h, &body, &anomalies);
		mime_parse(&h, body, &mime_limits_standard, a, &m);
		table_text(
		    row[i].label, "parts", show_message(&m), row[i].want);
	}
	arena_free(&a);
	table_end();
}

static void
test_names(void **state)
{
	static const struct {
		const char *label, *value, *want;
	} row[] = {
		{ "quoted", "attachment; filename=\"a b.exe\"", "a b.exe" },
		{ "escaped quote", "x; filename=\"a\\\"b.exe\"", "a\"b.exe" },
		{ "unquoted with a space", "x; filename=a b.exe", "a|a b.exe" },
		{ "quote without end", "x; filename=\"a.exe", "a.exe" },
		{ "text behind the quote", "x; filename=\"a.exe\".txt",
		    "a.exe|a.exe.txt" },
		{ "no semicolon", "x filename=a.exe", "a.exe" },
		{ "no semicolon between", "x; name=\"a\" filename=\"b.exe\"",
		    "a|b.exe" },
		{ "spaces around", "x ; filename = a.exe ; y=z", "a.exe" },
		{ "twice", "x; filename=a.txt; filename=a.exe", "a.txt|a.exe" },
		{ "RFC 2231", "x; filename*=utf-8''a%2Eexe", "a.exe" },
		{ "RFC 2231 with a charset",
		    "x; filename*=iso-8859-1'de'%E4.exe", "ä.exe" },
		{ "RFC 2231 in quotes", "x; filename*=\"utf-8''a%2Eexe\"",
		    "a.exe" },
		{ "RFC 2231 without charset", "x; filename*=a%2Eexe", "a.exe" },
		{ "continued", "x; filename*0=\"a.\"; filename*1=exe",
		    "a.exe" },
		{ "continued out of order",
		    "x; filename*1=exe; filename*0=\"a.\"", "a.exe" },
		{ "continued and encoded",
		    "x; filename*0*=utf-8''%61; filename*1*=%2E; "
		    "filename*2=exe",
		    "a.exe" },
		{ "continued from 1", "x; filename*1=a.; filename*2=exe",
		    "a.exe" },
		{ "a number twice",
		    "x; filename*0=a.; filename*1=txt; filename*1=exe",
		    "a.txt|a.exe" },
		{ "both notations differ",
		    "x; filename=a.txt; filename*=utf-8''a.exe",
		    "a.txt|a.exe" },
		{ "encoded word", "x; filename=\"=?utf-8?b?YS5leGU=?=\"",
		    "a.exe" },
		{ "raw 8-bit", "x; filename=\"\xe4.exe\"", "ä.exe" },
		{ "parenthesis in a bare name", "x; filename=a(1).exe",
		    "a(1).exe" },
		{ "folded inside quotes", "x; filename=\"a\r\n .exe\"",
		    "a .exe" },
		{ "empty", "x; filename=", "" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct header_list h = fields_of("", a);
		struct mime_message m;
		char *got = arena_strdup(a, SPAN(""));

		if (!table_wants(row[i].label))
			continue;
		h.field[0].name = SPAN("Content-Disposition");
		h.field[0].value = span_of(row[i].value);
		h.count = 1;
		mime_parse(&h, SPAN("x"), &mime_limits_standard, a, &m);
		for (size_t k = 0; k < m.part[0].name_count; k++)
			got = arena_printf(a, "%s%s%.*s", got, k ? "|" : "",
			    SPAN_FMT(m.part[0].name[k]));
		table_text(row[i].label, "names", got, row[i].want);
	}
	arena_free(&a);
	table_end();
}

static void
parse_repeated(const char *header, const char *piece, size_t count,
    struct mime_message *m, struct arena *a)
{
	struct header_list h = fields_of(header, a);
	struct buf body;

	buf_init(&body, (size_t)32 << 20);
	for (size_t i = 0; i < count; i++)
		(void)buf_addz(&body, piece);
	mime_parse(
	    &h, arena_dup(a, buf_span(&body)), &mime_limits_standard, a, m);
	buf_free(&body);
}

static void
test_limits(void **state)
{
	struct arena *a = arena_new();
	struct mime_message m;

	(void)state;
	parse_repeated(MIXED, "--b\n\nx\n", 200000, &m, a);
	assert_int_equal(m.count, 499);
	assert_int_equal(m.flags, MIME_FLAG_PARTS);
	parse_repeated(MIXED,
	    "--b\nContent-Type: multipart/mixed; boundary=b\n\n", 20000, &m, a);
	assert_true((m.flags & MIME_FLAG_DEPTH) != 0);
	assert_int_equal(m.depth, 32);
	parse_repeated("Content-Type: message/rfc822",
	    "Content-Type: message/rfc822\n\n", 20000, &m, a);
	assert_true((m.flags & MIME_FLAG_DEPTH) != 0);
	parse_repeated("Content-Type: multipart/mixed",
	    "--b\nContent-Type: multipart/mixed\n\n", 20000, &m, a);
	assert_true((m.flags & MIME_FLAG_PARTS) != 0);
	parse_repeated("", "\r", (size_t)8 << 20, &m, a);
	assert_int_equal(m.count, 1);
	parse_repeated("", "begin 644 a\n!\n", 100000, &m, a);
	assert_true((m.flags & MIME_FLAG_PARTS) == 0);
	parse_repeated("", "begin 644 a\n!\nend\n", 100000, &m, a);
	assert_true((m.flags & MIME_FLAG_PARTS) != 0);
	parse_repeated("Content-Transfer-Encoding: base64", "YWFh",
	    (size_t)6 << 20, &m, a);
	assert_int_equal(mime_part_size(&m.part[0]), (size_t)18 << 20);
	assert_int_equal(mime_part_octets(&m, &m.part[0], SIZE_MAX).n,
	    mime_limits_standard.octets);
	assert_int_equal(m.flags, MIME_FLAG_SIZE);
	arena_free(&a);
}

/* A file is asked for its head, for all of it, and again for all of it. */
static void
test_read_again(void **state)
{
	static const struct {
		const char *label;
		size_t octets; /* encoded, of which three quarters remain */
		size_t limit;
		size_t got[4], left; /* head, all, all, head */
		bool over;
	} row[] = {
		{ "within the head", 4000, 9000, { 1000, 3000, 3000, 1000 },
		    6000, false },
		{ "longer than it", 80000, 70000, { 1000, 60000, 60000, 1000 },
		    10000, false },
		{ "over the limit", 80000, 50000, { 1000, 50000, 0, 1000 }, 0,
		    true },
		{ "over it, known from the head", 4000, 1500,
		    { 1000, 1500, 0, 1000 }, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		static const size_t max[] = { 1000, SIZE_MAX, SIZE_MAX, 1000 };
		struct arena *a = arena_new();
		struct mime_message m;
		char octets[80000];
		struct mime_part part = { .transfer = MIME_BASE64,
			.raw = span_make(octets, row[i].octets) };

		if (!table_wants(row[i].label)) {
			arena_free(&a);
			continue;
		}
		memset(octets, 'A', sizeof(octets));
		m = (struct mime_message){ .octets_left = row[i].limit,
			.arena = a };
		for (size_t k = 0; k < ARRAY_COUNT(max); k++)
			table_number(row[i].label, "octets",
			    (long)mime_part_octets(&m, &part, max[k]).n,
			    (long)row[i].got[k]);
		table_number(row[i].label, "left", (long)m.octets_left,
		    (long)row[i].left);
		table_number(row[i].label, "over",
		    (m.flags & MIME_FLAG_SIZE) != 0, row[i].over);
		arena_free(&a);
	}
	table_end();
}

/* 100,000 parameters in one field: bounded time and memory. */
static void
test_long_field(void **state)
{
	static const char *const piece[] = { "; name*0=a", "; name*=a'",
		" a=", "; n=\"x", "(", "\"" };
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(piece); i++) {
		struct mime_params p = { 0 };
		struct buf value;

		buf_init(&value, 1 << 20);
		(void)buf_addz(&value, "text/plain");
		while (value.n < 500000)
			(void)buf_addz(&value, piece[i]);
		mime_params_add(&p, buf_span(&value), a);
		assert_true(p.count <= MIME_PARAM_MAX);
		buf_free(&value);
	}
	assert_true(arena_used(a) < (size_t)64 << 20);
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_structure),
	cmocka_unit_test(test_bare_cr),
	cmocka_unit_test(test_names),
	cmocka_unit_test(test_limits),
	cmocka_unit_test(test_read_again),
	cmocka_unit_test(test_long_field),
};

TABLE_MAIN(tests)
