/*
 * What a sealer is heard to say, clearly and not.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/arc/arc_said.h"

/* clang-format off */
static const struct {
	const char *label, *text;
	/* "SERVER spf dkim dmarc AUTHOR[ IP]", "-" for nothing */
	const char *want;
} row[] = {
	{ "all of it", "mx.example; spf=pass smtp.mailfrom=a.example; dkim=fail header.d=a.example;"
	    " dmarc=pass header.from=a.example", "mx.example pass fail pass a.example" },
	{ "nothing", "mx.example; none", "mx.example - - - -" },
	{ "a forged hop that can't be read", "mx.example evil.example; dmarc=pass header.from=a.example",
	    "- - - - -" },
	{ "an author's address", "mx.example; dmarc=pass header.from=joe@a.example",
	    "mx.example - - pass a.example" },
	{ "an author in U-labels", "mx.example; dmarc=pass header.from=B\303\274cher.example",
	    "mx.example - - pass xn--bcher-kva.example" },
	{ "no author", "mx.example; dmarc=pass", "mx.example - - pass -" },
	{ "the author of another result", "mx.example; dkim=pass header.from=a.example; dmarc=pass",
	    "mx.example - pass pass -" },
	{ "two authors", "mx.example; dmarc=pass header.from=a.example header.from=b.example",
	    "mx.example - - pass -" },
	{ "the same author twice", "mx.example; dmarc=pass header.from=a.example header.from=A.EXAMPLE",
	    "mx.example - - pass a.example" },
	{ "two results of DMARC", "mx.example; dmarc=fail header.from=a.example;"
	    " dmarc=pass header.from=a.example", "mx.example - - - -" },
	{ "twice the same", "mx.example; dmarc=pass header.from=a.example;"
	    " dmarc=pass header.from=b.example", "mx.example - - - -" },
	{ "a pass in a comment", "mx.example; dmarc=fail (dmarc=pass) header.from=a.example",
	    "mx.example - - fail a.example" },
	{ "a pass in a value", "mx.example; dmarc=fail header.from=\"x; dmarc=pass header.from=a.example\"",
	    "mx.example - - fail -" },
	{ "a domain that is none", "mx.example; dmarc=pass header.from=a..example",
	    "mx.example - - pass -" },
	{ "words that nobody defined", "mx.example; spf=hardfail; dkim=maybe; dmarc=bestguesspass",
	    "mx.example - - - -" },
	{ "a method that begins like one", "mx.example; x-dmarc=pass header.from=a.example",
	    "mx.example - - - -" },
	{ "several signatures", "mx.example; dkim=fail header.d=a.example; dkim=pass header.d=b.example",
	    "mx.example - pass - -" },
	{ "SPF of HELO and MAIL FROM", "mx.example; spf=none smtp.helo=h.example;"
	    " spf=fail smtp.mailfrom=a.example", "mx.example fail - - -" },
	{ "SPF of HELO alone", "mx.example; spf=none smtp.helo=h.example", "mx.example none - - -" },
	{ "a server that can't be shown", "\"mx example\"; spf=pass", "- pass - - -" },
	{ "who handed it on", "mx.example; spf=pass smtp.remote-ip=192.0.2.1; arc=none",
	    "mx.example pass - - - 192.0.2.1" },
	{ "the same in IPv6", "mx.example; arc=none smtp.remote-ip=\"2001:db8::1\"",
	    "mx.example - - - - 2001:db8::1" },
	{ "reverse DNS", "mx.example; iprev=pass policy.iprev=192.0.2.2", "mx.example - - - - 192.0.2.2" },
	{ "no address", "mx.example; arc=none smtp.remote-ip=\"1 as[9].d=bank.example\"",
	    "mx.example - - - -" },
};
/* clang-format on */

static const char *
shown(const char *word)
{
	return word == NULL || word[0] == '\0' ? "-" : word;
}

static void
test_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct authres_said text;
		struct arc_said said;

		(void)authres_read(a, span_of(row[i].text), &text);
		said = arc_said_of(a, &text);
		if (table_wants(row[i].label))
			table_text(row[i].label, "said",
			    arena_printf(a, "%s %s %s %s %s%s%.*s",
				shown(arena_strdup(a, said.server)),
				shown(said.spf), shown(said.dkim),
				shown(said.dmarc),
				shown(arena_strdup(a, said.author)),
				said.remote_ip.n > 0 ? " " : "",
				SPAN_FMT(said.remote_ip)),
			    row[i].want);
		arena_free(&a);
	}
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_said),
};

TABLE_MAIN(tests)
