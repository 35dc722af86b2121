/*
 * Whole messages: which texts, links and files rules see, as facts of the
 * check, and what the answer of `verdict check` lists.
 */
#include "config.h"

#include "tests/kit/message_kit.h"

#include "policy/base/wait.h"
#include "policy/content/check_content.h"
#include "policy/content/content_documents.h"
#include "policy/message/check_anomaly.h"
#include "rules/base/jsonw.h"
#include "rules/document/document.h"
#include "rules/document/document_answer.h"

struct run {
	struct message_kit kit;
	struct message *m;
};

/* Of the header check, whose facts are looked at: who wrote it. */
static const struct fact_row author_rows[] = {
	{ "from.domain", FACT_DOMAIN, STAGE_EOH, 0, NULL, "" },
	{ "from.family", FACT_TEXT, STAGE_EOH, 0, NULL, "" },
};
static const struct check check_author = {
	.name = "author",
	.facts = author_rows,
	.fact_count = ARRAY_COUNT(author_rows),
	.slot_size = 1,
};
static const struct check *const three[] = { &check_content, &check_author,
	&check_anomaly };
static const struct check_table three_table = { three, ARRAY_COUNT(three) };

static const char *author_domain, *author_family;
static const char *settings = "reader.documents 4\n"; /* verdict.conf */
static const char *rules;

/* word/document.xml alone. */
#define DOCX                                                           \
	"UEsDBBQAAAAIAAAAIQCrEbH8GgAAAB0AAAARAAAAd29yZC9kb2N1bWVudC54" \
	"bWyzKbcqsLMptyqxC0isVMjLL7fRB3FAZIEdAFBLAQIUAxQAAAAIAAAAIQCr" \
	"EbH8GgAAAB0AAAARAAAAAAAAAAAAAACAAQAAAAB3b3JkL2RvY3VtZW50Lnht" \
	"bFBLBQYAAAAAAQABAD8AAABJAAAAAAA="

/* ---- a helper that reads at once, or fails at what says "fail" ------------- */

static void
fake_link(void *ctx, enum document_kind kind, struct span url)
{
	(void)answer_add_link(ctx, kind, url);
}

static void
fake_file(void *ctx, struct span name, struct span octets, bool cut)
{
	(void)octets;
	(void)cut;
	if (name.n > 0)
		(void)answer_add_name(ctx, false, name);
}

void
reader_ask(struct reader *r, struct reader_job *job)
{
	struct buf text;
	struct document d = { .arena = arena_new(),
		.budget = 1 << 20,
		.link = fake_link,
		.file = fake_file,
		.ctx = &job->answer,
		.text = &text };

	(void)r;
	buf_init(&job->answer, DOCUMENT_ANSWER_MAX);
	buf_init(&text, 10000);
	if (job->kind == DOCUMENT_PDF)
		document_pdf(&d, job->octets);
	else if (job->kind == DOCUMENT_OFFICE)
		document_office(&d, job->octets);
	else if (job->kind == DOCUMENT_SVG)
		document_svg(&d, job->octets);
	else if (job->kind == DOCUMENT_CALENDAR)
		document_calendar(&d, job->octets);
	job->state = READER_ANSWERED;
	if (span_search(job->octets, SPAN("fail")) != SIZE_MAX) {
		job->state = READER_FAILED;
		job->problem = "it failed";
	} else {
		(void)answer_add_text(&job->answer, buf_span(&text));
		(void)answer_add_end(&job->answer, d.html,
		    (d.encrypted || d.keyed ? DOCUMENT_ENCRYPTED : 0U) |
			(d.unseen || d.keyed ? DOCUMENT_UNSEEN : 0U),
		    d.acts);
	}
	buf_free(&text);
	arena_free(&d.arena);
	waits_post(job->waits);
}

bool
reader_done(struct reader *r, struct reader_job *job)
{
	(void)r;
	return job->state != READER_ASKED;
}

void
reader_give_up(struct reader *r, struct reader_job *job)
{
	(void)r;
	(void)job;
}

void
reader_drop(struct reader *r, struct reader_job *job)
{
	(void)r;
	buf_free(&job->answer);
}

/* ---- one message ---------------------------------------------------------- */

static void
run_begin(struct run *r, struct span message, bool wanted)
{
	const struct message_kit_options options = {
		.checks = &three_table,
		.config = settings,
		.rules = rules,
		.read_only = true,
	};
	struct message *m;

	message_kit_begin(&r->kit, &options);
	/* Any: the functions above stand for it. */
	r->kit.session.reader = (struct reader *)r->kit.arena;
	for (size_t i = 0; i < ARRAY_COUNT(three); i++)
		r->kit.snapshot->wanted[i] = wanted;
	r->m = m = r->kit.message;
	if (author_domain != NULL) {
		facts_text(m->facts, check_fact(m, &check_author, 0),
		    span_of(author_domain));
		facts_text(m->facts, check_fact(m, &check_author, 1),
		    span_of(author_family));
	}
	message_kit_text(&r->kit, message);
	message_kit_gather(&r->kit, &check_content, STAGE_EOM);
	assert_true(check_content.judge(m, m->slot[0], STAGE_EOM));
}

static void
run_end(struct run *r)
{
	message_kit_end(&r->kit);
}

static const char *
show_fact(struct run *r, const char *name)
{
	return message_kit_fact(&r->kit, name);
}

#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"
#define ZIP                                                            \
	"UEsDBBQAAAAAAAAAIVBdm7CPAgAAAAIAAAAPAAAAaW52b2ljZS5wZGYuZXhl" \
	"TVpQSwECFAMUAAAAAAAAACFQXZuwjwIAAAACAAAADwAAAAAAAAAAAAAAgAEA" \
	"AAAAaW52b2ljZS5wZGYuZXhlUEsFBgAAAAABAAEAPQAAAC8AAAAAAA=="

/* "abc" as evil.js */
/* a.html: a form that asks for a password. */
#define ZIP_PAGE                                                           \
	"UEsDBBQAAAAAAAAAIVzDAOhUIgAAACIAAAAGAAAAYS5odG1sPGZvcm0+PGlucHV0" \
	"IHR5cGU9cGFzc3dvcmQ+PC9mb3JtPlBLAQIUAxQAAAAAAAAAIVzDAOhUIgAAACIA" \
	"AAAGAAAAAAAAAAAAAACAAQAAAABhLmh0bWxQSwUGAAAAAAEAAQA0AAAARgAAAAAA"
/* A notebook with a file a.hta in it. */
#define NOTEBOOK                                                       \
	"5FJce4zYp02usVN40CmW0wAAAABhAC4AaAB0AGEAAADnFuO9ZSYRRaTEjU0L" \
	"ep6sBAAAAAAAAAAAAAAAAAAAAAAAAABhYmNkAQI="
#define GZIP "H4sICAAAAAAAA2V2aWwuanMAS0xKBgDCQSQ1AwAAAA=="

static void
test_facts(void **state)
{
	static const struct {
		const char *label, *message, *fact, *want;
	} row[] = {
		{ "plain text", "Subject: x\n\nhello\n", "body", "hello\n" },
		{ "no body at all", "Subject: x\n", "body", "" },
		{ "quoted-printable in latin1",
		    "Content-Type: text/plain; charset=iso-8859-1\n"
		    "Content-Transfer-Encoding: quoted-printable\n\ncaf=E9\n",
		    "body", "café\n" },
		{ "body.raw is not decoded",
		    "Content-Transfer-Encoding: base64\n\naGk=\n", "body.raw",
		    "aGk=\n" },
		{ "link in the subject",
		    "Subject: see =?utf-8?q?http=3A//a=2Eexample/x?= now\n\nhi\n",
		    "url.href", "http://a.example/x" },
		{ "bare host in the subject", "Subject: a.example, now\n\nhi\n",
		    "url.host", "a.example" },
		{ "HTML's visible text",
		    "Content-Type: text/html\n\n<p>a<p hidden>b", "body", "a" },
		{ "HTML's hidden text",
		    "Content-Type: text/html\n\n<p>a<p hidden>b",
		    "html.hidden_text", "b" },
		{ "both texts",
		    MIXED "--b\n\na\n--b\nContent-Type: text/html\n\n<p>b\n"
			  "--b--\n",
		    "body", "a\nb" },
		{ "the plain one", MIXED "--b\n\na\n--b--\n", "body.text_plain",
		    "a" },
		{ "attached text is no body",
		    MIXED "--b\nContent-Disposition: attachment\n\na\n--b--\n",
		    "body", "" },
		{ "invisible characters go", "\nv\xe2\x80\x8bia\r\ngra\n",
		    "body", "via gra\n" },
		{ "the lines as they came", "\nvia\r\ngra\n", "body.text_plain",
		    "via\ngra\n" },
		{ "blanks of all kinds",
		    "Content-Type: text/plain; charset=utf-8\n\n"
		    "a  b\xc2\xa0\xe2\x80\x83"
		    "c\n",
		    "body", "a b c\n" },
		{ "letters of other forms",
		    "Content-Type: text/plain; charset=utf-8\n\n"
		    "\xef\xbc\xb0\xef\xbd\x81\xef\xbd\x99 "
		    "\xf0\x9d\x90\x8f\xf0\x9d\x90\x9a\xf0\x9d\x90\xb2\n",
		    "body", "Pay Pay\n" },
		{ "paragraphs stay apart", "\na\nb\n\nc\n> d\n", "body",
		    "a b\n\nc\n> d\n" },
		{ "link", "\nsee http://www.Bank.co.uk/x now\n", "url.domain",
		    "bank.co.uk" },
		{ "link to an address", "\nsee http://0x7f.1/\n", "url.address",
		    "127.0.0.1" },
		{ "mismatch",
		    "Content-Type: text/html\n\n<a href=http://evil.example/>"
		    "www.bank.example</a> <a href=http://a.b.example/>"
		    "c.b.example</a>",
		    "url.mismatch", "yes|no" },
		{ "URL in HTML's text",
		    "Content-Type: text/html\n\nsee http://a.example/ and "
		    "<a href=http://b.example/>http://c.example/</a>",
		    "url.host", "b.example|a.example" },
		{ "names of a file",
		    MIXED "--b\nContent-Type: application/x; name=a.pdf\n"
			  "Content-Disposition: attachment; filename=a.exe\n\n"
			  "x\n--b--\n",
		    "attachment.name", "a.exe|a.pdf" },
		{ "both are one file",
		    MIXED "--b\nContent-Type: application/x; name=a.pdf\n"
			  "Content-Disposition: attachment; filename=a.exe\n\n"
			  "x\n--b--\n",
		    "attachment.number", "1|1" },
		{ "a description that runs names a file without a name",
		    MIXED "--b\nContent-Type: application/x\n"
			  "Content-Description: my invoice.exe\n\nx\n--b--\n",
		    "attachment.name", "my invoice.exe" },
		{ "a description that is none",
		    MIXED "--b\nContent-Type: application/x\n"
			  "Content-Description: Delivery report 1.2\n\n"
			  "x\n--b--\n",
		    "attachment.name", "-" },
		{ "a description beside a name",
		    MIXED "--b\nContent-Type: application/x; name=a.pdf\n"
			  "Content-Description: b.exe\n\nx\n--b--\n",
		    "attachment.name", "a.pdf" },
		{ "an address that runs",
		    MIXED "--b\nContent-Type: application/x\n"
			  "Content-Location: http://a.example/b.exe?c=d.e\n\n"
			  "x\n--b--\n",
		    "attachment.name", "b.exe" },
		{ "an address of a picture",
		    MIXED "--b\nContent-Type: image/png\n"
			  "Content-Location: http://a.example/b.png\n\n"
			  "x\n--b--\n",
		    "attachment.name", "-" },
		{ "an address of a site",
		    MIXED "--b\nContent-Type: image/png\n"
			  "Content-Location: http://example.com\n\n"
			  "x\n--b--\n",
		    "attachment.name", "-" },
		{ "a type that has an end of its own",
		    MIXED "--b\nContent-Type: application/hta\n\nx\n--b--\n",
		    "attachment.extension", "hta" },
		{ "a script that is kept in a page",
		    MIXED "--b\nContent-Type: x/y; name=a.mht\n\n"
			  "Content-Type: multipart/related; boundary=c\n\n"
			  "--c\nContent-Type: application/javascript\n"
			  "Content-Location: http://a.example/b.js\n\n"
			  "x\n--c--\n--b--\n",
		    "attachment.name", "a.mht|-" },
		{ "a table that starts a program",
		    MIXED "--b\nContent-Type: text/csv; name=a.csv\n\n"
			  "a,b\n1,\"=cmd|'/C a,b'!A0\"\n--b--\n",
		    "attachment.acts", "run" },
		{ "a table that starts a program by name",
		    MIXED "--b\nContent-Type: text/csv; name=a.csv\n\n"
			  "1;-2+msexcel|x!A0\n--b--\n",
		    "attachment.acts", "run" },
		{ "a table of texts",
		    MIXED "--b\nContent-Type: text/csv; name=a.csv\n\n"
			  "-5,a|b!,=A1&\"|\",x!\n- a|b,c!\n=a|'b\n--b--\n",
		    "attachment.acts", "-" },
		{ "a table with a call",
		    MIXED "--b\nContent-Type: x/y; name=a.xls\n\n"
			  "ID;P\nO;E\nC;X1;Y1;EEXEC(\"a\")\nE\n--b--\n",
		    "attachment.acts", "run" },
		{ "a table of prices",
		    MIXED "--b\nContent-Type: text/csv; name=a.csv\n\n"
			  "ID;Preis;Name\n1;2;Eis|a!\n--b--\n",
		    "attachment.acts", "-" },
		{ "NUL in a name",
		    MIXED "--b\nContent-Type: application/x; "
			  "name*=a.exe%00.pdf\n\nx\n--b--\n",
		    "attachment.extension", "pdf|exe" },
		{ "runs by content",
		    MIXED "--b\nContent-Type: image/png; name=a.png\n\nMZ\x90"
			  "\n--b--\n",
		    "attachment.runs", "yes" },
		{ "type by content",
		    MIXED "--b\nContent-Type: image/png; name=a.png\n\nMZ\x90"
			  "\n--b--\n",
		    "attachment.content_type", "application/x-dosexec" },
		{ "members",
		    MIXED "--b\nContent-Type: application/zip; name=a.zip\n"
			  "Content-Transfer-Encoding: base64\n\n" ZIP
			  "\n--b--\n",
		    "attachment.members", "invoice.pdf.exe" },
		{ "a member that runs",
		    MIXED "--b\nContent-Type: application/zip; name=a.zip\n"
			  "Content-Transfer-Encoding: base64\n\n" ZIP
			  "\n--b--\n",
		    "member.runs", "yes" },
		{ "a member of an archive behind other octets",
		    MIXED "--b\nContent-Type: x/y; name=a.zip\n"
			  "Content-Transfer-Encoding: base64\n\n"
			  "anVua2p1bmsh" ZIP "\n--b--\n",
		    "member.name", "invoice.pdf.exe" },
		{ "what a compressed file is called",
		    MIXED "--b\nContent-Type: x/y; name=order.exe.gz\n"
			  "Content-Transfer-Encoding: base64\n\n" GZIP
			  "\n--b--\n",
		    "member.name", "evil.js|order.exe" },
		{ "a file inside of a document",
		    MIXED "--b\nContent-Type: x/y; name=a.one\n"
			  "Content-Transfer-Encoding: base64\n\n" NOTEBOOK
			  "\n--b--\n",
		    "member.extension", "hta" },
		{ "it is told with its document",
		    MIXED "--b\nContent-Type: x/y; name=a.one\n"
			  "Content-Transfer-Encoding: base64\n\n" NOTEBOOK
			  "\n--b--\n",
		    "attachment.members", "a.hta" },
		{ "a notebook that is not read may hold one",
		    MIXED
		    "--b\nContent-Type: x/y; name=a.one\n\nfail\1\n--b--\n",
		    "member", "?" },
		{ "a package that is not read holds none",
		    MIXED "--b\nContent-Type: x/y; name=a.docx\n\nPK fail\n"
			  "--b--\n",
		    "member", "" },
		{ "share of a library",
		    MIXED "--b\nContent-Type: x/y; name=a.library-ms\n\n"
			  "<url>\\\\a.example\\x</url>\n--b--\n",
		    "url.host", "a.example" },
		{ "share of a shortcut",
		    MIXED "--b\nContent-Type: x/y; name=a.url\n\n"
			  "[InternetShortcut]\nURL=file://a.example/x\n"
			  "--b--\n",
		    "url.host", "a.example" },
		{ "desktop of another",
		    MIXED "--b\nContent-Type: x/y; name=a.rdp\n\n"
			  "full address:s:a.example:3389\n--b--\n",
		    "url.href", "rdp://a.example:3389" },
		{ "desktop of another, in UTF-16",
		    MIXED "--b\nContent-Type: x/y; name=a.rdp\n"
			  "Content-Transfer-Encoding: base64\n\n"
			  "//5mAHUAbABsACAAYQBkAGQAcgBlAHMAcwA6AHMAOgBhAC4A"
			  "ZQB4AGEAbQBwAGwAZQA=\n--b--\n",
		    "url.href", "rdp://a.example" },
		{ "space without width behind a link",
		    "Content-Type: text/plain; charset=utf-8\n\n"
		    "http://a.example\xe2\x80\x8bnow\n",
		    "url.host", "a.examplenow|a.example" },
		{ "macros in an old document",
		    MIXED "--b\nContent-Type: x/y; name=a.rtf\n"
			  "Content-Transfer-Encoding: base64\n\n"
			  "0M8R4KGxGuEAAF8AVgBCAEEAXwBQAFIATwBKAEUAQwBUAAAA"
			  "\n--b--\n",
		    "attachment.macros", "yes" },
		{ "no macros",
		    MIXED "--b\nContent-Type: x/y; name=a.doc\n"
			  "Content-Transfer-Encoding: base64\n\n"
			  "0M8R4KGxGuEAAAAA\n--b--\n",
		    "attachment.macros", "no" },
		{ "no member of what is no archive",
		    MIXED "--b\nContent-Type: x/y; name=a.txt\n\nx\n--b--\n",
		    "member.name", "" },
		{ "password in attached HTML",
		    MIXED "--b\nContent-Type: text/html; name=a.html\n"
			  "Content-Disposition: attachment\n\n"
			  "<form><input type=password></form>\n--b--\n",
		    "html.form_password", "yes" },
		{ "remote images",
		    "Content-Type: text/html\n\n<img src=http://a.example/>",
		    "html.remote_images", "1" },
		{ "images, one of them remote",
		    "Content-Type: text/html\n\n<img src=http://a.example/>"
		    "<img src=cid:x><img>",
		    "html.images", "3" },
		{ "how much of a page is text",
		    "Content-Type: text/html\n\n<p>abc</p>x", "html.text_share",
		    "45.4545" },
		{ "no page has no share", "\nx", "html.text_share", "-" },
		{ "length without blanks",
		    "Content-Type: text/plain; charset=utf-8\n\n"
		    " \xc3\xa4 b\tc\n",
		    "body.length", "3" },
		{ "alphabets",
		    "Content-Type: text/plain; charset=utf-8\n\n"
		    "ab \xd0\x96\xd0\x96\n",
		    "script.cyrillic", "50" },
		{ "no letters have no alphabet", "\n1 2\n", "script.latin",
		    "-" },
		{ "letters of another alphabet",
		    "Content-Type: text/html; charset=utf-8\n\n"
		    "<p>p\xd0\xb0yp\xd0\xb0l",
		    "body.mixed_words", "1" },
		{ "link of a PDF",
		    MIXED "--b\nContent-Type: application/pdf\n\n"
			  "%PDF-1.4\n/URI (http://a.example/)\n--b--\n",
		    "url.kind", "pdf" },
		{ "a PDF by its name alone",
		    MIXED "--b\nContent-Type: x/y; name=a.pdf\n\n"
			  "/URI (http://a.example/)\n--b--\n",
		    "url.host", "a.example" },
		{ "text of a document",
		    MIXED "--b\nContent-Type: x/y; name=a.docx\n"
			  "Content-Transfer-Encoding: base64\n\n" DOCX
			  "\n--b--\n",
		    "attachment.text", "Pay now" },
		{ "link of an invitation that is text of the message",
		    MIXED "--b\nContent-Type: text/calendar\n\n"
			  "BEGIN:VCALENDAR\nURL:http://a.exa\n mple/\n--b--\n",
		    "url.href", "http://a.example/" },
		{ "and its kind",
		    MIXED "--b\nContent-Type: text/calendar\n\n"
			  "BEGIN:VCALENDAR\nURL:http://a.example/\n--b--\n",
		    "url.kind", "calendar" },
		{ "an invitation as a file",
		    MIXED "--b\nContent-Type: x/y; name=a.ics\n\n"
			  "SUMMARY:Pay now\n--b--\n",
		    "attachment.text", "Pay now" },
		{ "one that is text and a file is read once",
		    MIXED "--b\nContent-Type: text/calendar; name=a.ics\n\n"
			  "BEGIN:VCALENDAR\nURL:http://a.example/\n--b--\n",
		    "url.kind", "calendar" },
		{ "links of pictures that are pages",
		    MIXED "--b\nContent-Type: image/svg+xml\n\n"
			  "<svg><a href='http://a.example/'/></svg>\n--b--\n",
		    "url.kind", "svg" },
		{ "their scripts",
		    MIXED "--b\nContent-Type: image/svg+xml\n\n"
			  "<svg><script>x()</script></svg>\n--b--\n",
		    "html.script", "yes" },
		{ "a link of the text as well is that of the text",
		    MIXED "--b\n\nhttp://a.example/\n"
			  "--b\nContent-Type: application/pdf\n\n"
			  "%PDF-1.4\n/URI (http://a.example/)\n--b--\n",
		    "url.kind", "text" },
		{ "a document that fails has no text that is known",
		    MIXED "--b\nContent-Type: application/pdf\n\n"
			  "%PDF fail\n--b--\n",
		    "attachment.text", "?" },
		{ "nor is it known to be open",
		    MIXED "--b\nContent-Type: application/pdf\n\n"
			  "%PDF fail\n--b--\n",
		    "attachment.encrypted", "?" },
		{ "what it said before stays",
		    MIXED "--b\nContent-Type: application/pdf\n\n"
			  "%PDF fail /URI (http://a.example/)\n--b--\n",
		    "url.host", "a.example" },
		{ "a page that fails may have a script",
		    MIXED "--b\nContent-Type: image/svg+xml\n\n"
			  "<svg>fail</svg>\n--b--\n",
		    "html.script", "?" },
		{ "no document has no text",
		    MIXED "--b\nContent-Type: x/y; name=a.bin\n\nx\n--b--\n",
		    "attachment.text", "-" },
		{ "links without an author", "\nhttp://a.example/", "url.own",
		    "-" },
		{ "parts", MIXED "--b\n\na\n--b\n\nb\n--b--\n", "mime.parts",
		    "2" },
		{ "no link", "\nnone\n", "url.href", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct run r;

		if (!table_wants(row[i].label))
			continue;
		run_begin(&r, span_of(row[i].message), true);
		table_text(row[i].label, row[i].fact,
		    show_fact(&r, row[i].fact), row[i].want);
		run_end(&r);
	}
	table_end();
}

/* Whose domains links lead to. */
static void
test_own(void **state)
{
	static const struct {
		const char *label, *author, *family, *want;
	} row[] = {
		{ "the same", "a.example", "", "yes|no|no|yes" },
		{ "below it", "mail.a.example", "", "yes|no|no|yes" },
		{ "of one owner", "b.example", "b.example bank.co.uk",
		    "no|no|yes|yes" },
		{ "a public suffix is nobody's", "co.uk", "", "no|no|no|yes" },
		{ "somebody else", "c.example", "", "no|no|no|yes" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct run r;

		if (!table_wants(row[i].label))
			continue;
		author_domain = row[i].author;
		author_family = row[i].family;
		run_begin(&r,
		    SPAN("\nhttp://www.a.example/ http://192.0.2.1/ "
			 "http://x.bank.co.uk/ http://10.0.0.1/\n"),
		    true);
		table_text(row[i].label, "url.own", show_fact(&r, "url.own"),
		    row[i].want);
		run_end(&r);
	}
	author_domain = NULL;
	table_end();
}

/* Nobody reads documents: nothing is known, and that is no fault of it. */
static void
test_reader_off(void **state)
{
	struct run r;

	(void)state;
	settings = "reader off\n";
	run_begin(&r,
	    SPAN(MIXED "--b\nContent-Type: application/pdf\n\n"
		       "%PDF-1.4 /URI (http://a.example/)\n--b--\n"),
	    true);
	table_text("off", "text", show_fact(&r, "attachment.text"), "?");
	table_text("off", "links", show_fact(&r, "url.kind"), "");
	assert_int_equal(facts_named(r.m->facts, "url")->state, FACT_UNKNOWN);
	assert_int_equal(r.m->flag_count, 0);
	run_end(&r);
	settings = "reader.documents 4\n";
	table_end();
}

#define FILE_PNG "--b\nContent-Type: image/png\n\nx\n"
#define FILES_4  FILE_PNG FILE_PNG FILE_PNG FILE_PNG

static void
test_flags(void **state)
{
	static const struct {
		const char *label, *message, *want;
	} row[] = {
		{ "ordinary", "\nhello http://a.example/\n", "" },
		{ "user information", "\nhttp://a.example@b.example/\n",
		    "url-userinfo " },
		{ "bidi in a file name",
		    MIXED "--b\nContent-Type: application/x; "
			  "name*=utf-8''a%E2%80%AEfdp.exe\n\nx\n--b--\n",
		    "name-bidi " },
		{ "ambiguous name",
		    MIXED "--b\nContent-Type: application/x; name=a.pdf\n"
			  "Content-Disposition: attachment; filename=a.txt\n\n"
			  "x\n--b--\n",
		    "name-ambiguous " },
		{ "no boundary", "Content-Type: multipart/mixed\n\nx\n",
		    "mime-no-boundary " },
		{ "two texts are no limit",
		    MIXED "--b\n\na\n--b\nContent-Type: text/html\n\n<p>b\n"
			  "--b--\n",
		    "" },
		{ "a compressed file is no broken archive",
		    MIXED "--b\nContent-Type: x/y; name=report.xml.gz\n"
			  "Content-Transfer-Encoding: base64\n\n" GZIP
			  "\n--b--\n",
		    "" },
		{ "a page in an archive asks for a password",
		    MIXED "--b\nContent-Type: application/zip; name=a.zip\n"
			  "Content-Transfer-Encoding: base64\n\n" ZIP_PAGE
			  "\n--b--\n",
		    "archived-page " },
		{ "the mail itself does, too",
		    MIXED "--b\nContent-Type: text/html\n\n"
			  "<input type=password>\n"
			  "--b\nContent-Type: application/zip; name=a.zip\n"
			  "Content-Transfer-Encoding: base64\n\n" ZIP_PAGE
			  "\n--b--\n",
		    "html-password " },
		{ "an encrypted PDF",
		    MIXED "--b\nContent-Type: application/pdf\n\n"
			  "%PDF-1.4\n<</Encrypt 1 0 R>>\n--b--\n",
		    "document-unread " },
		{ "a document on which the helper breaks off",
		    MIXED "--b\nContent-Type: application/pdf\n\n"
			  "%PDF fail\n--b--\n",
		    "document-unread " },
		{ "as many as are read", MIXED FILES_4 "--b--\n", "" },
		{ "one more",
		    MIXED FILES_4 "--b\nContent-Type: image/png\n\nx\n--b--\n",
		    "document-unread limit " },
		{ "hidden text alone is no flag",
		    "Content-Type: text/html\n\n<p hidden>b", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct run r;
		char *flags;

		if (!table_wants(row[i].label))
			continue;
		run_begin(&r, span_of(row[i].message), true);
		flags = arena_strdup(r.m->arena, SPAN(""));
		for (size_t k = 0; k < r.m->flag_count; k++)
			flags = arena_printf(
			    r.m->arena, "%s%s ", flags, r.m->flag[k]);
		table_text(row[i].label, "flags", flags, row[i].want);
		run_end(&r);
	}
	table_end();
}

static void
test_json(void **state)
{
	static const char message[] = MIXED
	    "--b\n\nhttp://a.example/ b.com\n--b\n"
	    "Content-Type: Application/PDF; name=\"a.pdf\"\n\nxyz\n--b--\n";
	struct jsonw w;
	struct buf out;
	struct run r;

	(void)state;
	run_begin(&r, span_of(message), true);
	buf_init(&out, 10000);
	jsonw_init(&w, &out);
	jsonw_object(&w, NULL);
	check_content.json(r.m, r.m->slot[0], &w);
	jsonw_end(&w);
	table_text("json", "answer", arena_strdup(r.m->arena, buf_span(&out)),
	    "{\"attachments\":[{\"name\":\"a.pdf\",\"type\":"
	    "\"application/pdf\",\"size\":3}],"
	    "\"urls\":[\"http://a.example/\"]}");
	buf_clear(&out);
	check_content.explain(r.m, r.m->slot[0], &out, 1);
	assert_true(out.n > 0);
	buf_free(&out);
	run_end(&r);
	table_end();
}

/* Nothing is done that nobody asks for. */
static void
test_not_wanted(void **state)
{
	struct run r;

	(void)state;
	run_begin(&r, SPAN("\nhttp://a.example/\n"), false);
	assert_string_equal(show_fact(&r, "body"), "pending");
	run_end(&r);
}

static void
test_limit(void **state)
{
	struct buf message;
	struct run r;
	bool limit = false;

	(void)state;
	buf_init(&message, (size_t)16 << 20);
	(void)buf_addz(&message, "\n");
	while (message.n < (size_t)5 << 20)
		(void)buf_addz(&message, "long line \xff");
	run_begin(&r, buf_span(&message), true);
	for (size_t i = 0; i < r.m->flag_count; i++)
		limit = limit || strcmp(r.m->flag[i], "limit") == 0;
	assert_true(limit);
	assert_string_equal(show_fact(&r, "body.length"), "?");
	assert_string_equal(show_fact(&r, "script.latin"), "?");
	run_end(&r);
	buf_free(&message);
}

/* Of a text that was cut it is known that it is not short, where rules ask for
 * nothing else. */
static void
test_limit_length(void **state)
{
	static const struct {
		const char *label, *type, *rules;
		bool known;
	} row[] = {
		{ "is it short", "plain",
		    "rule a when body.length < 3500 then junk", true },
		{ "and another asks for more", "plain",
		    "rule a when body.length < 3500 then junk "
		    "rule b when not body.length >= 1500000 then junk",
		    false },
		{ "is it known", "plain",
		    "rule a when body.length is unknown then junk", false },
		{ "compared with another", "plain",
		    "rule a when body.length < html.images then junk", false },
		{ "shown", "plain",
		    "rule a when body.length < 9 then junk "
		    "\"%{body.length}\"",
		    false },
		{ "HTML", "html", "rule a when body.length < 9 then junk",
		    false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct buf message;
		struct run r;

		buf_init(&message, (size_t)16 << 20);
		(void)buf_printf(
		    &message, "Content-Type: text/%s\n\n", row[i].type);
		while (message.n < (size_t)5 << 20)
			(void)buf_addz(&message, "long line\n");
		rules = row[i].rules;
		run_begin(&r, buf_span(&message), true);
		table_text(row[i].label, "body.length",
		    show_fact(&r, "body.length"),
		    row[i].known ? "1.67772e+06" : "?");
		run_end(&r);
		buf_free(&message);
	}
	rules = NULL;
	table_end();
}

/* A hundred files of a message in a message in ...: reading stops where the
 * memory of one message ends, and what was not read is not known. */
static void
test_memory(void **state)
{
	struct buf message;
	struct run r;
	bool flagged = false;

	(void)state;
	settings = "content.memory 1M\n";
	buf_init(&message, (size_t)16 << 20);
	(void)buf_addz(
	    &message, "Content-Type: multipart/mixed; boundary=b\n\n");
	for (size_t i = 0; i < 100; i++) {
		(void)buf_printf(&message,
		    "--b\nContent-Type: text/html; name=f%zu.htm\n\n", i);
		for (size_t k = 0; k < 2000; k++)
			(void)buf_printf(
			    &message, "<p>text %zu %zu\xe9</p>\n", i, k);
	}
	(void)buf_addz(&message, "--b--\n");
	assert_false(message.over);
	run_begin(&r, buf_span(&message), true);
	for (size_t i = 0; i < r.m->flag_count; i++)
		flagged = flagged || strcmp(r.m->flag[i], "mime-memory") == 0;
	assert_true(flagged);
	assert_in_range(arena_used(r.m->arena), 1 << 20, 4 << 20);
	assert_int_equal(
	    facts_get(r.m->facts,
		schema_find(r.kit.snapshot->schema, SPAN("attachment")))
		->state,
	    FACT_UNKNOWN);
	run_end(&r);
	buf_free(&message);
	settings = "reader.documents 4\n";
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_facts),
	cmocka_unit_test(test_own),
	cmocka_unit_test(test_reader_off),
	cmocka_unit_test(test_flags),
	cmocka_unit_test(test_json),
	cmocka_unit_test(test_not_wanted),
	cmocka_unit_test(test_limit),
	cmocka_unit_test(test_limit_length),
	cmocka_unit_test(test_memory),
};

TABLE_MAIN(tests)
