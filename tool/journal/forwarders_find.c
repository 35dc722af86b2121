/*
 * Gathers who forwards whose mail. A forwarder breaks SPF, since his host is
 * none of the author's, while the author's signature stays good; or he writes
 * the reverse-path anew (SRS) or seals what he hands on (ARC). A single
 * message says little of that, many of different authors for one recipient do.
 */
#include "config.h"

#include "tool/journal/forwarders.h"

#include "policy/base/suffix.h"
#include "rules/lang/outcome.h"
#include "rules/mail/srs.h"

#define FORWARDERS_BUCKETS 65536
_Static_assert(FORWARDERS_MAX < FORWARDERS_BUCKETS, "a search ends");

void
forwarders_init(struct forwarders *f, struct arena *a)
{
	*f = (struct forwarders){ .arena = a };
	f->bucket = arena_array(a, FORWARDERS_BUCKETS, sizeof(*f->bucket));
}

/* ---- what a record says -------------------------------------------------------- */

static bool
same_owner(struct span a, struct span b)
{
	return a.n > 0 && b.n > 0 && suffix_same(a, b);
}

/* A signature of the author's domain is good, or was restored. */
static bool
record_proved(struct jsonr facts, struct span author)
{
	struct jsonr dkim = jsonr_get(facts, "dkim");

	for (size_t i = 0; i < jsonr_count(dkim); i++) {
		struct jsonr one = jsonr_at(dkim, i);
		bool restored = false;

		(void)jsonr_bool(jsonr_get(one, "restored"), &restored);
		if ((restored ||
			span_is(jsonr_get_text(one, "result"), "pass")) &&
		    same_owner(jsonr_get_text(one, "domain"), author))
			return true;
	}
	return false;
}

/* One message as far as it concerns forwarders. */
struct forwarded {
	struct span by; /* the forwarder */
	bool domain;    /* it is one */
	bool srs, sealed, proved;
	struct span author;
};

/* The registrable part, or the domain itself where that is a suffix. */
static struct span
owner_of(struct span domain)
{
	struct span owner = suffix_registrable(domain);

	return owner.n > 0 ? owner : domain;
}

/*
 * Who handed it on: whoever sealed it, wrote the reverse-path anew, or whose
 * host it is, by its confirmed name. A network is no entry of a list of
 * domains, but shows where to look.
 */
static void
forwarded_by(struct jsonr facts, struct forwarded *out)
{
	struct span sealer = jsonr_get_text(facts, "arc.sealer"),
		    sender = jsonr_get_text(facts, "sender.domain"),
		    name = jsonr_get_text(facts, "client.name");

	out->domain = true;
	if (out->sealed)
		out->by = owner_of(sealer);
	else if (out->srs)
		out->by = owner_of(sender);
	else if (name.n > 0 && span_is(jsonr_get_text(facts, "iprev"), "pass"))
		out->by = owner_of(name);
	else
		out->by = jsonr_get_text(facts, "client.network");
	if (out->by.n == 0)
		out->by = jsonr_get_text(facts, "client.ip");
	out->domain = span_find(out->by, '/') == SIZE_MAX &&
		      !span_eq(out->by, jsonr_get_text(facts, "client.ip"));
}

/* False when nobody but its author has sent it. */
static bool
forwarded_read(struct jsonr facts, struct forwarded *out)
{
	struct span spf = jsonr_get_text(facts, "spf");
	struct srs srs;

	*out = (struct forwarded){ .author =
				       jsonr_get_text(facts, "from.domain") };
	if (out->author.n == 0 ||
	    !(span_is(jsonr_get_text(facts, "direction"), "inbound") ||
		span_is(jsonr_get_text(facts, "direction"), "relay")))
		return false;
	out->srs = span_is(spf, "pass") &&
		   srs_read(jsonr_get_text(facts, "sender.local"), &srs);
	out->sealed = span_is(jsonr_get_text(facts, "arc"), "pass");
	out->proved = record_proved(facts, out->author);
	if (!out->srs && !out->sealed && !span_is(spf, "fail") &&
	    !span_is(spf, "softfail") &&
	    !jsonr_given(jsonr_get(facts, "restored.domain")))
		return false;
	forwarded_by(facts, out);
	return out->by.n > 0 && !same_owner(out->by, out->author);
}

/* ---- the tally ------------------------------------------------------------------ */

static void
names_add(struct forwarder_names *n, struct span text, struct arena *a)
{
	for (size_t i = 0; i < n->count; i++)
		if (span_case_eq(n->name[i].text, text)) {
			n->name[i].count++;
			return;
		}
	if (n->count == FORWARDER_NAMES_MAX)
		return;
	n->name =
	    arena_grow(a, n->name, &n->cap, n->count + 1, sizeof(*n->name));
	n->name[n->count].text = arena_dup(a, text);
	n->name[n->count++].count = 1;
}

/* NULL when there are too many. */
static struct forwarder *
forwarders_get(struct forwarders *f, const struct forwarded *m)
{
	size_t at = (size_t)(span_case_hash(m->by, 0) % FORWARDERS_BUCKETS);
	struct forwarder *w;

	while (f->bucket[at] != 0) {
		w = &f->forwarder[f->bucket[at] - 1];
		if (span_case_eq(w->name, m->by))
			return w;
		at = (at + 1) % FORWARDERS_BUCKETS;
	}
	if (f->count == FORWARDERS_MAX) {
		f->over = true;
		return NULL;
	}
	f->forwarder = arena_grow(f->arena, f->forwarder, &f->cap, f->count + 1,
	    sizeof(*f->forwarder));
	w = &f->forwarder[f->count++];
	*w = (struct forwarder){ .name = arena_dup(f->arena, m->by),
		.domain = m->domain };
	f->bucket[at] = (uint32_t)f->count;
	return w;
}

static void
forwarder_count(struct forwarders *f, struct forwarder *w,
    const struct forwarded *m, const struct journal_row *row)
{
	struct span rcpt = row->rcpt, one;

	w->messages++;
	w->proved += m->proved;
	w->sealed += m->sealed;
	w->srs += m->srs;
	w->stopped += outcome_find(row->verdict) != OUTCOME_ACCEPT;
	w->first_s = row->time_s;
	if (w->last_s == 0)
		w->last_s = row->time_s;
	if (m->proved)
		names_add(&w->authors, owner_of(m->author), f->arena);
	while (rcpt.n > 0 && span_cut(&rcpt, '\n', &one))
		names_add(&w->rcpt, one, f->arena);
	if (w->example_count < FORWARDER_EXAMPLES)
		w->example[w->example_count++] = arena_dup(f->arena, row->id);
}

/* Most records need not be taken apart to see that nobody forwarded it. */
static bool
record_promises(struct span record)
{
	static const char *const signs[] = { "\"spf\":\"fail\"",
		"\"spf\":\"softfail\"", "\"arc\":\"pass\"",
		"\"restored.domain\"", "\"sender.local\":\"SRS",
		"\"sender.local\":\"srs", "+SRS=" };

	for (size_t i = 0; i < ARRAY_COUNT(signs); i++)
		if (span_search(record, span_of(signs[i])) != SIZE_MAX)
			return true;
	return false;
}

void
forwarders_add(struct forwarders *f, const struct journal_row *row)
{
	struct arena *a;
	struct jsonr_doc *doc;
	struct forwarded m;
	struct forwarder *w;
	const char *why;

	f->rows++;
	/* A recipient that was refused has no author yet. */
	if (!span_is(row->stage, "eom") || !record_promises(row->record))
		return;
	a = arena_new();
	doc = jsonr_parse(row->record, a, &why);
	if (doc != NULL &&
	    forwarded_read(jsonr_get(jsonr_top(doc), "facts"), &m)) {
		w = forwarders_get(f, &m);
		if (w != NULL)
			forwarder_count(f, w, &m, row);
	}
	jsonr_free(&doc);
	arena_free(&a);
}

bool
forwarder_likely(
    const struct forwarder *w, const struct forwarders_bounds *bounds)
{
	return w->messages >= bounds->messages &&
	       w->authors.count >= bounds->authors &&
	       w->proved * 2 >= w->messages && w->messages >= w->rcpt.count * 3;
}
