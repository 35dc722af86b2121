/*
 * The evaluation of DMARC, section by section of RFC 9989. Every row is judged
 * twice: with DNS answers at once, and with each answer coming late.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "policy/dmarc/dmarc.h"

#define R(tags) "v=DMARC1; " tags

/* clang-format off */
static const struct {
	const char *name, *record; /* "!x" is an rcode, "" a name without data */
} zone[] = {
	{ "example.com", "" },
	{ "mail.example.com", "" },
	{ "_dmarc.example.com", R("p=reject; sp=quarantine; np=none") },
	{ "_dmarc.own.example.com", R("p=none") },
	{ "_dmarc.nop.example.com", R("sp=reject") },
	{ "_dmarc.nopr.example.com", R("sp=reject; rua=mailto:a@b.example") },
	{ "_dmarc.two.example.com", R("p=none") },
	{ "_dmarc.two.example.com", R("p=quarantine") },
	{ "_dmarc.txt.example.com", "v=spf1 -all" },
	{ "_dmarc.txt.example.com", R("p=none") },
	{ "_dmarc.txt.example.com", "v=dmarc1; p=reject" },
	/* Of co.uk nothing is known: siblings are strangers. */
	{ "_dmarc.a.co.uk", R("p=reject") },
	{ "_dmarc.b.co.uk", R("p=reject") },
	/* Strict. */
	{ "_dmarc.strict.example", R("p=reject; adkim=s; aspf=s") },
	{ "_dmarc.dstrict.example", R("p=reject; adkim=s") },
	/* Testing. */
	{ "_dmarc.t1.example", R("p=reject; t=y") },
	{ "_dmarc.t2.example", R("p=quarantine; t=y") },
	{ "_dmarc.t3.example", R("p=none; t=y") },
	{ "_dmarc.pct.example", R("p=reject; pct=0") },
	/* np. */
	{ "_dmarc.np.example", R("p=none; np=reject") },
	{ "there.np.example", "" },
	{ "_dmarc.np2.example", R("p=quarantine; sp=none; np=reject") },
	{ "sick.np.example", "!SERVFAIL" },
	{ "_dmarc.np3.example", R("p=reject; np=none") },
	{ "sick.np3.example", "!SERVFAIL" },
	{ "_dmarc.lame.np.example", "!SERVFAIL" },
	{ "lame.np.example", "!SERVFAIL" },
	{ "_dmarc.lame.bank", "!SERVFAIL" },
	{ "lame.bank", "" },
	{ "_dmarc.lame.b.deep.example", "!SERVFAIL" },
	{ "alias.np.example", "@gone.example" },
	{ "_dmarc.alias2.np.example", "@gone.example" },
	/* A public suffix that says so. */
	{ "_dmarc.bank", R("p=reject; sp=quarantine; np=reject; psd=y") },
	{ "good.bank", "" },
	{ "sub.good.bank", "" },
	{ "rec.bank", "" },
	{ "_dmarc.rec.bank", R("p=none") },
	{ "_dmarc.x.rec.bank", R("p=quarantine") },
	/* A suffix that does not say so becomes the organization. */
	{ "_dmarc.shy", R("p=reject") },
	/* psd=n below another record. */
	{ "_dmarc.corp.example", R("p=none") },
	{ "_dmarc.unit.corp.example", R("p=reject; psd=n") },
	{ "x.unit.corp.example", "" },
	/* Several hosts between; only the top is the organization's. */
	{ "_dmarc.deep.example", R("p=quarantine; sp=reject") },
	{ "_dmarc.b.deep.example", R("p=none; sp=none") },
	{ "a.b.deep.example", "" },
	/* Thirteen labels. */
	{ "_dmarc.j.mail.long.example", R("p=none") },
	{ "_dmarc.d.e.f.g.h.i.j.mail.long.example", R("p=none; psd=n") },
	{ "_dmarc.long.example", R("p=reject") },
	/* Errors. */
	{ "_dmarc.temp.example", "!SERVFAIL" },
	{ "_dmarc.rec.temp.example", R("p=reject") },
	{ "_dmarc.srec.temp.example", R("p=reject; aspf=s; adkim=s") },
	{ "_dmarc.nrec.temp.example", R("p=reject; psd=n") },
	{ "_dmarc.late.example", "!TIMEOUT" },
	{ "_dmarc.refused.example", "!REFUSED" },
	{ "_dmarc.org.example", R("p=reject") },
	{ "_dmarc.bad.org.example", "!SERVFAIL" },
	/* The records that have no p. */
	{ "_dmarc.void.example", R("rua=nowhere") },
	{ "_dmarc.badsp.example", R("p=reject; sp=foo; rua=mailto:a@b.example") },
};

struct row {
	const char *label, *from, *spf, *dkim;
	enum dmarc_result result;
	/* "policy/applied tag record org spf dkim", "-" for what is absent */
	const char *want;
};

/*
 * spf and dkim: domains, separated by spaces; "?" before one that could not
 * be found out, "!" before one that failed.
 */
static const struct row rows[] = {
	{ "SPF pass, same domain", "example.com", "example.com", "", DMARC_PASS, "reject/reject p example.com example.com yes no" },
	{ "DKIM pass, same domain", "example.com", "", "example.com", DMARC_PASS, "reject/reject p example.com example.com no yes" },
	{ "both", "example.com", "example.com", "example.com", DMARC_PASS, "reject/reject p example.com example.com yes yes" },
	{ "nothing", "example.com", "", "", DMARC_FAIL, "reject/reject p example.com example.com no no" },
	{ "failures", "example.com", "!example.com", "!example.com", DMARC_FAIL, "reject/reject p example.com example.com no no" },
	{ "strangers", "example.com", "attack.example", "list.example", DMARC_FAIL, "reject/reject p example.com example.com no no" },
	{ "relaxed, sub-domain", "example.com", "mail.example.com", "x.y.example.com", DMARC_PASS, "reject/reject p example.com example.com yes yes" },
	{ "relaxed, look-alike", "example.com", "badexample.com", "example.com.attack.example", DMARC_FAIL, "reject/reject p example.com example.com no no" },
	{ "relaxed, parent", "mail.example.com", "example.com", "", DMARC_PASS, "quarantine/quarantine sp example.com example.com yes no" },
	{ "relaxed, siblings", "mail.example.com", "", "other.example.com", DMARC_PASS, "quarantine/quarantine sp example.com example.com no yes" },
	{ "the top level does not align", "example.com", "com", "", DMARC_FAIL, "reject/reject p example.com example.com no no" },
	{ "one of three signatures", "example.com", "", "a.example !example.com example.com", DMARC_PASS, "reject/reject p example.com example.com no yes" },
	{ "no record", "none.example", "none.example", "", DMARC_NONE, "-/- - - none.example yes no" },
	{ "no record, forged", "none.example", "attack.example", "", DMARC_NONE, "-/- - - none.example no no" },
	{ "one label", "localhost", "", "", DMARC_NONE, "-/- - - localhost no no" },

	{ "own record below another", "own.example.com", "", "", DMARC_FAIL, "none/none p own.example.com example.com no no" },
	{ "own record, parent aligns", "own.example.com", "example.com", "", DMARC_PASS, "none/none p own.example.com example.com yes no" },
	{ "own record is void", "nop.example.com", "", "", DMARC_NONE, "-/- - nop.example.com example.com no no" },
	{ "own record has only rua", "nopr.example.com", "", "", DMARC_FAIL, "none/none p nopr.example.com example.com no no" },
	{ "two records: the walk goes on", "two.example.com", "", "", DMARC_FAIL, "quarantine/quarantine sp example.com example.com no no" },
	{ "records among other texts", "txt.example.com", "", "", DMARC_FAIL, "none/none p txt.example.com example.com no no" },
	{ "sub-domain of nothing", "gone.example.com", "", "", DMARC_FAIL, "none/none np example.com example.com no no" },
	{ "bad sp with rua", "badsp.example", "", "", DMARC_FAIL, "none/none p badsp.example badsp.example no no" },
	{ "bad sp with rua, sub-domain", "x.badsp.example", "", "", DMARC_FAIL, "none/none p badsp.example badsp.example no no" },
	{ "void record", "void.example", "void.example", "", DMARC_NONE, "-/- - void.example void.example yes no" },
	{ "void record above", "x.void.example", "", "", DMARC_NONE, "-/- - void.example void.example no no" },

	{ "co.uk siblings", "a.co.uk", "b.co.uk", "b.co.uk", DMARC_FAIL, "reject/reject p a.co.uk a.co.uk no no" },
	{ "strict, same", "strict.example", "strict.example", "", DMARC_PASS, "reject/reject p strict.example strict.example yes no" },
	{ "strict, sub-domain", "strict.example", "x.strict.example", "x.strict.example", DMARC_FAIL, "reject/reject p strict.example strict.example no no" },
	{ "strict DKIM, relaxed SPF", "dstrict.example", "x.dstrict.example", "x.dstrict.example", DMARC_PASS, "reject/reject p dstrict.example dstrict.example yes no" },
	{ "strict by the parent's record", "x.strict.example", "strict.example", "", DMARC_FAIL, "reject/reject p strict.example strict.example no no" },

	{ "t=y lowers reject", "t1.example", "", "", DMARC_FAIL, "reject/quarantine p t1.example t1.example no no" },
	{ "t=y lowers quarantine", "t2.example", "", "", DMARC_FAIL, "quarantine/none p t2.example t2.example no no" },
	{ "t=y leaves none", "t3.example", "", "", DMARC_FAIL, "none/none p t3.example t3.example no no" },
	{ "pct is ignored", "pct.example", "", "", DMARC_FAIL, "reject/reject p pct.example pct.example no no" },

	{ "np: exists", "there.np.example", "", "", DMARC_FAIL, "none/none p np.example np.example no no" },
	{ "np: does not", "gone.np.example", "", "", DMARC_FAIL, "reject/reject np np.example np.example no no" },
	{ "np: could not be found out", "sick.np.example", "", "", DMARC_TEMPERROR, "reject/reject np np.example np.example no no" },
	{ "np: could not be found out, it passed", "sick.np.example", "np.example", "", DMARC_PASS, "reject/reject np np.example np.example yes no" },
	{ "np milder: could not be found out", "sick.np3.example", "", "", DMARC_TEMPERROR, "reject/reject p np3.example np3.example no no" },
	{ "np: an alias of nothing exists", "alias.np.example", "", "", DMARC_FAIL, "none/none p np.example np.example no no" },
	{ "np: an alias below it", "alias2.np.example", "", "", DMARC_FAIL, "none/none p np.example np.example no no" },
	{ "np over sp", "gone.np2.example", "", "", DMARC_FAIL, "reject/reject np np2.example np2.example no no" },
	{ "np does not touch its own domain", "np.example", "", "", DMARC_FAIL, "none/none p np.example np.example no no" },

	{ "psd=y: the PSD's sp", "good.bank", "", "", DMARC_FAIL, "quarantine/quarantine sp bank good.bank no no" },
	{ "psd=y: the PSD's np", "bad.bank", "", "", DMARC_FAIL, "reject/reject np bank bad.bank no no" },
	{ "psd=y: below", "sub.good.bank", "good.bank", "", DMARC_PASS, "quarantine/quarantine sp bank good.bank yes no" },
	{ "psd=y: siblings do not align", "good.bank", "rec.bank", "other.bank", DMARC_FAIL, "quarantine/quarantine sp bank good.bank no no" },
	{ "psd=y: the suffix does not align", "good.bank", "bank", "", DMARC_FAIL, "quarantine/quarantine sp bank good.bank no no" },
	{ "psd=y: the organization's record first", "y.rec.bank", "", "", DMARC_FAIL, "none/none p rec.bank rec.bank no no" },
	{ "psd=y: the author's record first", "x.rec.bank", "", "", DMARC_FAIL, "quarantine/quarantine p x.rec.bank rec.bank no no" },
	{ "psd=y at the start", "bank", "", "", DMARC_FAIL, "reject/reject p bank bank no no" },
	{ "psd=y at the start, below it", "bank", "good.bank", "", DMARC_FAIL, "reject/reject p bank bank no no" },
	{ "a suffix without psd", "a.shy", "b.shy", "", DMARC_PASS, "reject/reject p shy shy yes no" },
	{ "psd=n ends the walk", "x.unit.corp.example", "", "", DMARC_FAIL, "reject/reject p unit.corp.example unit.corp.example no no" },
	{ "psd=n: the parent does not align", "x.unit.corp.example", "corp.example", "", DMARC_FAIL, "reject/reject p unit.corp.example unit.corp.example no no" },
	{ "psd=n: nor the other way round", "corp.example", "unit.corp.example", "", DMARC_FAIL, "none/none p corp.example corp.example no no" },
	{ "psd=n: inside it", "x.unit.corp.example", "", "y.unit.corp.example", DMARC_PASS, "reject/reject p unit.corp.example unit.corp.example no yes" },
	{ "what lies between is no policy", "a.b.deep.example", "", "", DMARC_FAIL, "reject/reject sp deep.example deep.example no no" },
	{ "what lies between aligns", "a.b.deep.example", "b.deep.example", "", DMARC_PASS, "reject/reject sp deep.example deep.example yes no" },

	{ "13 labels", "a.b.c.d.e.f.g.h.i.j.mail.long.example", "", "", DMARC_FAIL, "reject/reject p long.example long.example no no" },
	{ "8 labels", "d.g.h.i.j.mail.long.example", "long.example", "", DMARC_PASS, "reject/reject p long.example long.example yes no" },

	{ "the author's record: SERVFAIL", "temp.example", "temp.example", "", DMARC_TEMPERROR, "-/- - - - yes no" },
	{ "the author's record: timeout", "late.example", "", "", DMARC_TEMPERROR, "-/- - - - no no" },
	{ "the author's record: REFUSED", "refused.example", "", "", DMARC_TEMPERROR, "-/- - - - no no" },
	{ "the parent's: no own record", "x.temp.example", "", "", DMARC_TEMPERROR, "-/- - - - no no" },
	{ "the parent's: own record, nothing passed", "rec.temp.example", "", "", DMARC_FAIL, "reject/reject p rec.temp.example - no no" },
	{ "the parent's: own record, identity", "rec.temp.example", "rec.temp.example", "", DMARC_PASS, "reject/reject p rec.temp.example - yes no" },
	{ "the parent's: own record, relaxed", "rec.temp.example", "temp.example", "", DMARC_TEMPERROR, "reject/reject p rec.temp.example - no no" },
	{ "the parent's: own record, strict", "srec.temp.example", "temp.example", "", DMARC_FAIL, "reject/reject p srec.temp.example - no no" },
	{ "the parent's: own record, a stranger", "rec.temp.example", "a.com", "own.com", DMARC_FAIL, "reject/reject p rec.temp.example - no no" },
	{ "the parent's: another organization", "rec.temp.example", "a.strict.example", "", DMARC_FAIL, "reject/reject p rec.temp.example - no no" },
	{ "the parent's: not asked behind psd=n", "x.nrec.temp.example", "nrec.temp.example", "", DMARC_PASS, "reject/reject p nrec.temp.example nrec.temp.example yes no" },
	{ "an identifier's walk", "org.example", "bad.org.example", "", DMARC_TEMPERROR, "reject/reject p org.example org.example no no" },
	{ "an identifier's walk, another aligns", "org.example", "bad.org.example", "org.example", DMARC_PASS, "reject/reject p org.example org.example no yes" },
	{ "the author's record: the organization's is known", "bad.org.example", "", "", DMARC_TEMPERROR, "reject/reject p org.example - no no" },
	{ "the author's record: it passed itself", "bad.org.example", "", "bad.org.example", DMARC_PASS, "reject/reject p org.example - no yes" },
	{ "the author's record: its organization passed", "bad.org.example", "org.example", "", DMARC_TEMPERROR, "reject/reject p org.example - no no" },
	{ "the author's record: not one between", "lame.b.deep.example", "", "", DMARC_TEMPERROR, "reject/reject sp deep.example - no no" },
	{ "the author's record: nobody knows whether it exists", "lame.np.example", "", "", DMARC_TEMPERROR, "reject/reject np np.example - no no" },
	{ "the author's record: the suffix's is known", "lame.bank", "", "", DMARC_TEMPERROR, "quarantine/quarantine sp bank - no no" },
	{ "a stranger's walk is not made", "org.example", "temp.example", "late.example", DMARC_FAIL, "reject/reject p org.example org.example no no" },
	{ "SPF temperror that could align", "org.example", "?org.example", "", DMARC_TEMPERROR, "reject/reject p org.example org.example no no" },
	{ "SPF temperror, relaxed", "org.example", "?x.org.example", "", DMARC_TEMPERROR, "reject/reject p org.example org.example no no" },
	{ "SPF temperror, strict", "strict.example", "?x.strict.example", "", DMARC_FAIL, "reject/reject p strict.example strict.example no no" },
	{ "SPF temperror of a stranger", "org.example", "?attack.example", "", DMARC_FAIL, "reject/reject p org.example org.example no no" },
	{ "SPF temperror, DKIM pass", "org.example", "?org.example", "org.example", DMARC_PASS, "reject/reject p org.example org.example no yes" },
	{ "DKIM temperror that could align", "org.example", "", "?org.example", DMARC_TEMPERROR, "reject/reject p org.example org.example no no" },
	{ "DKIM temperror, a failure beside", "org.example", "!org.example", "!org.example ?org.example", DMARC_TEMPERROR, "reject/reject p org.example org.example no no" },
	{ "DKIM temperror of a stranger", "org.example", "", "?attack.example", DMARC_FAIL, "reject/reject p org.example org.example no no" },
	{ "DKIM temperror, SPF pass", "org.example", "org.example", "?org.example", DMARC_PASS, "reject/reject p org.example org.example yes no" },
	{ "temperror without policy", "none.example", "?none.example", "", DMARC_NONE, "-/- - - none.example no no" },
	{ "no author domain", "", "attack.example", "", DMARC_PERMERROR, "-/- - - - no no" },
};
/* clang-format on */

struct bench {
	struct arena *arena;
	struct dns_zone *zone;
	struct resolver *resolver;
	struct dns_batch *dns;
};

static void
zone_fill(struct dns_zone *z)
{
	for (size_t i = 0; i < ARRAY_COUNT(zone); i++) {
		struct span name = span_of(zone[i].name);
		struct span record = span_of(zone[i].record);

		if (record.n == 0)
			dns_zone_name(z, name);
		else if (record.p[0] == '!')
			assert_true(dns_zone_rcode(
			    z, name, span_slice(record, 1, record.n)));
		else if (record.p[0] == '@')
			dns_zone_cname(
			    z, name, span_slice(record, 1, record.n));
		else
			dns_zone_txt(z, name, record);
	}
}

static struct bench
bench_new(bool hesitate)
{
	struct bench b = { .arena = arena_new(), .zone = dns_zone_new() };

	zone_fill(b.zone);
	dns_zone_hesitate(b.zone, hesitate);
	b.resolver = resolver_zone(b.zone);
	b.dns = dns_batch_new(b.resolver, b.arena);
	return b;
}

static void
bench_free(struct bench *b)
{
	dns_batch_free(&b->dns);
	resolver_free(&b->resolver);
	dns_zone_free(&b->zone);
	arena_free(&b->arena);
}

static struct dmarc_identifier
identifier(struct span word)
{
	struct dmarc_identifier id = { DMARC_GIVEN_NO, word };

	if (word.n == 0)
		return id;
	id.given = word.p[0] == '!'   ? DMARC_GIVEN_NO
		   : word.p[0] == '?' ? DMARC_GIVEN_TEMP
				      : DMARC_GIVEN_PASS;
	if (word.p[0] == '!' || word.p[0] == '?')
		id.domain = span_slice(word, 1, word.n);
	return id;
}

static const struct dmarc_outcome *
bench_judge(struct bench *b, const char *from, const char *spf,
    const char *dkim, unsigned *rounds)
{
	struct dmarc *d = dmarc_new(b->arena, b->dns);
	struct span rest = span_of(dkim), word;
	struct dmarc_identifier id[32];
	struct dmarc_query q = { .from = span_of(from), .dkim = id };

	q.from_why = from[0] == '\0' ? "no author" : NULL;
	q.spf = identifier(span_of(spf));
	while (dkim[0] != '\0' && span_cut(&rest, ' ', &word))
		id[q.dkim_count++] = identifier(word);
	for (*rounds = 1; !dmarc_run(d, &q); (*rounds)++)
		assert_true(dns_join(b->dns, INT64_MAX));
	return dmarc_outcome(d);
}

static const char *
word(struct arena *a, struct span s)
{
	return s.n == 0 ? "-" : arena_strdup(a, s);
}

static const char *
policy_word(enum dmarc_policy p)
{
	return p == DMARC_P_ABSENT ? "-" : dmarc_policy_names[p];
}

static void
check_row(const struct row *r, bool hesitate)
{
	struct bench b = bench_new(hesitate);
	unsigned rounds;
	const struct dmarc_outcome *o =
	    bench_judge(&b, r->from, r->spf, r->dkim, &rounds);

	table_text(r->label, "result", dmarc_result_words[o->result],
	    dmarc_result_words[r->result]);
	table_text(r->label, "outcome",
	    arena_printf(b.arena, "%s/%s %s %s %s %s %s",
		policy_word(o->policy), policy_word(o->applied),
		o->policy_tag ? o->policy_tag : "-",
		word(b.arena, o->record_domain), word(b.arena, o->org_domain),
		o->spf_aligned ? "yes" : "no", o->dkim_aligned ? "yes" : "no"),
	    r->want);
	if ((o->result == DMARC_TEMPERROR || o->result == DMARC_PERMERROR) &&
	    o->problem == NULL)
		table_fail(r->label, "no problem told");
	/* The author's walk, the identifiers' walks, and existence. */
	if (rounds > (hesitate ? 4 : 1))
		table_fail(r->label, "%u rounds", rounds);
	bench_free(&b);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		if (!table_wants(rows[i].label))
			continue;
		check_row(&rows[i], false);
		check_row(&rows[i], true);
	}
	table_end();
}

static void
note_name(void *ctx, struct span name, const struct dns_answer *answer)
{
	struct span *names = ctx;
	size_t i = 0;

	(void)answer;
	while (names[i].n > 0)
		i++;
	names[i] = name;
}

/* The example of RFC 9989, 4.10: eight queries for thirteen labels. */
static void
test_thirteen_labels(void **state)
{
	static const char *const want[] = {
		"_dmarc.a.b.c.d.e.f.g.h.i.j.mail.example.org",
		"_dmarc.g.h.i.j.mail.example.org",
		"_dmarc.h.i.j.mail.example.org",
		"_dmarc.i.j.mail.example.org",
		"_dmarc.j.mail.example.org",
		"_dmarc.mail.example.org",
		"_dmarc.example.org",
		"_dmarc.org",
	};
	struct bench b = bench_new(false);
	struct span names[32] = { { NULL, 0 } };
	unsigned rounds;

	(void)state;
	(void)bench_judge(
	    &b, "a.b.c.d.e.f.g.h.i.j.mail.example.org", "", "", &rounds);
	dns_each(b.dns, note_name, names);
	for (size_t i = 0; i < ARRAY_COUNT(want); i++)
		assert_true(span_is(names[i], want[i]));
	assert_int_equal(names[ARRAY_COUNT(want)].n, 0);
	bench_free(&b);
}

/* A hundred signatures cost no more than ten walks; identity costs none. */
static void
test_many_signatures(void **state)
{
	struct bench b = bench_new(false);
	struct dmarc *d = dmarc_new(b.arena, b.dns);
	struct dmarc_identifier id[100];
	struct dmarc_query q = { .from = SPAN("org.example"),
		.dkim = id,
		.dkim_count = ARRAY_COUNT(id) };
	struct span names[400] = { { NULL, 0 } };
	size_t asked = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(id); i++) {
		id[i].given = DMARC_GIVEN_TEMP;
		id[i].domain =
		    span_of(arena_printf(b.arena, "d%zu.org.example", i));
	}
	id[99] =
	    (struct dmarc_identifier){ DMARC_GIVEN_PASS, SPAN("org.example") };
	assert_true(dmarc_run(d, &q));
	assert_int_equal(dmarc_outcome(d)->result, DMARC_PASS);
	dns_each(b.dns, note_name, names);
	while (names[asked].n > 0)
		asked++;
	assert_true(asked <= 2 + 1 + DMARC_DKIM_WALKS_MAX);
	bench_free(&b);
}

/*
 * While SPF of whoever sent it is slow, all about the author is found out: so
 * the end of all patience leaves no milder policy than there is.
 */
static void
test_slow_stranger(void **state)
{
	struct bench b = bench_new(true);
	struct dmarc *d = dmarc_new(b.arena, b.dns);
	const struct dmarc_query q = { .from = SPAN("gone.np2.example"),
		.spf = { DMARC_GIVEN_TEMP, SPAN("slow.attack.example") } };

	(void)state;
	do
		dmarc_foresee_author(d, q.from);
	while (dns_join(b.dns, INT64_MAX));
	dns_give_up(b.dns, "deadline");
	assert_true(dmarc_run(d, &q));
	assert_int_equal(dmarc_outcome(d)->result, DMARC_FAIL);
	assert_int_equal(dmarc_outcome(d)->policy, DMARC_P_REJECT);
	bench_free(&b);
}

/* What was foreseen is not asked again and changes nothing. */
static void
test_foresee(void **state)
{
	struct bench b = bench_new(true);
	struct dmarc *d = dmarc_new(b.arena, b.dns);
	struct dmarc_query q = { .from = SPAN("x.org.example") };

	(void)state;
	dmarc_foresee_author(d, SPAN("x.org.example"));
	dmarc_foresee_author(d, SPAN(""));
	assert_int_equal(dns_pending(b.dns), 3);
	while (dns_join(b.dns, INT64_MAX))
		;
	q.spf = (struct dmarc_identifier){ DMARC_GIVEN_PASS,
		SPAN("x.org.example") };
	assert_null(dmarc_outcome(d));
	assert_true(dmarc_run(d, &q));
	assert_int_equal(dmarc_outcome(d)->result, DMARC_PASS);
	bench_free(&b);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_rows),
	cmocka_unit_test(test_thirteen_labels),
	cmocka_unit_test(test_many_signatures),
	cmocka_unit_test(test_slow_stranger),
	cmocka_unit_test(test_foresee),
};

TABLE_MAIN(tests)
