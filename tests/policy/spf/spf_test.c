/*
 * The evaluation of SPF, section by section of RFC 7208. Every row is judged
 * twice: with DNS answers at once, and with each answer coming late.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "tests/kit/spf_kit.h"

struct row {
	const char *label, *record; /* at d.example */
	enum spf_result want;
	unsigned lookups, voids;
	const char *ip;        /* NULL: 192.0.2.1 */
	const char *from;      /* NULL: user@d.example */
	const char *mechanism; /* NULL: not looked at */
	const char *why;       /* found in the problem; NULL: none wanted */
	const char *explanation;
	const char *helo; /* NULL: mail.d.example */
};

static const struct row rows[] = {
/* clang-format off */
#define V "v=spf1 "
/* 4.3 initial processing, 4.4 lookup, 4.5 selection */
{ "4.3 single label", NULL, .want = SPF_NONE, .from = "u@localhost", .why = "not a domain" },
{ "4.3 empty label", NULL, .want = SPF_NONE, .from = "u@a..example", .why = "not a domain" },
{ "4.3 leading dot", NULL, .want = SPF_NONE, .from = "u@.example", .why = "not a domain" },
{ "4.3 label of 64", NULL, .want = SPF_NONE, .from = "u@a123456789012345678901234567890123456789012345678901234567890123.example", .why = "not a domain" },
{ "4.3 literal", NULL, .want = SPF_NONE, .from = "u@[192.0.2.1]", .why = "not a domain" },
{ "4.3 space in the domain", NULL, .want = SPF_NONE, .from = "u@d .example", .why = "not a domain" },
{ "4.3 control character", NULL, .want = SPF_NONE, .from = "u@d\x01.example", .why = "\"d?.example\"" },
{ "4.3 no domain", NULL, .want = SPF_NONE, .from = "u@", .why = "no domain" },
{ "4.3 no local part is postmaster", V "exists:%{l}.local.example -all", .want = SPF_FAIL, .lookups = 1, .voids = 1, .from = "@d.example" },
{ "4.3 null reverse-path: HELO", NULL, .want = SPF_PASS, .from = "", .helo = "pass.example", .mechanism = "ip4:192.0.2.0/24" },
{ "4.3 trailing dot", V "+all", .want = SPF_PASS, .from = "u@d.example." },
{ "4.3 upper case", V "+all", .want = SPF_PASS, .from = "u@D.Example" },
{ "4.4 no such name", NULL, .want = SPF_NONE, .from = "u@gone.example" },
{ "4.4 name without data", NULL, .want = SPF_NONE, .from = "u@empty.example" },
{ "4.4 other text only", NULL, .want = SPF_NONE, .from = "u@none.example" },
{ "4.4 timeout", NULL, .want = SPF_TEMPERROR, .from = "u@silent.example", .why = "timeout on asking for silent.example" },
{ "4.4 server failure", NULL, .want = SPF_TEMPERROR, .from = "u@broken.example", .why = "server failure" },
{ "4.4 refused", NULL, .want = SPF_TEMPERROR, .from = "u@refused.example", .why = "refused" },
{ "4.4 alias", NULL, .want = SPF_PASS, .from = "u@alias.example" },
{ "4.4 alias to nothing", NULL, .want = SPF_NONE, .from = "u@aliasnone.example" },
{ "4.5 two records", NULL, .want = SPF_PERMERROR, .from = "u@two.example", .why = "2 SPF records" },
{ "4.5 one among others", NULL, .want = SPF_PASS, .lookups = 1, .from = "u@other.example" },
{ "4.5 version alone", "v=spf1", .want = SPF_NEUTRAL, .mechanism = "default" },
{ "4.5 version in any case", "V=SpF1 +all", .want = SPF_PASS },
{ "4.5 tab after the version", "v=spf1\t+all", .want = SPF_NONE },
{ "4.5 space before the version", " v=spf1 +all", .want = SPF_NONE },
{ "4.5 longer version", "v=spf1.0 +all", .want = SPF_NONE },
/* 4.6 evaluation and its limits */
{ "4.6 error behind a match", V "+all foo", .want = SPF_PERMERROR, .why = "unknown mechanism in \"foo\"" },
{ "4.6 error behind all, in a macro", V "+all exists:%{z}.example", .want = SPF_PERMERROR, .why = "unknown macro letter" },
{ "4.6 spaces at the end and between", V "   -all   ", .want = SPF_FAIL, .mechanism = "-all" },
{ "4.6 tab between terms", V "a:h1.example\t-all", .want = SPF_PERMERROR, .why = "character out of place" },
{ "4.6.1 mechanisms in any case", V "IP4:192.0.2.1 -ALL", .want = SPF_PASS },
{ "4.6.1 modifier with a qualifier", V "-redirect=pass.example", .want = SPF_PERMERROR, .why = "modifier with a qualifier" },
{ "4.6.1 qualifier alone", V "- all", .want = SPF_PERMERROR, .why = "neither" },
{ "4.6.1 two qualifiers", V "--all", .want = SPF_PERMERROR, .why = "neither" },
{ "4.6.1 unknown modifier", V "x-y_z.1=%{c}/foo:bar +all", .want = SPF_PASS },
{ "4.6.1 unknown modifier, empty", V "x= +all", .want = SPF_PASS },
{ "4.6.1 unknown modifier, bad macro", V "x=%a +all", .want = SPF_PERMERROR, .why = "% without a macro" },
{ "4.6.1 modifier that begins with a digit", V "1x=a +all", .want = SPF_PERMERROR, .why = "neither" },
{ "4.6.1 octet beyond ASCII", V "x=\xC3\xA9 +all", .want = SPF_PERMERROR, .why = "x=??" },
{ "4.6.2 plus", V "+ip4:192.0.2.1 -all", .want = SPF_PASS, .mechanism = "+ip4:192.0.2.1" },
{ "4.6.2 question mark", V "?ip4:192.0.2.1 -all", .want = SPF_NEUTRAL },
{ "4.6.2 tilde", V "~ip4:192.0.2.1 -all", .want = SPF_SOFTFAIL },
{ "4.6.2 minus", V "-ip4:192.0.2.1 +all", .want = SPF_FAIL },
{ "4.6.2 first match counts", V "~ip4:192.0.2.0/24 -ip4:192.0.2.1 +all", .want = SPF_SOFTFAIL },
{ "4.6.4 ten lookups", V "include:eight.example a:h1.example -all", .want = SPF_PASS, .lookups = 10 },
{ "4.6.4 eleven lookups", V "include:eight.example a:h9.example a:h1.example -all", .want = SPF_PERMERROR, .lookups = 11, .why = "more than 10" },
{ "4.6.4 the eleventh is not reached", V "include:eight.example a:h1.example a:h9.example -all", .want = SPF_PASS, .lookups = 10 },
{ "4.6.4 ip4 does not count", V "ip4:10.0.0.1 ip4:10.0.0.2 ip4:10.0.0.3 ip4:10.0.0.4 ip4:10.0.0.5 ip4:10.0.0.6 ip4:10.0.0.7 ip4:10.0.0.8 ip4:10.0.0.9 ip4:10.0.0.10 ip4:10.0.0.11 ip6:2001:db8::/32 +all", .want = SPF_PASS },
{ "4.6.4 include loop", V "include:loop.example -all", .want = SPF_PERMERROR, .lookups = 11, .why = "more than 10" },
{ "4.6.4 redirect loop", V "redirect=spin.example", .want = SPF_PERMERROR, .lookups = 11, .why = "more than 10" },
{ "4.6.4 redirect counts", V "include:eight.example a:h9.example redirect=pass.example", .want = SPF_PERMERROR, .lookups = 11, .why = "redirect=pass.example" },
{ "4.6.4 exp does not count", V "include:eight.example a:h9.example -all exp=why.example", .want = SPF_FAIL, .lookups = 10, .explanation = "no 192.0.2.1 for user@d.example" },
{ "4.6.4 two void lookups", V "a:gone.example a:empty.example +all", .want = SPF_PASS, .lookups = 2, .voids = 2 },
{ "4.6.4 three void lookups", V "a:gone.example mx:gone.example exists:gone.example +all", .want = SPF_PERMERROR, .lookups = 3, .voids = 3, .why = "more than 2 lookups" },
{ "4.6.4 third void, but matched before", V "a:gone.example a:gone2.example ip4:192.0.2.1 a:gone3.example -all", .want = SPF_PASS, .lookups = 2, .voids = 2 },
{ "4.6.4 void of the client's family", V "a:h9.example a:h9.example a:h9.example +all", .want = SPF_PERMERROR, .lookups = 3, .voids = 3, .ip = "2001:db8::1", .why = "found nothing" },
{ "4.6.4 hosts of an MX are not void terms", V "mx:mxgone.example -all", .want = SPF_PASS, .lookups = 1 },
{ "4.6.4 void lookups in includes add up", V "a:gone.example include:voids.example +all", .want = SPF_PERMERROR, .lookups = 4, .voids = 3, .why = "found nothing" },
{ "4.7 no match", V "ip4:10.0.0.0/8", .want = SPF_NEUTRAL, .mechanism = "default" },
/* 5.1 all */
{ "5.1 all", V "all", .want = SPF_PASS, .mechanism = "all" },
{ "5.1 all with an argument", V "all:d.example", .want = SPF_PERMERROR, .why = "takes no argument" },
{ "5.1 all with a length", V "all/0", .want = SPF_PERMERROR, .why = "takes no argument" },
{ "5.1 all with a dot", V "-all.", .want = SPF_PERMERROR, .why = "unknown mechanism" },
{ "5.1 behind all nothing is asked", V "~all include:silent.example a:gone.example", .want = SPF_SOFTFAIL },
/* 5.2 include */
{ "5.2 pass matches", V "include:pass.example -all", .want = SPF_PASS, .lookups = 1, .mechanism = "include:pass.example" },
{ "5.2 pass with a qualifier", V "~include:pass.example -all", .want = SPF_SOFTFAIL, .lookups = 1 },
{ "5.2 fail does not match", V "include:fail.example ~all", .want = SPF_SOFTFAIL, .lookups = 1 },
{ "5.2 softfail does not match", V "include:soft.example -all", .want = SPF_FAIL, .lookups = 1 },
{ "5.2 neutral does not match", V "include:open.example -all", .want = SPF_FAIL, .lookups = 1 },
{ "5.2 default does not match", V "include:bare.example -all", .want = SPF_FAIL, .lookups = 1 },
{ "5.2 none", V "include:none.example +all", .want = SPF_PERMERROR, .lookups = 1, .why = "no SPF record at none.example" },
{ "5.2 no such name", V "include:gone.example +all", .want = SPF_PERMERROR, .lookups = 1, .why = "no SPF record at gone.example" },
{ "5.2 permerror", V "include:bad.example +all", .want = SPF_PERMERROR, .lookups = 1, .why = "record of bad.example" },
{ "5.2 two records", V "include:two.example +all", .want = SPF_PERMERROR, .lookups = 1, .why = "two.example has 2" },
{ "5.2 temperror", V "include:silent.example +all", .want = SPF_TEMPERROR, .lookups = 1, .why = "timeout" },
{ "5.2 temperror behind a match", V "ip4:192.0.2.1 include:silent.example -all", .want = SPF_PASS },
{ "5.2 include in include", V "include:nest.example -all", .want = SPF_PASS, .lookups = 2 },
{ "5.2 inner pass that fails is no match", V "include:deny.example ~all", .want = SPF_SOFTFAIL, .lookups = 2 },
{ "5.2 %{d} is the included domain", V "include:cd.example -all", .want = SPF_PASS, .lookups = 2 },
{ "5.2 macro in the target", V "include:%{l}.example -all", .want = SPF_PASS, .lookups = 1, .from = "pass@d.example" },
{ "5.2 no domain", V "include -all", .want = SPF_PERMERROR, .why = "without its domain" },
{ "5.2 empty domain", V "include: -all", .want = SPF_PERMERROR, .why = "empty domain" },
{ "5.2 length", V "include:pass.example/24 -all", .want = SPF_PERMERROR, .why = "bad last label" },
{ "5.2 itself alone", V "include:d.example", .want = SPF_PERMERROR, .lookups = 11, .why = "more than 10" },
/* 5.3 a */
{ "5.3 own addresses", V "a -all", .want = SPF_PASS, .lookups = 1, .ip = "192.0.2.5" },
{ "5.3 own addresses, IPv6", V "a -all", .want = SPF_PASS, .lookups = 1, .ip = "2001:db8::5" },
{ "5.3 another's", V "a:h1.example -all", .want = SPF_PASS, .lookups = 1, .mechanism = "a:h1.example" },
{ "5.3 any of several", V "a:both.example -all", .want = SPF_PASS, .lookups = 1 },
{ "5.3 none of them", V "a:h9.example -all", .want = SPF_FAIL, .lookups = 1 },
{ "5.3 prefix", V "a:h9.example/24 -all", .want = SPF_PASS, .lookups = 1 },
{ "5.3 prefix that is too long", V "a:h9.example/29 -all", .want = SPF_FAIL, .lookups = 1 },
{ "5.3 IPv6 prefix does not hold for IPv4", V "a:h9.example//24 -all", .want = SPF_FAIL, .lookups = 1 },
{ "5.3 both prefixes", V "a:six.example/8//32 -all", .want = SPF_PASS, .lookups = 1, .ip = "2001:db8:ffff::1" },
{ "5.3 length zero", V "a:h9.example/0 -all", .want = SPF_PASS, .lookups = 1, .ip = "203.0.113.9" },
{ "5.3 length zero without address", V "a:six.example/0 -all", .want = SPF_FAIL, .lookups = 1, .voids = 1 },
{ "5.3 length 33", V "a/33 -all", .want = SPF_PERMERROR, .why = "bad prefix length" },
{ "5.3 length 129", V "a//129 -all", .want = SPF_PERMERROR, .why = "bad prefix length" },
{ "5.3 leading zero", V "a/024 -all", .want = SPF_PERMERROR, .why = "bad prefix length" },
{ "5.3 empty length", V "a/ -all", .want = SPF_PERMERROR, .why = "bad prefix length" },
{ "5.3 empty IPv6 length", V "a/24// -all", .want = SPF_PERMERROR, .why = "bad prefix length" },
{ "5.3 single slash between lengths", V "a/24/64 -all", .want = SPF_PERMERROR, .why = "bad prefix length" },
{ "5.3 colon and nothing", V "a: -all", .want = SPF_PERMERROR, .why = "empty domain" },
{ "5.3 colon and length", V "a:/24 -all", .want = SPF_PERMERROR, .why = "empty domain" },
{ "5.3 address instead of a domain", V "a:192.0.2.1 -all", .want = SPF_PERMERROR, .why = "bad last label" },
{ "5.3 timeout", V "a:silent.example +all", .want = SPF_TEMPERROR, .lookups = 1, .why = "timeout" },
{ "5.3 mapped client is IPv4", V "a:h1.example -all", .want = SPF_PASS, .lookups = 1, .ip = "::ffff:192.0.2.1" },
{ "5.3 final dot", V "a:h1.example. -all", .want = SPF_PASS, .lookups = 1 },
{ "5.3 impossible name does not match", V "a:h1..example -all", .want = SPF_FAIL, .lookups = 1, .voids = 1 },
/* 5.4 mx */
{ "5.4 own", V "mx -all", .want = SPF_PASS, .lookups = 1 },
{ "5.4 in order of preference", V "mx:mx.example -all", .want = SPF_PASS, .lookups = 1 },
{ "5.4 prefix", V "mx:mx.example/28 -all", .want = SPF_PASS, .lookups = 1, .ip = "192.0.2.14" },
{ "5.4 IPv6", V "mx:mx.example -all", .want = SPF_PASS, .lookups = 1, .ip = "2001:db8::1" },
{ "5.4 null MX", V "mx:mxnull.example -all", .want = SPF_FAIL, .lookups = 1 },
{ "5.4 no MX, but an address", V "mx:h1.example -all", .want = SPF_FAIL, .lookups = 1, .voids = 1 },
{ "5.4 ten hosts", V "mx:mx10.example -all", .want = SPF_PASS, .lookups = 1 },
{ "5.4 eleven hosts", V "mx:mx11.example -all", .want = SPF_PERMERROR, .lookups = 1, .why = "11 MX hosts" },
{ "5.4 timeout of a host before the match", V "mx:mxtemp.example -all", .want = SPF_TEMPERROR, .lookups = 1, .why = "silent.example" },
{ "5.4 timeout of a host behind the match", V "mx:mxlate.example -all", .want = SPF_PASS, .lookups = 1 },
{ "5.4 timeout of the MX question", V "mx:silent.example -all", .want = SPF_TEMPERROR, .lookups = 1, .why = "timeout" },
/* 5.5 ptr */
{ "5.5 name within the target", V "ptr:example -all", .want = SPF_PERMERROR, .why = "single label" },
{ "5.5 own domain", V "ptr -all", .want = SPF_PASS, .lookups = 1, .ip = "192.0.2.5" },
{ "5.5 name equals the target", V "ptr:h1.example -all", .want = SPF_PASS, .lookups = 1, .mechanism = "ptr:h1.example" },
{ "5.5 IPv6", V "ptr:H1.Example -all", .want = SPF_PASS, .lookups = 1, .ip = "2001:db8::1" },
{ "5.5 name that does not lead back", V "ptr:h9.example -all", .want = SPF_FAIL, .lookups = 1 },
{ "5.5 end of a label is not a label", V "ptr:1.example -all", .want = SPF_FAIL, .lookups = 1 },
{ "5.5 error on one name", V "ptr -all", .want = SPF_PASS, .lookups = 1, .ip = "192.0.2.3" },
{ "5.5 error on the address", V "ptr -all", .want = SPF_FAIL, .lookups = 1, .ip = "192.0.2.4" },
{ "5.5 no names", V "ptr -all", .want = SPF_FAIL, .lookups = 1, .voids = 1, .ip = "192.0.2.99" },
{ "5.5 the eleventh name is not seen", V "ptr -all", .want = SPF_FAIL, .lookups = 1, .ip = "192.0.2.20" },
{ "5.5 length", V "ptr/24 -all", .want = SPF_PERMERROR, .why = "without its domain" },
{ "5.5 empty", V "ptr: -all", .want = SPF_PERMERROR, .why = "empty domain" },
/* 5.6 ip4 and ip6 */
{ "5.6 address", V "ip4:192.0.2.1 -all", .want = SPF_PASS },
{ "5.6 network with host bits", V "ip4:192.0.2.77/25 -all", .want = SPF_PASS },
{ "5.6 network beside", V "ip4:192.0.2.128/25 -all", .want = SPF_FAIL },
{ "5.6 length zero", V "ip4:10.0.0.0/0 -all", .want = SPF_PASS },
{ "5.6 IPv4 never matches IPv6", V "ip4:0.0.0.0/0 -all", .want = SPF_FAIL, .ip = "2001:db8::1" },
{ "5.6 IPv6 never matches IPv4", V "ip6:::/0 -all", .want = SPF_FAIL },
{ "5.6 IPv6 network", V "ip6:2001:DB8::/32 -all", .want = SPF_PASS, .ip = "2001:db8:5::1" },
{ "5.6 IPv6 with dotted end", V "ip6:2001:db8::192.0.2.1 -all", .want = SPF_PASS, .ip = "2001:db8::c000:201" },
{ "5.6 mapped network is none of IPv4", V "ip6:::ffff:192.0.2.0/120 -all", .want = SPF_FAIL },
{ "5.6 mapped client is IPv4", V "ip4:192.0.2.1 -all", .want = SPF_PASS, .ip = "::ffff:192.0.2.1" },
{ "5.6 length 33", V "ip4:192.0.2.0/33 -all", .want = SPF_PERMERROR, .why = "bad prefix length" },
{ "5.6 length 129", V "ip6:2001:db8::/129 -all", .want = SPF_PERMERROR, .why = "bad prefix length" },
{ "5.6 leading zero in the length", V "ip4:192.0.2.0/024 -all", .want = SPF_PERMERROR, .why = "bad prefix length" },
{ "5.6 leading zero in an octet", V "ip4:192.0.02.0 -all", .want = SPF_PERMERROR, .why = "bad address" },
{ "5.6 three octets", V "ip4:192.0.2 -all", .want = SPF_PERMERROR, .why = "bad address" },
{ "5.6 double slash", V "ip4:192.0.2.0//24 -all", .want = SPF_PERMERROR, .why = "bad prefix length" },
{ "5.6 IPv6 written as ip4", V "ip4:2001:db8::1 -all", .want = SPF_PERMERROR, .why = "bad address" },
{ "5.6 IPv4 written as ip6", V "ip6:192.0.2.1 -all", .want = SPF_PERMERROR, .why = "bad address" },
{ "5.6 zone identifier", V "ip6:fe80::1%lo -all", .want = SPF_PERMERROR, .why = "bad address" },
{ "5.6 brackets", V "ip6:[2001:db8::1] -all", .want = SPF_PERMERROR, .why = "bad address" },
{ "5.6 no address", V "ip4 -all", .want = SPF_PERMERROR, .why = "without its address" },
{ "5.6 empty address", V "ip4: -all", .want = SPF_PERMERROR, .why = "bad address" },
/* 5.7 exists */
{ "5.7 exists", V "exists:%{i}.list.example -all", .want = SPF_PASS, .lookups = 1 },
{ "5.7 A even for IPv6", V "exists:h9.example -all", .want = SPF_PASS, .lookups = 1, .ip = "2001:db8::1" },
{ "5.7 AAAA alone is not enough", V "exists:six.example -all", .want = SPF_FAIL, .lookups = 1, .voids = 1, .ip = "2001:db8::1" },
{ "5.7 timeout", V "exists:silent.example +all", .want = SPF_TEMPERROR, .lookups = 1, .why = "timeout" },
{ "5.7 no domain", V "exists -all", .want = SPF_PERMERROR, .why = "without its domain" },
{ "5.7 length", V "exists:h1.example/24 -all", .want = SPF_PERMERROR, .why = "bad last label" },
/* 6.1 redirect */
{ "6.1 redirect", V "redirect=pass.example", .want = SPF_PASS, .lookups = 1, .mechanism = "ip4:192.0.2.0/24" },
{ "6.1 first in the record, used last", V "redirect=fail.example ip4:192.0.2.1", .want = SPF_PASS },
{ "6.1 not used beside all", V "redirect=pass.example ~all", .want = SPF_SOFTFAIL },
{ "6.1 to none", V "redirect=none.example", .want = SPF_PERMERROR, .lookups = 1, .why = "has no SPF record" },
{ "6.1 to nowhere", V "redirect=gone.example", .want = SPF_PERMERROR, .lookups = 1, .why = "has no SPF record" },
{ "6.1 to an error", V "redirect=bad.example", .want = SPF_PERMERROR, .lookups = 1, .why = "record of bad.example" },
{ "6.1 timeout", V "redirect=silent.example", .want = SPF_TEMPERROR, .lookups = 1, .why = "timeout" },
{ "6.1 twice", V "redirect=pass.example redirect=pass.example", .want = SPF_PERMERROR, .why = "given twice" },
{ "6.1 empty", V "redirect= -all", .want = SPF_PERMERROR, .why = "empty domain" },
{ "6.1 as a mechanism", V "redirect:pass.example", .want = SPF_PERMERROR, .why = "unknown mechanism" },
{ "6.1 %{d} is the target", V "redirect=cd.example", .want = SPF_PASS, .lookups = 2 },
/* 6.2 exp */
{ "6.2 explanation", V "-all exp=why.example", .want = SPF_FAIL, .explanation = "no 192.0.2.1 for user@d.example" },
{ "6.2 all macros", V "-all exp=why2.example", .want = SPF_FAIL, .explanation = "d.example d.example mail.d.example user 192.0.2.1 mx.test 1767225600 in-addr" },
{ "6.2 IPv6", V "-all exp=why2.example", .want = SPF_FAIL, .ip = "2001:db8::1", .explanation = "d.example d.example mail.d.example user 2001:db8::1 mx.test 1767225600 ip6" },
{ "6.2 macro in the name", V "-all exp=%{d}.why.example", .want = SPF_FAIL, .explanation = "macro" },
{ "6.2 not for softfail", V "~all exp=why.example", .want = SPF_SOFTFAIL },
{ "6.2 of the redirect's target", V "redirect=to.example exp=why.example", .want = SPF_FAIL, .lookups = 1, .explanation = "of to.example" },
{ "6.2 not of an included record", V "include:fail.example -all", .want = SPF_FAIL, .lookups = 1 },
{ "6.2 two texts", V "-all exp=whytwo.example", .want = SPF_FAIL },
{ "6.2 no text", V "-all exp=gone.example", .want = SPF_FAIL },
{ "6.2 timeout", V "-all exp=silent.example", .want = SPF_FAIL },
{ "6.2 bad macro", V "-all exp=whybad.example", .want = SPF_FAIL },
{ "6.2 beyond ASCII", V "-all exp=whyutf.example", .want = SPF_FAIL },
{ "6.2 validated name", V "-all exp=whyp.example", .want = SPF_FAIL, .explanation = "h1.example came" },
{ "6.2 escapes", V "-all exp=whyodd.example", .want = SPF_FAIL, .from = "a b&c@d.example", .explanation = "you % are  %20a%20b%26c" },
{ "6.2 twice", V "exp=why.example exp=why.example -all", .want = SPF_PERMERROR, .why = "given twice" },
{ "6.2 empty", V "exp= -all", .want = SPF_PERMERROR, .why = "empty domain" },
/* 7 macros */
{ "7.2 reversed address", V "exists:%{ir}.%{v}.ip.example -all", .want = SPF_PASS, .lookups = 1 },
{ "7.2 reversed IPv6 address", V "exists:%{ir}.%{v}.ip.example -all", .want = SPF_PASS, .lookups = 1, .ip = "2001:db8::1" },
{ "7.2 local part", V "exists:%{l}.local.example -all", .want = SPF_PASS, .lookups = 1 },
{ "7.2 HELO name", V "a:%{h} -all", .want = SPF_PASS, .lookups = 1, .helo = "h1.example" },
{ "7.2 validated name", V "exists:%{p}.p.example -all", .want = SPF_PASS, .lookups = 1 },
{ "7.2 no validated name", V "exists:%{p}.p.example -all", .want = SPF_PASS, .lookups = 1, .ip = "192.0.2.9" },
{ "7.2 validated name, DNS error", V "exists:%{p}.p.example -all", .want = SPF_PASS, .lookups = 1, .ip = "192.0.2.4" },
{ "7.2 c is for explanations", V "exists:%{c}.example -all", .want = SPF_PERMERROR, .why = "explanations only" },
{ "7.2 r is for explanations", V "a:%{R}.example -all", .want = SPF_PERMERROR, .why = "explanations only" },
{ "7.2 t is for explanations", V "-all exp=%{t}.example", .want = SPF_PERMERROR, .why = "explanations only" },
{ "7.1 single label", V "a:example -all", .want = SPF_PERMERROR, .why = "single label" },
{ "7.1 dot behind a macro", V "a:%{d}. -all", .want = SPF_PERMERROR, .why = "single label" },
{ "7.1 last label of digits", V "a:h1.123 -all", .want = SPF_PERMERROR, .why = "bad last label" },
{ "7.1 last label ends in a hyphen", V "a:h1.example- -all", .want = SPF_PERMERROR, .why = "bad last label" },
{ "8616 local part beyond ASCII does not match", V "exists:%{l}.local.example include:%{s}.example -all", .want = SPF_FAIL, .lookups = 2, .from = "\xC3\xA9@d.example" },
{ "8616 nor does it explain", V "-all exp=why.example", .want = SPF_FAIL, .from = "\xC3\xA9@d.example" },
{ "8616 it does no harm elsewhere", V "a:h1.%{d1} -all", .want = SPF_PASS, .lookups = 1, .from = "\xC3\xA9@d.example" },
{ "8616 redirect to it leads nowhere", V "redirect=%{l}.example", .want = SPF_PERMERROR, .lookups = 1, .from = "\xC3\xA9@d.example", .why = "leads nowhere" },
	/* clang-format on */
};

static struct spf_query
query_of(const struct row *r)
{
	struct spf_query q = bench_query();
	struct span from = span_of(r->from);
	size_t at = span_find(from, '@');

	if (r->helo != NULL)
		q.helo = span_of(r->helo);
	if (from.p != NULL) {
		q.local = span_slice(from, 0, at == SIZE_MAX ? 0 : at);
		q.domain =
		    at == SIZE_MAX ? q.helo : span_slice(from, at + 1, from.n);
	}
	if (r->ip != NULL)
		assert_true(ip_parse(span_of(r->ip), &q.client));
	return q;
}

static void
row_compare(const struct row *r, const struct spf_outcome *o, struct arena *a)
{
	const char *explanation = r->explanation == NULL ? "" : r->explanation;

	table_text(r->label, "result", spf_result_words[o->result],
	    spf_result_words[r->want]);
	table_number(r->label, "lookups", o->lookups, r->lookups);
	table_number(r->label, "void lookups", o->void_lookups, r->voids);
	table_number(r->label, "steps", (long long)o->step_count, r->lookups);
	table_text(r->label, "explanation", arena_strdup(a, o->explanation),
	    explanation);
	if (r->mechanism != NULL)
		table_text(r->label, "mechanism", arena_strdup(a, o->mechanism),
		    r->mechanism);
	if (r->why == NULL)
		table_text(r->label, "problem", o->problem, NULL);
	else if (o->problem == NULL || strstr(o->problem, r->why) == NULL)
		table_fail(r->label, "problem: got \"%s\", want \"%s\" in it",
		    o->problem == NULL ? "" : o->problem, r->why);
}

static void
test_rows(void **state)
{
	unsigned rounds;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		for (int hesitate = 0; hesitate < 2; hesitate++) {
			const struct row *r = &rows[i];
			struct bench b;
			struct spf_query q;

			if (!table_wants(r->label))
				continue;
			b = bench_new(span_of(r->record), hesitate != 0);
			q = query_of(r);
			row_compare(r, bench_judge(&b, &q, &rounds), b.arena);
			bench_free(&b);
		}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_rows),
};

TABLE_MAIN(tests)
