/*
 * The check of restored signatures: which are worth it, whether the mail comes
 * from somebody who may have changed it, and what came of it as facts. How
 * changes are undone, restore.h tells.
 *
 * It is a fact and never a pass of DMARC: what rules make of it is theirs. It
 * asks DNS for nothing: keys have been asked for by the check of DKIM.
 */
#include "config.h"

#include "policy/restore/restore.h"

#include "policy/dkim/check_dkim.h"
#include "policy/dmarc/check_dmarc.h"
#include "policy/message/check.h"
#include "policy/message/session.h"
#include "rules/base/jsonw.h"
#include "rules/text/domain.h"

extern const struct check check_restore;

/* Signatures of one message that are tried. */
#define RESTORE_SIGNATURES_MAX 3

enum restore_fact {
	F_DOMAIN,
	F_LIST,
	F_AUTHOR,
	F_CHANGES,
	F_ADDED,
	F_OCTETS,
	F_LINKS,
	F_ADDRESSED,
	F_ALIGNED,
	F_PROBLEM,
	F_COUNT,
};

#define EOM STAGE_EOM
/* clang-format off */
static const struct fact_row restore_facts[] = {
	[F_DOMAIN] = { "restored.domain", FACT_DOMAIN, EOM, FACT_CHEAP | FACT_PROVES, NULL,
	    "the domain whose signature holds once what a list changed is undone" },
	[F_LIST] = { "restored.list", FACT_DOMAIN, EOM, FACT_CHEAP, NULL,
	    "the domain that handed it on, for which SPF or DKIM passes" },
	[F_AUTHOR] = { "restored.author", FACT_ADDRESS, EOM, FACT_CHEAP, NULL,
	    "the author that signed, where the list stands in From" },
	[F_CHANGES] = { "restored.changes", FACT_TEXT, EOM, FACT_CHEAP | FACT_IMPERSONAL, NULL,
	    "what was changed, words with a space between: subject, footer ..." },
	[F_ADDED] = { "restored.added", FACT_TEXT, EOM, FACT_PRIVATE, NULL,
	    "what was taken away: the tag of the Subject and the text below" },
	[F_OCTETS] = { "restored.octets", FACT_NUMBER, EOM, FACT_CHEAP | FACT_COUNTS, NULL,
	    "octets of what was taken away, as it came; 0: nothing was added" },
	[F_LINKS] = { "restored.foreign_links", FACT_NUMBER, EOM, FACT_CHEAP | FACT_COUNTS, NULL,
	    "links in it that lead neither to the list's domain nor the author's" },
	[F_ADDRESSED] = { "restored.addressed", FACT_BOOL, EOM, FACT_CHEAP, NULL,
	    "the author wrote to the list: its domain stands in a signed To or Cc" },
	[F_ALIGNED] = { "restored.aligned", FACT_BOOL, EOM, FACT_CHEAP, NULL,
	    "the signature speaks for From, or the list for a From of its own" },
	[F_PROBLEM] = { "restored.problem", FACT_TEXT, EOM, FACT_CHEAP | FACT_IMPERSONAL, NULL,
	    "why a signature that holds then counts for nothing" },
};
/* clang-format on */
_Static_assert(ARRAY_COUNT(restore_facts) == F_COUNT, "a row per fact");

/* A signature under work. */
struct restore_work {
	size_t number; /* of dkim_signature */
	struct restore_query query;
	struct restore_body body;
	bool found; /* the body */
};

struct restore_slot {
	bool begun;
	struct restore_work work[RESTORE_SIGNATURES_MAX];
	size_t count;
	bool unseen; /* a body was too long to be gone through */
	/* What came of it. */
	const struct restore_work *good;
	struct restored restored;
	bool aligned;
};

/* ---- which and by whom ------------------------------------------------------- */

/* The domain of a List-Id (RFC 2919, 2), as far as it is one. */
static bool
restore_in_list_id(struct message *m, struct span domain)
{
	const struct header_field *f = header_get(&m->headers, "List-Id", 0);
	struct span text = f == NULL ? SPAN("") : f->value, id;
	const char *why;

	text = span_slice(text, span_find_last(text, '<') + 1, text.n);
	text = span_trim(span_slice(text, 0, span_find(text, '>')));
	return domain_to_ascii(text, m->arena, &id, &why) &&
	       restore_same(id, domain);
}

/* Whoever else than this domain authenticates itself: the List-Id's domain
 * before others. "" for nobody. */
static struct span
restore_lister(
    struct message *m, const struct dmarc_query *q, struct span domain)
{
	struct span found = SPAN("");

	for (size_t i = 0; i <= q->dkim_count; i++) {
		const struct dmarc_identifier *id =
		    i < q->dkim_count ? &q->dkim[i] : &q->spf;

		if (id->given != DMARC_GIVEN_PASS || id->domain.n == 0 ||
		    restore_same(id->domain, domain))
			continue;
		if (restore_in_list_id(m, id->domain))
			return id->domain;
		if (found.n == 0)
			found = id->domain;
	}
	return found;
}

static bool
restore_is_list(const struct message *m)
{
	static const char *const names[] = { "List-Id", "List-Post",
		"Mailing-List", "X-Mailman-Version" };

	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		if (header_count(&m->headers, names[i]) > 0)
			return true;
	return false;
}

/* May a list have broken it, and is it the author's then? */
static bool
restore_worth_it(struct message *m, const struct dkim_signature *s,
    struct span from, struct span lister)
{
	if (s->outcome.result != DKIM_FAIL || s->sig.has_length ||
	    s->sig.domain.n == 0 || s->sig.body_hash.n != HASH_SHA256_OCTETS)
		return false;
	if (restore_same(s->sig.domain, from))
		return lister.n > 0 || restore_is_list(m);
	return lister.n > 0 && restore_same(from, lister);
}

static void
restore_begin(struct message *m, struct restore_slot *s)
{
	const struct dmarc_query *q = dmarc_asked(m);
	const struct dkim_signature *sig;

	s->begun = true;
	/* Who can't be told the author of has none to be restored, and what a
	 * header was in the whole is not known of one that was cut. */
	if (q == NULL || q->from.n == 0 ||
	    ((m->header_anomalies | m->headers.anomalies) &
		(HEADER_LIMIT | HEADER_OVERFULL | HEADER_HIDDEN_FIELD |
		    HEADER_FROM_LIKE)) != 0)
		return;
	for (size_t i = 0; s->count < RESTORE_SIGNATURES_MAX &&
			   (sig = dkim_signature(m, i)) != NULL;
	     i++) {
		struct span lister = restore_lister(m, q, sig->sig.domain);

		if (restore_worth_it(m, sig, q->from, lister))
			s->work[s->count++] =
			    (struct restore_work){ .number = i,
				    .query = { .headers = &m->headers,
					.body = buf_span(&m->body),
					.signature = sig,
					.from_domain = q->from,
					.lister = lister } };
	}
	for (size_t i = 0; i < s->count; i++) {
		struct restore_work *w = &s->work[i];

		/* What is good as it is needs not be there. */
		if (m->body_cut && w->query.signature->body != DKIM_BODY_GOOD)
			w->body.unseen = true;
		else
			w->found =
			    restore_find_body(&w->query, m->arena, &w->body);
		s->unseen = s->unseen || (!w->found && w->body.unseen);
	}
}

/* ---- stating ------------------------------------------------------------------- */

static void
restore_state(struct message *m, enum restore_fact row, struct value v)
{
	facts_set(m->facts, check_fact(m, &check_restore, row), v);
}

static void
restore_state_all(struct message *m, struct value v)
{
	for (size_t row = 0; row < F_COUNT; row++)
		restore_state(m, (enum restore_fact)row, v);
}

static struct value
restore_text_value(struct span text)
{
	return text.n == 0 ? value_absent() : value_text(text);
}

static struct span
restore_words(struct message *m, unsigned changes)
{
	const char *words = "";

	for (size_t i = 0; i < RESTORE_CHANGE_COUNT; i++)
		if ((changes & 1U << i) != 0)
			words = arena_printf(m->arena, "%s%s%s", words,
			    words[0] != '\0' ? " " : "",
			    restore_change_names[i]);
	return span_of(words);
}

static size_t
restore_foreign_links(const struct restore_slot *s)
{
	const struct restore_query *q = &s->good->query;
	size_t count = 0;

	for (size_t i = 0; i < s->restored.link_count; i++)
		count += !restore_same(s->restored.link[i], q->lister) &&
			 !restore_same(
			     s->restored.link[i], q->signature->sig.domain);
	return count;
}

/* Strict alignment where the author's domain asks for it (RFC 9989, 4.7). */
static bool
restore_is_aligned(struct message *m, const struct restore_slot *s)
{
	const struct restore_query *q = &s->good->query;
	const struct dmarc_outcome *o = dmarc_judged(m);
	const struct dmarc_step *step =
	    o == NULL || o->walk == NULL
		? NULL
		: dmarc_walk_at(o->walk, o->record_domain);
	struct span signer = q->signature->sig.domain;

	if (q->lister.n == 0)
		return false;
	if (s->restored.author.n > 0)
		return restore_same(q->from_domain, q->lister);
	return step != NULL && step->has_record && step->record.dkim_strict
		   ? span_eq(signer, q->from_domain)
		   : restore_same(signer, q->from_domain);
}

static void
restore_state_good(struct message *m, struct restore_slot *s)
{
	const struct restored *r = &s->restored;
	const struct restore_query *q = &s->good->query;
	bool believed = r->refused == NULL;

	s->aligned = believed && restore_is_aligned(m, s);
	dkim_state_restored(m, s->good->number, value_bool(believed));
	restore_state_all(m, value_absent());
	restore_state(m, F_PROBLEM, restore_text_value(span_of(r->refused)));
	if (!believed)
		return;
	restore_state(m, F_DOMAIN, value_text(q->signature->sig.domain));
	restore_state(m, F_LIST, restore_text_value(q->lister));
	restore_state(m, F_AUTHOR, restore_text_value(r->author));
	restore_state(m, F_CHANGES, value_text(restore_words(m, r->changes)));
	restore_state(m, F_ADDED, restore_text_value(r->added));
	restore_state(m, F_OCTETS, value_number((double)r->octets));
	restore_state(
	    m, F_LINKS, value_number((double)restore_foreign_links(s)));
	restore_state(m, F_ADDRESSED, value_bool(r->addressed));
	restore_state(m, F_ALIGNED, value_bool(s->aligned));
}

/* ---- the check ------------------------------------------------------------------ */

/* False while its key is pending; *temp: it could not be looked up. */
static bool
restore_try_one(struct message *m, struct restore_slot *s,
    struct restore_work *w, bool *temp)
{
	struct restored r;
	bool pending, lost;
	struct dkim_key *key =
	    dkim_signature_key(m, w->number, &pending, &lost);

	*temp = *temp || lost;
	if (key != NULL) {
		w->query.key = key;
		if (restore_find(&w->query, &w->body, m->arena, &r)) {
			s->good = w;
			s->restored = r;
		}
		dkim_key_unref(&key);
		w->query.key = NULL;
	}
	return !pending;
}

/* False while a key is pending. The first that is believed counts. */
static bool
restore_try_each(struct message *m, struct restore_slot *s, bool *temp)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->good != NULL && s->restored.refused == NULL)
			break;
		if (s->work[i].found &&
		    !restore_try_one(m, s, &s->work[i], temp))
			return false;
	}
	return true;
}

static bool
restore_judge(struct message *m, void *slot, enum stage stage)
{
	struct restore_slot *s = slot;
	bool temp = false;

	if (!message_is_foreign(m) || m->envelope_only) {
		restore_state_all(m, value_absent());
		return true;
	}
	if (stage != STAGE_EOM || dmarc_judged(m) == NULL)
		return false;
	if (!s->begun)
		restore_begin(m, s);
	if (!restore_try_each(m, s, &temp))
		return false;
	for (size_t i = 0; i < s->count; i++)
		dkim_state_restored(m, s->work[i].number, value_bool(false));
	if (s->good != NULL)
		restore_state_good(m, s);
	else if (s->unseen)
		restore_state_all(m, value_unknown("the body is too long"));
	else if (temp)
		restore_state_all(
		    m, value_unknown("the key could not be looked up"));
	else
		restore_state_all(m, value_absent());
	return true;
}

/* ---- telling -------------------------------------------------------------------- */

/* "" is null. */
static void
restore_json_text(struct jsonw *w, const char *key, struct span text)
{
	jsonw_text(w, key, text.n == 0 ? span_of(NULL) : text);
}

static void
restore_json(struct message *m, void *slot, struct jsonw *out)
{
	const struct restore_slot *s = slot;
	const struct restored *r = &s->restored;

	if (s->good == NULL) {
		jsonw_null(out, "restored");
		return;
	}
	jsonw_object(out, "restored");
	restore_json_text(out, "domain", s->good->query.signature->sig.domain);
	restore_json_text(out, "list", s->good->query.lister);
	restore_json_text(out, "author", r->author);
	restore_json_text(out, "changes", restore_words(m, r->changes));
	restore_json_text(out, "added", r->added);
	jsonw_bool(out, "aligned", s->aligned);
	jsonw_bool(out, "addressed", r->addressed);
	jsonw_textz(out, "problem", r->refused);
	jsonw_end(out);
}

/* What each change means for a person. */
static const char *const restore_change_texts[RESTORE_CHANGE_COUNT] = {
	"a tag in the Subject",
	"another From",
	"another Reply-To",
	"fields of a mailing list",
	"Content-Type written anew",
	"another transfer encoding",
	"text below the text",
	"a part behind the last",
	"a wrapping multipart",
};

/* What was added, each line by itself; who wrote it may have meant harm. */
static void
restore_explain_added(struct span added, struct buf *out)
{
	struct span line;

	while (span_cut(&added, '\n', &line)) {
		(void)buf_addz(out, "  | ");
		for (size_t i = 0; i < line.n && i < 200; i++)
			(void)buf_addc(out,
			    (unsigned char)line.p[i] < ' ' || line.p[i] == 0x7f
				? '?'
				: line.p[i]);
		(void)buf_addc(out, '\n');
	}
}

static void
restore_explain(struct message *m, void *slot, struct buf *out, int level)
{
	const struct restore_slot *s = slot;
	const struct restored *r = &s->restored;
	const char *between = "";

	(void)m;
	if (s->good == NULL)
		return;
	(void)buf_printf(out,
	    "Restored: the signature of %.*s is good once this is undone: ",
	    SPAN_FMT(s->good->query.signature->sig.domain));
	for (size_t i = 0; i < RESTORE_CHANGE_COUNT; i++)
		if ((r->changes & 1U << i) != 0) {
			(void)buf_printf(
			    out, "%s%s", between, restore_change_texts[i]);
			between = ", ";
		}
	(void)buf_addz(out, ".\n");
	if (s->good->query.lister.n > 0)
		(void)buf_printf(out, "  It was handed on by %.*s.\n",
		    SPAN_FMT(s->good->query.lister));
	if (r->refused != NULL)
		(void)buf_printf(
		    out, "  That counts for nothing: %s.\n", r->refused);
	if (r->added.n > 0 && level > 0)
		restore_explain_added(r->added, out);
}

const struct check check_restore = {
	.name = "restore",
	.after = "dkim dmarc",
	.facts = restore_facts,
	.fact_count = F_COUNT,
	.slot_size = sizeof(struct restore_slot),
	.judge = restore_judge,
	.json = restore_json,
	.explain = restore_explain,
};
