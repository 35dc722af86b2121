/*
 * Whose mail a message claims to be. Two tables carry it: what attackers
 * write (none of it may yield an author domain that somebody could read
 * otherwise) and what honest but careless software writes (all of it must).
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/mail/author.h"

/* flags: those that must be among the flags, separated by spaces. */
struct field_row {
	const char *label;
	struct span from;
	enum author_status status;
	const char *domain;
	const char *flags;
};

static bool
has_flag(const struct author *au, struct span flag)
{
	for (size_t i = 0; i < au->flag_count; i++)
		if (span_is(flag, au->flag[i]))
			return true;
	return false;
}

static void
check_author(const char *label, const struct author *au, struct arena *a,
    enum author_status status, const char *domain, const char *flags)
{
	struct span rest = span_of(flags), flag;

	table_text(label, "status", author_status_names[au->status],
	    author_status_names[status]);
	table_text(label, "domain", arena_strdup(a, au->domain), domain);
	while (span_cut(&rest, ' ', &flag))
		if (flag.n > 0 && !has_flag(au, flag))
			table_fail(label, "no flag %.*s", SPAN_FMT(flag));
	if ((au->status == AUTHOR_OK) != (au->why == NULL))
		table_fail(label, "why: %s", au->why ? au->why : "none");
}

static void
check_fields(const struct field_row *row, size_t count)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < count; i++) {
		struct author au;

		if (!table_wants(row[i].label))
			continue;
		author_of_field(row[i].from, a, &au);
		check_author(row[i].label, &au, a, row[i].status, row[i].domain,
		    row[i].flags);
	}
	arena_free(&a);
	table_end();
}

#define V "victim.example"
#define X "attack.example"

/* clang-format off */
#define OK(label, from, domain, flags) \
	{ label, SPAN_INIT(from), AUTHOR_OK, domain, flags }
#define NO(label, from, status, flags) \
	{ label, SPAN_INIT(from), AUTHOR_##status, "", flags }

static const struct field_row good_fields[] = {
	OK("bare", "a@b.example", "b.example", ""),
	OK("in brackets", "<a@b.example>", "b.example", ""),
	OK("name", "John Doe <a@b.example>", "b.example", ""),
	OK("quoted name", "\"Doe, John\" <a@b.example>", "b.example", ""),
	OK("no space before bracket", "John<a@b.example>", "b.example", ""),
	OK("no space after quote", "\"John\"<a@b.example>", "b.example", ""),
	OK("much space", "  John   Doe  <  a@b.example  >  ", "b.example", ""),
	OK("tabs", "John\t<a@b.example>\t", "b.example", ""),
	OK("unquoted comma", "Doe, John <j@b.example>", "b.example", "from-lenient"),
	OK("two unquoted commas", "Acme, Inc., Sales <j@b.example>", "b.example", "from-lenient"),
	OK("dots in name", "J. R. R. Doe <j@b.example>", "b.example", ""),
	OK("domain as name", "b.example <j@b.example>", "b.example", ""),
	OK("other domain as name", "shop.example <j@b.example>", "b.example", ""),
	OK("parenthesis in name", "John (Doe) <j@b.example>", "b.example", ""),
	OK("unbalanced parenthesis", "John :-) <j@b.example>", "b.example", "from-lenient"),
	OK("unbalanced open parenthesis", "John ( Doe <j@b.example>", "b.example", "from-lenient"),
	OK("quoted, then words", "\"Foo\" bar <a@b.example>", "b.example", ""),
	OK("words, then quoted", "John \"Joe\" Doe <a@b.example>", "b.example", ""),
	OK("quote without end", "\"John Doe <a@b.example>", "b.example", "from-lenient"),
	OK("quote without beginning", "John Doe\" <a@b.example>", "b.example", "from-lenient"),
	OK("doubled quotes", "\"\"John\"\" <a@b.example>", "b.example", ""),
	OK("escaped quote", "\"John \\\"Joe\\\" Doe\" <a@b.example>", "b.example", ""),
	OK("backslash in name", "John\\Doe <a@b.example>", "b.example", "from-lenient"),
	OK("apostrophe", "John O'Doe <a@b.example>", "b.example", ""),
	OK("single quotes", "'John Doe' <a@b.example>", "b.example", ""),
	OK("address in single quotes", "'a@b.example' <a@b.example>", "b.example", "from-lenient"),
	OK("bare address in single quotes", "'a@b.example'", "b.example", "from-lenient"),
	OK("address as its own name", "a@b.example <a@b.example>", "b.example", "from-lenient"),
	OK("same, upper case", "A@B.EXAMPLE <a@b.example>", "b.example", "from-lenient"),
	OK("other mailbox of the domain as name", "info@b.example <a@b.example>", "b.example", "from-lenient"),
	OK("quoted address as its own name", "\"a@b.example\" <a@b.example>", "b.example", ""),
	OK("encoded address as its own name", "=?utf-8?Q?a=40b.example?= <a@b.example>", "b.example", ""),
	OK("other address quoted as name", "\"joe@mail.example via List\" <l@b.example>", "b.example", "from-name-address"),
	OK("other address encoded as name", "=?utf-8?Q?joe=40mail.example_via_List?= <l@b.example>", "b.example", "from-name-address"),
	OK("comment behind", "a@b.example (John Doe)", "b.example", ""),
	OK("comment close behind", "a@b.example(John Doe)", "b.example", ""),
	OK("comment before", "(John Doe) a@b.example", "b.example", ""),
	OK("nested comments", "a@b.example (John (Joe) Doe)", "b.example", ""),
	OK("comment behind brackets", "John <a@b.example> (Sales)", "b.example", ""),
	OK("comma and comment", "Doe, John <a@b.example> (Sales)", "b.example", "from-lenient"),
	OK("cron", "root@host.b.example (Cron Daemon)", "host.b.example", ""),
	OK("cron with brackets", "\"(Cron Daemon)\" <root@b.example>", "b.example", ""),
	OK("other address in a comment behind", "a@b.example (for joe@mail.example)", "b.example", "from-name-address"),
	OK("encoded word", "=?utf-8?B?SsO2cmc=?= <a@b.example>", "b.example", ""),
	OK("two encoded words", "=?utf-8?Q?J=C3=B6rg?= =?utf-8?Q?_Doe?= <a@b.example>", "b.example", ""),
	OK("encoded comma", "=?utf-8?Q?a=2C_b?= <x@b.example>", "b.example", ""),
	OK("raw comma in an encoded word", "=?utf-8?Q?a,_b?= <x@b.example>", "b.example", ""),
	OK("raw specials in an encoded word", "=?utf-8?Q?a_(b):_c?= <x@b.example>", "b.example", ""),
	OK("raw at sign in an encoded word", "=?utf-8?Q?a@b.example?= <a@b.example>", "b.example", ""),
	OK("encoded word in quotes", "\"=?utf-8?Q?J=C3=B6rg?=\" <a@b.example>", "b.example", ""),
	OK("encoded word without space", "=?utf-8?Q?J=C3=B6rg?=<a@b.example>", "b.example", ""),
	OK("encoded words and words", "Dr. =?iso-8859-1?Q?J=F6rg?= Doe, PhD <a@b.example>", "b.example", "from-lenient"),
	OK("encoded word with language", "=?utf-8*de?Q?J=C3=B6rg?= <a@b.example>", "b.example", ""),
	OK("broken encoded word", "=?utf-8?Q?J=C3=B6rg <a@b.example>", "b.example", ""),
	OK("encoded word in a comment", "a@b.example (=?utf-8?Q?J=C3=B6rg?=)", "b.example", ""),
	OK("raw UTF-8", "J\xc3\xb6rg <a@b.example>", "b.example", "from-8bit"),
	OK("raw Latin-1", "J\xf6rg <a@b.example>", "b.example", "from-8bit"),
	OK("raw Latin-1 in quotes", "\"J\xf6rg, GmbH\" <a@b.example>", "b.example", "from-8bit"),
	OK("raw Shift_JIS with @ as second octet", "\x83@\x83\x5c\x83\x43 <a@b.example>", "b.example", "from-8bit"),
	OK("raw ISO-2022-JP", "\x1b$B;3ED\x1b(B <a@b.example>", "b.example", "from-control"),
	OK("emoji", "\xf0\x9f\x8e\x89 Sale \xf0\x9f\x8e\x89 <a@b.example>", "b.example", "from-8bit"),
	OK("joined emoji", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb <a@b.example>", "b.example", "from-8bit"),
	OK("zero width space in the name", "Jo\xe2\x80\x8bhn <a@b.example>", "b.example", "from-name-invisible"),
	OK("at sign alone in the name", "John @ Acme <a@b.example>", "b.example", "from-lenient"),
	OK("handle in the name", "@john <a@b.example>", "b.example", "from-lenient"),
	OK("at sign at the end of the name", "Meet us @ <a@b.example>", "b.example", "from-lenient"),
	OK("colon in the name", "Acme: News <a@b.example>", "b.example", "from-lenient"),
	OK("time in the name", "News 12:30 <a@b.example>", "b.example", "from-lenient"),
	OK("semicolon in the name", "R&D; Sales <a@b.example>", "b.example", "from-lenient"),
	OK("brackets in the name", "[List] John <a@b.example>", "b.example", "from-lenient"),
	OK("angle bracket in the name", "A > B <a@b.example>", "b.example", "from-lenient"),
	OK("heart in the name", "We <3 mail <a@b.example>", "b.example", "from-lenient"),
	OK("slashes, pipes and so on", "A/B | C & D #1 * ! <a@b.example>", "b.example", ""),
	OK("trailing comma", "John <a@b.example>,", "b.example", ""),
	OK("trailing comma, bare", "a@b.example,", "b.example", ""),
	OK("trailing semicolon", "John <a@b.example>;", "b.example", "from-lenient"),
	OK("leading comma", ", John <a@b.example>", "b.example", ""),
	OK("doubled brackets", "<<a@b.example>>", "b.example", "from-lenient"),
	OK("bracket without end", "John <a@b.example", "b.example", "from-lenient"),
	OK("bracket without beginning", "a@b.example>", "b.example", "from-lenient"),
	OK("mailto", "John <mailto:a@b.example>", "b.example", "from-lenient"),
	OK("name without brackets", "John Doe a@b.example", "b.example", "from-lenient"),
	OK("quoted name without brackets", "\"John Doe\" a@b.example", "b.example", "from-lenient"),
	OK("spaces around the at sign", "<a @ b.example>", "b.example", ""),
	OK("space in the local part", "<john doe@b.example>", "b.example", "from-lenient"),
	OK("two dots in the local part", "john..doe@b.example", "b.example", "from-lenient"),
	OK("dot at the end of the local part", "<john.@b.example>", "b.example", "from-lenient"),
	OK("quoted local part", "\"john doe\"@b.example", "b.example", ""),
	OK("plus, equals, percent", "a+b=c%d@b.example", "b.example", ""),
	OK("mixed case", "A@B.Example", "b.example", ""),
	OK("trailing dot", "a@b.example.", "b.example", "from-lenient"),
	OK("underscore in the domain", "a@b_c.example", "b_c.example", ""),
	OK("u-label", "a@b\xc3\xbc" "cher.example", "xn--bcher-kva.example", "from-8bit"),
	OK("a-label", "a@xn--bcher-kva.example", "xn--bcher-kva.example", ""),
	OK("one label", "root@localhost", "localhost", ""),
	OK("two mailboxes of one domain", "a@b.example, C <d@B.example>", "b.example", "from-mailboxes"),
	OK("empty name", "\"\" <a@b.example>", "b.example", ""),
	OK("all of it in quotes", "\"John Doe <a@b.example>\"", "b.example", "from-lenient"),
	OK("quoted address alone", "\"a@b.example\"", "b.example", "from-lenient"),
	OK("quoted address in brackets", "<\"a@b.example\">", "b.example", "from-lenient"),
	OK("address twice in brackets", "<a@b.example> <a@b.example>", "b.example", "from-lenient"),
	OK("mailto behind", "John <a@b.example<mailto:a@b.example>>", "b.example", "from-lenient"),
	OK("mailto in square brackets", "John [mailto:a@b.example]", "b.example", "from-lenient"),
	OK("comment and brackets", "a@b.example (John) <a@b.example>", "b.example", "from-lenient"),
	OK("full-width @ in the name, encoded", "=?utf-8?b?Y2Vv77ygYmFuay5leGFtcGxl?= <a@b.example>", "b.example", "from-name-address"),
	OK("full-width @ in the name", "ceo＠bank.example <a@b.example>", "b.example", "from-name-address from-8bit"),
	OK("full-width @ in a quoted name", "\"ceo＠bank.example\" <a@b.example>", "b.example", "from-name-address"),
	OK("full-width @ in a comment", "a@b.example (ceo＠bank.example)", "b.example", "from-name-address"),
	OK("small @ in the name", "=?utf-8?q?ceo=EF=B9=ABbank.example?= <a@b.example>", "b.example", "from-name-address"),
	OK("full-width all over", "=?utf-8?b?772D772F772B?= <a@b.example>", "b.example", ""),
	OK("dot leader in the name", "=?utf-8?b?Y2VvQGJhbmvigKRleGFtcGxl?= <a@b.example>", "b.example", "from-name-address"),
	OK("ideographic full stop in the name", "=?utf-8?q?ceo=40bank=E3=80=82example?= <a@b.example>", "b.example", "from-name-address"),
	OK("half-width full stop, full-width @", "=?utf-8?q?ceo=EF=BC=A0bank=EF=BD=A1example?= <a@b.example>", "b.example", "from-name-address"),
	OK("mathematical letters", "=?utf-8?q?ceo=40=F0=9D=90=9B=F0=9D=90=9A=F0=9D=90=A7=F0=9D=90=A4.example?= <a@b.example>", "b.example", "from-name-address"),
	OK("full-width @ in latin letters of another charset", "=?gb2312?b?Y2Vvo8BiYW5rLmV4YW1wbGU=?= <a@b.example>", "b.example", "from-name-address"),
	OK("right-to-left override", "=?utf-8?b?4oCuZWxwbWF4ZS5rbmFiQG9lYw==?= <a@b.example>", "b.example", "from-name-address from-name-invisible"),
	OK("right-to-left override, raw", "\xe2\x80\xae" "elpmaxe.knab\xef\xbc\xa0oec <a@b.example>", "b.example", "from-name-address from-name-invisible"),
	OK("override in an encoded name", "=?utf-8?q?=E2=80=AEknaB?= <a@b.example>", "b.example", "from-name-invisible"),
	OK("zero width space in an encoded name", "=?utf-8?q?Jo=E2=80=8Bhn?= <a@b.example>", "b.example", "from-name-invisible"),
	OK("zero width space in an encoded address", "=?utf-8?q?ceo=40ba=E2=80=8Bnk.example?= <a@b.example>", "b.example", "from-name-address from-name-invisible"),
	OK("isolates in an encoded comment", "a@b.example (=?utf-8?q?=E2=81=A7x=E2=81=A9?=)", "b.example", "from-name-invisible"),
	OK("address over encoded words and quotes", "\"ceo\" =?utf-8?q?=40?= \"bank.example\" <a@b.example>", "b.example", "from-name-address"),
	OK("address over two encoded words", "=?utf-8?q?ceo=EF=BC=A0bank?= =?utf-8?q?=2Eexample?= <a@b.example>", "b.example", "from-name-address"),
	OK("own address with a full-width @", "=?utf-8?q?a=EF=BC=A0b.example?= <a@b.example>", "b.example", ""),
	OK("own address, a mark behind it", "info@b.example- private <info@b.example>", "b.example", "from-lenient"),
	OK("own address, ! behind it", "info@b.example! <info@b.example>", "b.example", "from-lenient"),
	OK("own address, marks behind it", "info@b.example*** news <info@b.example>", "b.example", "from-lenient"),
	OK("own address, a slash behind it", "info@b.example/ Sales <info@b.example>", "b.example", "from-lenient"),
	OK("own address, a bar behind it", "info@b.example| Sales <info@b.example>", "b.example", "from-lenient"),
	OK("own address, a colon behind it", "info@b.example: Sales <info@b.example>", "b.example", "from-lenient"),
	OK("own address, a quote behind it", "info@b.example' Sales <info@b.example>", "b.example", "from-lenient"),
	OK("own address, quote and mark behind it", "'info@b.example'! Sales <info@b.example>", "b.example", "from-lenient"),
	OK("own address, an underscore behind it", "info@b.example_ Sales <info@b.example>", "b.example", "from-lenient"),
	OK("own address, a dash behind it", "info@b.example– private <info@b.example>", "b.example", "from-lenient"),
	OK("own address, a comma behind it", "info@b.example, <info@b.example>", "b.example", "from-mailboxes"),
	OK("own address, brackets behind it", "info@b.example [private] <info@b.example>", "b.example", "from-lenient"),
	OK("own address quoted, a mark behind it", "\"info@b.example- private\" <info@b.example>", "b.example", ""),
	OK("own address encoded, a dash behind it", "=?utf-8?q?info=40b.example=E2=80=93_private?= <info@b.example>", "b.example", ""),
	OK("other address quoted, then words", "\"joe@mail.example\" via List <l@b.example>", "b.example", "from-name-address"),
	OK("host without dot as name", "root@web1 <a@b.example>", "b.example", "from-lenient"),
	OK("long name", "Name of a company that is called by a very long name indeed and a bit more than that, so that it was folded and unfolded again <a@b.example>", "b.example", "from-lenient"),
	OK("no-break space", "John\xc2\xa0" "Doe <a@b.example>", "b.example", ""),
	OK("direction marks", "\xe2\x80\x8fJohn\xe2\x80\x8f <a@b.example>", "b.example", "from-name-invisible"),
	OK("route of the same domain", "<@b.example:a@b.example>", "b.example", "from-route"),
};

static const struct field_row bad_fields[] = {
	NO("empty", "", EMPTY, "from-empty"),
	NO("null", "<>", EMPTY, "from-empty"),
	NO("null with a name", "\"admin@" V "\" <>", EMPTY, ""),
	NO("no address", "John Doe", MALFORMED, "from-malformed"),
	NO("no domain", "John <john>", MALFORMED, ""),
	NO("empty domain", "John <john@>", MALFORMED, ""),
	NO("empty local part", "<@" X ">", MALFORMED, ""),
	NO("address literal", "a@[192.0.2.1]", MALFORMED, "from-literal"),
	NO("IP address as a domain", "a@192.0.2.1", MALFORMED, ""),
	NO("empty label", "a@" X "..example", MALFORMED, ""),
	NO("domain of 300 octets", "a@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaa", MALFORMED, ""),
	NO("A4 apostrophe in the domain", "a@" V "'." X, AMBIGUOUS, ""),
	NO("A5 quote in the domain", "a@" V "\"." X, AMBIGUOUS, ""),
	NO("A6 parenthesis in the domain", "a@" V "(." X, MALFORMED, ""),
	NO("A6 comment in the domain", "a@" V "(x)." X, AMBIGUOUS, ""),
	NO("comment before the domain", "<a@(x)" V ">", AMBIGUOUS, ""),
	NO("space in the domain", "a@" V " ." X, AMBIGUOUS, ""),
	NO("space behind a dot in the domain", "a@" V ". " X, AMBIGUOUS, ""),
	NO("A14 two domains", "a@" X ", admin@" V, DOMAINS, "from-domains"),
	NO("A14 with names", "\"A\" <a@" X ">, Admin <admin@" V ">", DOMAINS, "from-domains"),
	NO("A14 three", "a@" X ", b@b.example, admin@" V, DOMAINS, "from-domains"),
	NO("A14 with unquoted commas", "Doe, J <a@" X ">, Roe, K <admin@" V ">", AMBIGUOUS, ""),
	NO("semicolon between", "a@" X "; admin@" V, AMBIGUOUS, ""),
	NO("space between", "a@" X " admin@" V, AMBIGUOUS, ""),
	NO("A15 encoded address before a comma", "=?utf-8?Q?=3Cadmin=40victim.example=3E=2C?=<a@" X ">", AMBIGUOUS, "from-encoded-address"),
	NO("A15 in base64", "=?utf-8?B?YWRtaW5AdmljdGltLmV4YW1wbGUs?= <a@" X ">", AMBIGUOUS, "from-encoded-address"),
	NO("A15 comma behind the word", "=?utf-8?B?YWRtaW5AdmljdGltLmV4YW1wbGU=?=,<a@" X ">", AMBIGUOUS, "from-encoded-address"),
	NO("A15 over two words", "=?utf-8?Q?admin=40vic?= =?utf-8?Q?tim.example=2C?= <a@" X ">", AMBIGUOUS, "from-encoded-address"),
	NO("A15 in quotes", "\"=?utf-8?Q?admin=40victim.example=2C?=\" <a@" X ">", AMBIGUOUS, "from-encoded-address"),
	NO("encoded address in brackets' place", "=?utf-8?Q?admin=40victim.example?=", MALFORMED, ""),
	NO("another domain, a mark behind it", "info@victim.example- private <a@" X ">", AMBIGUOUS, ""),
	NO("another domain, ! behind it", "info@victim.example! private <a@" X ">", AMBIGUOUS, ""),
	NO("a mark inside a domain", "info@" X "!victim.example <a@" X ">", AMBIGUOUS, ""),
	NO("a mark before a domain goes on", "info@" X "-.victim.example <a@" X ">", AMBIGUOUS, ""),
	NO("a dash before a domain goes on", "info@" X "–victim.example <a@" X ">", MALFORMED, ""),
	NO("an @ behind it", "info@" X "@ victim.example <a@" X ">", AMBIGUOUS, ""),
	NO("encoded local part", "<=?utf-8?Q?admin?=@" V ">", MALFORMED, "from-encoded-address"),
	NO("encoded local part with an address", "=?utf-8?Q?admin=40victim.example?==?utf-8?Q?=00?=@" X, MALFORMED, "from-encoded-address"),
	NO("encoded domain", "<a@=?utf-8?Q?victim.example?=>", AMBIGUOUS, ""),
	NO("A16 route", "<@" X ",@any.example:admin@" V ">", AMBIGUOUS, "from-route"),
	NO("A16 route, reversed", "<@" V ":a@" X ">", AMBIGUOUS, "from-route"),
	NO("A17 quoted pair", "<admin@" V ">\\,<a@" X ">", AMBIGUOUS, ""),
	NO("A17 quoted pairs in brackets", "<admin@" V "\\>\\,<a@" X ">", AMBIGUOUS, ""),
	NO("A18 comma", "admin@" V ",<a@" X ">", DOMAINS, "from-domains"),
	NO("A18 without brackets' comma", "admin@" V "<a@" X ">", AMBIGUOUS, ""),
	NO("A19 text behind", "<a@" X ">admin@" V, AMBIGUOUS, ""),
	NO("A19 words behind", "<a@" X "> Admin", MALFORMED, ""),
	NO("A19 unbalanced bracket", "admin@" V "> <a@" X ">", AMBIGUOUS, ""),
	NO("two brackets", "<admin@" V "> <a@" X ">", AMBIGUOUS, ""),
	NO("bracket in a bracket", "<admin@" V "<a@" X ">>", AMBIGUOUS, ""),
	NO("other address as name, unquoted", "admin@" V " <a@" X ">", AMBIGUOUS, ""),
	NO("other address in a bad quote", "\"admin@" V "\\\" <a@" X ">", AMBIGUOUS, ""),
	NO("other address in a quote without end", "\"admin@" V " <a@" X ">", AMBIGUOUS, ""),
	NO("two at signs", "<a@" X "@" V ">", AMBIGUOUS, ""),
	NO("at sign in the quoted local part", "\"admin@" V "\"@" X, AMBIGUOUS, ""),
	NO("address in brackets in a comment", "<a@" X "> (<admin@" V ">)", AMBIGUOUS, ""),
	NO("address in a comment before", "(admin@" V ") a@" X, AMBIGUOUS, ""),
	NO("address in a comment in brackets", "<(admin@" V ")a@" X ">", AMBIGUOUS, ""),
	NO("comment in brackets behind", "<a@" X "(admin)>", AMBIGUOUS, ""),
	NO("comment without end", "a@" X " (admin@" V, AMBIGUOUS, ""),
	NO("group without mailbox", "Undisclosed:;", GROUP, "from-group"),
	NO("group", "Team: a@" X ";", GROUP, "from-group"),
	NO("group named as an address", "admin@" V ": a@" X ";", AMBIGUOUS, ""),
	NO("zero width space in the domain", "a@vic\xe2\x80\x8btim.example", MALFORMED, "from-invisible"),
	NO("zero width joiner in the local part", "ad\xe2\x80\x8dmin@" V, MALFORMED, "from-invisible"),
	NO("zero width space behind", "<a@" V "\xe2\x80\x8b>", MALFORMED, "from-invisible"),
	NO("zero width space before a bracket", "admin@" V "\xe2\x80\x8b<a@" X ">", MALFORMED, "from-invisible"),
	NO("override in the address", "\xe2\x80\xae" "admin@" V, MALFORMED, "from-invisible"),
	NO("ideographic full stop", "admin@" V "\xe3\x80\x82" X, AMBIGUOUS, "from-dot"),
	NO("fullwidth full stop", "admin@victim\xef\xbc\x8e" "example", AMBIGUOUS, "from-dot"),
	NO("fullwidth at sign", "admin\xef\xbc\xa0" V, MALFORMED, ""),
	NO("domain in Latin-1", "a@b\xfc" "cher.example", MALFORMED, ""),
	NO("NUL in the name", "admin@" V "\0 <a@" X ">", AMBIGUOUS, "from-control"),
	NO("NUL in the domain", "a@" V "\0." X, AMBIGUOUS, "from-control"),
	NO("bare CR", "a@" X "\rFrom: admin@" V, AMBIGUOUS, "from-control"),
	NO("line end", "a@" X "\nFrom: admin@" V, AMBIGUOUS, "from-control"),
	NO("null beside another", "admin@" V ", <>", MALFORMED, ""),
	NO("null in brackets behind", "admin@" V " <>", MALFORMED, ""),
	NO("square brackets around the domain", "a@[" V "]", MALFORMED, ""),
	NO("quoted domain", "a@\"" V "\"", AMBIGUOUS, ""),
	NO("quote behind the domain, more behind", "a@" X "\"x\"." V, AMBIGUOUS, ""),
	NO("all of it in quotes, another behind", "\"John <admin@" V ">\" a@" X, AMBIGUOUS, ""),
	NO("all of it encoded", "=?utf-8?B?Sm9obiA8am9obkBiLmV4YW1wbGU+?=", MALFORMED, ""),
	NO("percent sign in the domain", "a@" V "%" X, AMBIGUOUS, ""),
	NO("slash behind the domain", "a@" V "/" X, AMBIGUOUS, ""),
};
/* clang-format on */

static void
test_ugly_but_legitimate(void **state)
{
	(void)state;
	assert_true(ARRAY_COUNT(good_fields) >= 60);
	check_fields(good_fields, ARRAY_COUNT(good_fields));
}

static void
test_attacks(void **state)
{
	(void)state;
	check_fields(bad_fields, ARRAY_COUNT(bad_fields));
}

/* Whole headers, as header_split reads them. */
static void
test_headers(void **state)
{
	/* clang-format off */
	static const struct {
		const char *label, *message;
		enum author_status status;
		const char *domain, *flags;
		size_t fields;
	} row[] = {
		{ "one", "From: a@b.example\r\n\r\n", AUTHOR_OK, "b.example", "", 1 },
		{ "folded", "From: John\r\n\t<a@b.example>\r\n\r\n", AUTHOR_OK, "b.example", "", 1 },
		{ "any case", "FROM: a@b.example\n\n", AUTHOR_OK, "b.example", "", 1 },
		{ "A8 two", "From: a@" X "\r\nFrom: admin@" V "\r\n\r\n", AUTHOR_MULTIPLE, "", "from-multiple", 2 },
		{ "A8 two, the same twice", "From: a@b.example\r\nfrom: a@b.example\r\n\r\n", AUTHOR_MULTIPLE, "", "", 2 },
		{ "A8 first one bad", "From: x\r\nFrom: admin@" V "\r\n\r\n", AUTHOR_MULTIPLE, "", "from-malformed", 2 },
		{ "A9 leading space, first line", " From: a@" X "\r\nFrom: admin@" V "\r\n\r\n", AUTHOR_MISSING, "", "from-missing from-folded", 0 },
		{ "A9 leading space, under another", "From: a@" X "\r\nTo: b@b.example\r\n From: admin@" V "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A9 leading space, under From", "From: a@" X "\r\n From: admin@" V "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "", 1 },
		{ "A10 space before the colon", "From : a@" X "\r\nFrom: admin@" V "\r\n\r\n", AUTHOR_MULTIPLE, "", "from-multiple", 2 },
		{ "space before the colon, alone", "From : a@b.example\r\n\r\n", AUTHOR_OK, "b.example", "from-space-colon", 1 },
		{ "A11 folded before the colon", "From\r\n : a@" X "\r\nFrom: admin@" V "\r\n\r\n", AUTHOR_MISSING, "", "from-folded", 0 },
		{ "A11 behind a From", "From: a@" X "\r\nFrom\r\n : admin@" V "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A12 none", "Sender: admin@" V "\r\n\r\n", AUTHOR_MISSING, "", "from-missing", 0 },
		{ "A13 Resent-From alone", "Resent-From: admin@" V "\r\n\r\n", AUTHOR_MISSING, "", "from-missing", 0 },
		{ "empty header", "", AUTHOR_MISSING, "", "from-missing", 0 },
		{ "signature that names From", "From: a@b.example\r\nDKIM-Signature: v=1; h=To:\r\n\tFrom:Subject; i=@b.example\r\n\r\n", AUTHOR_OK, "b.example", "", 1 },
		{ "signature, the list ends the field", "From: a@b.example\r\nDKIM-Signature: v=1; i=@c.example; h=To:\r\n\tFrom : Subject\r\n\r\n", AUTHOR_OK, "b.example", "", 1 },
		{ "ARC signature that names From", "From: a@b.example\r\nARC-Message-Signature: i=1; h=to\r\n\t:subject:\r\n\tfrom\r\n\t:date; d=c.example; i=x@c.example; b=AA==\r\n\r\n", AUTHOR_OK, "b.example", "", 1 },
		{ "signature with a copy of From", "From: a@b.example\r\nDKIM-Signature: v=1; z=To:x@y.example|\r\n\tFrom:a@b.example|Subject:x; b=AA==\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "report that quotes the From", "From: a@b.example\r\nX-Spam-Report: x\r\n\tFrom: c@b.example\r\n\r\n", AUTHOR_OK, "b.example", "", 1 },
		{ "report that quotes the whole header", "From: a@b.example\r\nX-Spam-Report: x\r\n\tFrom: Ann\r\n\t <a@B.example>\r\n\tTo: c@d.example\r\n\r\n", AUTHOR_OK, "b.example", "", 1 },
		{ "A9 under X-", "From: a@" X "\r\nX-Spam-Report: x\r\n\tFrom: c@" V "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A9 under X-, before From", "X-Foo:\r\n From: CEO <c@" V ">\r\nFrom: a@" X "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A9 under X-, the second copy", "From: a@" X "\r\nX-Foo: x\r\n From: b@" X "\r\n From: c@" V "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A9 under X-, two addresses", "From: a@" X "\r\nX-Foo: x\r\n From: b@" X ", c@" V "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A9 under X-, no author to compare with", "From: a@" X ", b@c.example\r\nX-Foo: x\r\n From: a@" X "\r\n\r\n", AUTHOR_DOMAINS, "", "from-folded", 1 },
		{ "A9 under ARC-", "From: a@" X "\r\nARC-Seal: i=1; a=b\r\n From: CEO <c@" V ">\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A9 under -Signature, colon later", "From: a@" X "\r\nX-PGP-Signature: b\r\n\tFrom : CEO <c@" V ">\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A9 under DKIM-Signature, behind a list", "From: a@" X "\r\nDKIM-Signature: h=To:\r\n From:Bank;<c@" V ">\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A9 under DKIM-Signature, quoted semicolon", "From: a@" X "\r\nDKIM-Signature: h=To:\r\n From: \"Bank;d=x\" <c@" V ">\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A9 address on the next line", "From: a@" X "\r\nSubject: hi\r\n From: CEO\r\n <c@" V ">\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A9 address two lines on, under X-", "From: a@" X "\r\nX-Foo: hi\r\n From:\r\n\tCEO\r\n\t<c@" V ">\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A9 address of the next field", "From: a@b.example\r\nSubject: hi\r\n From: the hills\r\n Reply-To: c@d.example\r\n\r\n", AUTHOR_OK, "b.example", "", 1 },
		{ "A9 behind a vertical tab", "From: a@" X "\r\nX-Foo: hi\r\n \vFrom: c@" V "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A9 behind a no-break space", "From: a@" X "\r\nX-Foo: hi\r\n \u00A0From: c@" V "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A9 with a vertical tab before the colon", "From: a@" X "\r\nX-Foo: hi\r\n From\v: c@" V "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "words of another script before it", "From: a@b.example\r\nSubject: hi\r\n Привет From: c@d.example\r\n\r\n", AUTHOR_OK, "b.example", "", 1 },
		{ "A9 with an encoded address", "From: a@" X "\r\nX-Foo: hi\r\n From: =?utf-8?q?c=40victim.example?=\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A9 with a full-width @", "From: a@" X "\r\nSubject: hi\r\n From: c＠" V "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A11 colon on the next line, under Subject", "Subject: hi\r\n From\r\n : CEO <c@" V ">\r\nFrom: a@" X "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A11 colon and address apart, under X-", "X-Foo: hi\r\n FROM \r\n\t: CEO\r\n c@" V "\r\nFrom: a@" X "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "A11 under From", "From: A\r\n From\r\n : CEO <c@" V ">\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "CR before From", "From: a@" X "\r\nSubject: hi\rFrom: CEO <c@" V ">\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "CR before From, no address", "From: a@" X "\r\nSubject: hi\rFrom: CEO\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "CR before From, the same domain", "From: a@" X "\r\nX-Foo: hi\rFrom: c@" X "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "CR before From, space before the colon", "From: a@" X "\r\nX-Foo: hi\rFROM : c@" V "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "CR before From, colon on the next line", "From: a@" X "\r\nX-Foo: hi\rFrom\r : c@" V "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "CR before From in a signature", "From: a@" X "\r\nDKIM-Signature: h=To:\rFrom:Subject; i=@b.example\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "CR before From in the first line of all", "X: y\rFrom: c@" V "\r\nFrom: a@" X "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "CR inside a fold", "From: a@" X "\r\nX: y\r\n z\rFrom: c@" V "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "CR and blanks before From", "From: a@" X "\r\nX: y\r From: c@" V "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "CR inside From", "From: a@" X "\rFrom: c@" V "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "CR in the line that ends the header", "From: a@" X "\r\nX\rFrom: c@" V "\r\n\r\n", AUTHOR_AMBIGUOUS, "", "from-folded", 1 },
		{ "CR before another field", "From: a@b.example\r\nX: y\rTo: c@d.example\r\n\r\n", AUTHOR_OK, "b.example", "", 1 },
		{ "from in Received", "Received: by x\r\n\tfrom c@d.example\r\nFrom: a@b.example\r\n\r\n", AUTHOR_OK, "b.example", "", 1 },
		{ "another line ended the header", "From: a@b.example\r\nno field\r\nTo: x\r\n\r\n", AUTHOR_OK, "b.example", "", 1 },
		{ "From in the body", "From: a@b.example\r\n\r\nFrom: admin@" V "\r\n", AUTHOR_OK, "b.example", "", 1 },
	};
	/* clang-format on */
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct header_list h;
		struct author au;
		struct span body;
		unsigned anomalies = 0;

		if (!table_wants(row[i].label))
			continue;
		header_list_init(&h, a);
		header_split(span_of(row[i].message), &h, &body, &anomalies);
		author_find(&h, anomalies, a, &au);
		check_author(row[i].label, &au, a, row[i].status, row[i].domain,
		    row[i].flags);
		table_number(row[i].label, "fields", (long long)au.fields,
		    (long long)row[i].fields);
	}
	arena_free(&a);
	table_end();
}

static void
test_mailbox_parts(void **state)
{
	static const struct {
		const char *label, *from, *name, *local, *text;
	} row[] = {
		{ "plain", "John Doe <j@b.example>", "John Doe", "j",
		    "j@b.example" },
		{ "bare", "j@b.example", "", "j", "j@b.example" },
		{ "comment is the name", "j@b.example (John Doe)", "John Doe",
		    "j", "j@b.example" },
		{ "quoted name stays raw", "\"Doe, J\" <j@b.example>",
		    "\"Doe, J\"", "j", "j@b.example" },
		{ "needless quotes go", "<\"j\"@b.example>", "", "j",
		    "\"j\"@b.example" },
		{ "needed quotes stay", "<\"j d\"@b.example>", "", "\"j d\"",
		    "\"j d\"@b.example" },
		{ "route goes", "<@b.example:j@b.example>", "", "j",
		    "j@b.example" },
		{ "by agreement", "Doe, John <j@b.example>", "Doe, John", "j",
		    "j@b.example" },
		{ "address as name", "x@b.example <j@b.example>", "x@b.example",
		    "j", "j@b.example" },
		{ "without brackets", "John j@b.example", "", "j",
		    "j@b.example" },
		{ "quoted, by agreement", "a, b <\"j d\"@b.example>", "a, b",
		    "\"j d\"", "\"j d\"@b.example" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		const char *label = row[i].label;
		struct addr_list l;

		if (!table_wants(label))
			continue;
		addr_list_parse(span_of(row[i].from), a, &l);
		table_number(label, "mailboxes", (long long)l.count, 1);
		if (l.count != 1)
			continue;
		table_text(
		    label, "name", arena_strdup(a, l.box[0].name), row[i].name);
		table_text(label, "local", arena_strdup(a, l.box[0].local),
		    row[i].local);
		table_text(
		    label, "text", arena_strdup(a, l.box[0].text), row[i].text);
	}
	arena_free(&a);
	table_end();
}

/* None of these may take more than linear time; ASan runs count, too. */
static void
test_hostile_sizes(void **state)
{
	static const struct {
		const char *label, *piece;
	} row[] = {
		{ "mailboxes", "a@b.example," },
		{ "mailboxes with rivals", "\"x@y.example\" <a@b.example>," },
		{ "comments", "(" },
		{ "quotes", "\"" },
		{ "at signs", "@" },
		{ "at signs and parentheses", "@a(" },
		{ "agreeing addresses", "a@b.example " },
		{ "spelled in many ways", "a@b.example a@B.example " },
		{ "encoded words", "=?utf-8?Q?a=40b.example?= " },
		{ "beginnings of encoded words", "=?utf-8?Q?" },
		{ "angle brackets", "<" },
		{ "u-labels", "a@\xc3\xbc.example, " },
	};
	struct arena *a = arena_new();
	char *text = arena_alloc(a, ADDR_VALUE_MAX);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		size_t n = strlen(row[i].piece), total = 0;
		struct author au;

		if (!table_wants(row[i].label))
			continue;
		while (total + n <= ADDR_VALUE_MAX) {
			memcpy(text + total, row[i].piece, n);
			total += n;
		}
		author_of_field(span_make(text, total), a, &au);
		if (arena_used(a) > (size_t)64 << 20)
			table_fail(row[i].label, "%zu octets", arena_used(a));
	}
	arena_free(&a);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_ugly_but_legitimate),
	cmocka_unit_test(test_attacks),
	cmocka_unit_test(test_headers),
	cmocka_unit_test(test_mailbox_parts),
	cmocka_unit_test(test_hostile_sizes),
};

TABLE_MAIN(tests)
