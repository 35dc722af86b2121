/*
 * The rivals of what the grammar reads: other addresses that software with
 * another parser, or with none, would take for the author's. It decides
 * whether all of them agree.
 */
#include "config.h"

#include "rules/mail/addr_parse.h"

#include "rules/base/utf8.h"
#include "rules/mail/addr_reading.h"
#include "rules/text/decode.h"
#include "rules/text/domain.h"
#include "rules/text/shown.h"

static void
addr_rival_add(struct addr_parser *p, struct rival rival)
{
	p->rival = arena_grow(p->arena, p->rival, &p->rival_cap,
	    p->rival_count + 1, sizeof(*p->rival));
	p->rival[p->rival_count++] = rival;
}

static void
addr_note_read(
    struct addr_parser *p, struct span text, bool serious, bool encoded)
{
	struct addr_reading r;
	size_t pos = 0;

	while (addr_reading_next(text, &pos, &r))
		if (r.dotted)
			addr_rival_add(
			    p, (struct rival){ r.run, serious, encoded });
}

/*
 * As software reads the text, and as people see it: where they see an "@" or
 * a dot that is none.
 */
static void
addr_note_all(
    struct addr_parser *p, struct span text, bool serious, bool encoded)
{
	struct span shown = shown_text(text, p->arena);

	addr_note_read(p, text, serious, encoded);
	if (shown.p == text.p)
		return;
	addr_note_read(p, shown, false, encoded);
	if (addr_has_rune(text, addr_rune_hides))
		p->out->traits |= ADDR_NAME_INVISIBLE;
}

void
addr_note(struct addr_parser *p, struct span text, bool serious)
{
	addr_note_all(p, text, serious, false);
}

/*
 * What encoded words say once decoded. Software that decodes before it parses
 * sees an address in brackets, or one before a comma, as the author's.
 */
void
addr_note_encoded(struct addr_parser *p, struct span run)
{
	struct span text = mime_decode_text(run, p->arena);
	bool serious = span_find(text, '<') != SIZE_MAX ||
		       span_find(text, ',') != SIZE_MAX;

	addr_note_all(p, text, serious, true);
}

void
addr_note_quoted(struct addr_parser *p, struct span text)
{
	size_t at = 0, n;

	addr_note(p, text, false);
	while ((n = span_search(span_slice(text, at, text.n), SPAN("=?"))) !=
	       SIZE_MAX) {
		at += n;
		n = addr_encoded_run(text, at);
		if (n > 0)
			addr_note_encoded(p, span_slice(text, at, at + n));
		at += n > 0 ? n : 2;
	}
}

void
addr_note_name(struct addr_parser *p, struct span name)
{
	char *text;
	size_t n = 0;

	if (span_search(name, SPAN("=?")) == SIZE_MAX && utf8_ascii(name) &&
	    span_find(name, '"') == SIZE_MAX)
		return;
	text = arena_alloc(p->arena, name.n + 1);
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] != '"' && name.p[i] != '\\')
			text[n++] = name.p[i];
	addr_note_all(
	    p, mime_decode_text(span_make(text, n), p->arena), false, true);
}

/*
 * A run as a domain. Where that fails for characters that no domain has, such
 * as a dash that is none ("a@b.example\u2013 private"), it ends before them,
 * unless there may be more of a domain behind them.
 */
static bool
addr_run_domain(struct addr_parser *p, struct span run, struct span *domain,
    const char **why)
{
	size_t ascii = utf8_ascii_run(run, 0);

	if (domain_to_ascii(run, p->arena, domain, why))
		return true;
	return ascii < run.n &&
	       span_find(span_slice(run, ascii, run.n), '.') == SIZE_MAX &&
	       domain_to_ascii(
		   span_slice(run, 0, ascii), p->arena, domain, why);
}

/* Is run, read as a domain, one of the mailboxes' domains? */
static bool
addr_run_is_ours(struct addr_parser *p, struct span run)
{
	const struct addr_list *l = p->out;
	struct span domain;
	const char *why;

	for (size_t i = 0; i < l->count; i++)
		if (span_case_eq(run, l->box[i].domain))
			return true;
	if (!addr_run_domain(p, run, &domain, &why))
		return false;
	for (size_t i = 0; i < l->count; i++)
		if (span_eq(domain, l->box[i].domain))
			return true;
	return false;
}

/* In the form in which domains are compared, if it has one. */
static void
addr_show(struct addr_parser *p, struct span run)
{
	struct addr_list *l = p->out;
	struct span domain;
	const char *why;

	if (!addr_run_domain(p, run, &domain, &why))
		domain = run;
	for (size_t i = 0; i < l->shown_count && i < ADDR_SHOWN_MAX; i++)
		if (span_eq(l->shown[i], domain))
			return;
	if (l->shown_count < ADDR_SHOWN_MAX)
		l->shown[l->shown_count] = domain;
	l->shown_count++;
}

/*
 * Compares the rivals with what was read. Bounded: the first of each kind
 * that differs is enough, and those that agree cost one comparison with each
 * mailbox, of which a field with rivals worth the name has few.
 */
void
addr_compare_rivals(struct addr_parser *p)
{
	size_t work = 0;

	for (size_t i = 0; i < p->rival_count && p->doubt == NULL; i++) {
		const struct rival *r = &p->rival[i];

		if ((work += p->out->count) < ADDR_VALUE_MAX &&
		    addr_run_is_ours(p, r->run))
			continue;
		p->out->traits |= ADDR_NAME_ADDRESS;
		addr_show(p, r->run);
		if (!r->serious)
			continue;
		p->doubt = "another address where some software reads it";
		if (r->encoded)
			p->out->traits |= ADDR_ENCODED;
	}
}

/* ---- what is not by the book ----------------------------------------------- */

/* Where the last "<...>" lies; both at the end of the text without one. */
static void
addr_find_angle(struct span s, size_t *from, size_t *end)
{
	size_t at = span_find_last(s, '<');
	size_t close =
	    at == SIZE_MAX ? SIZE_MAX : span_find(span_slice(s, at, s.n), '>');

	*from = close == SIZE_MAX ? s.n : at;
	*end = close == SIZE_MAX ? s.n : at + close;
}

/* The local part that ends before the "@" at offset at. */
static struct span
addr_local_before(struct span s, size_t at)
{
	size_t end = at, from;

	while (end > 0 && ascii_space(s.p[end - 1]))
		end--;
	from = end;
	if (end > 1 && s.p[end - 1] == '"') {
		from = span_find_last(span_slice(s, 0, end - 1), '"');
		return from == SIZE_MAX ? SPAN("") : span_slice(s, from, end);
	}
	while (from > 0 && addr_atom_char(s.p[from - 1], false))
		from--;
	return span_slice(s, from, end);
}

/* Only punctuation and one comment may follow (STANDARDS: class A19). */
static bool
addr_tail_is_harmless(struct span tail)
{
	while (tail.n > 0 &&
	       span_find(SPAN(" \t,;.>\"')]"), tail.p[0]) != SIZE_MAX)
		tail = span_slice(tail, 1, tail.n);
	tail = span_trim(tail);
	return tail.n == 0 || (tail.p[0] == '(' && tail.p[tail.n - 1] == ')');
}

/*
 * Passes over raw text up to the "@" at offset at: encoded words become
 * rivals. Returns where the last of them ends.
 */
static size_t
addr_pass_encoded(struct addr_parser *p, size_t from, size_t at)
{
	size_t end = from;

	while (from < at) {
		size_t n = addr_encoded_run(p->s, from);

		if (n > 0)
			addr_note_encoded(p, span_slice(p->s, from, from + n));
		from += n > 0 ? n : 1;
		end = n > 0 ? from : end;
	}
	return end;
}

/*
 * One more "@" of the raw text. *agreed is the domain on which all before it
 * agree, "" for none. False when there is no point in looking further.
 */
static bool
addr_reading_agrees(
    struct addr_parser *p, const struct addr_reading *r, struct span *agreed)
{
	struct span domain;
	const char *why;

	if (span_case_eq(r->run, *agreed))
		return true;
	if (!addr_run_domain(p, r->run, &domain, &why)) {
		p->broken = why;
		return false;
	}
	if (agreed->n > 0 && !span_eq(domain, *agreed)) {
		p->doubt = "several domains could be meant";
		return false;
	}
	*agreed = domain;
	return true;
}

/*
 * Looks at every "@" outside encoded words. Returns whether all that could be
 * an author's agree; *best is then the one in the last angle brackets, or the
 * last of all.
 */
static bool
addr_readings_agree(struct addr_parser *p, size_t angle, size_t close,
    struct addr_reading *best)
{
	struct addr_reading r;
	struct span agreed = SPAN("");
	size_t pos = 0, passed = 0;
	bool in_angle = false;

	while (addr_reading_next(p->s, &pos, &r)) {
		bool in = r.at > angle && r.at < close;

		if (passed < r.at)
			passed = addr_pass_encoded(p, passed, r.at);
		if (passed > r.at)
			continue;
		passed = r.at;
		if (r.doubtful)
			p->doubt = "a domain that can be read in two ways";
		if (p->doubt != NULL)
			return false;
		if (!in && !r.dotted)
			continue;
		if (!addr_reading_agrees(p, &r, &agreed))
			return false;
		if (in || !in_angle)
			*best = r;
		in_angle |= in;
	}
	return agreed.n > 0;
}

/*
 * Encoded words that stand where a mailbox of the list would: before a comma.
 * Where the list cannot be read by the grammar, software that decodes first
 * finds a list in it (attack class A15).
 */
static void
addr_note_listed(struct addr_parser *p)
{
	size_t at = 0, n;

	while ((n = span_search(span_slice(p->s, at, p->s.n), SPAN("=?"))) !=
	       SIZE_MAX) {
		struct span run, rest;

		at += n;
		n = addr_encoded_run(p->s, at);
		run = span_slice(p->s, at, at + n);
		at += n > 0 ? n : 2;
		rest = span_trim(span_slice(p->s, at, p->s.n));
		if (n > 0 && rest.n > 0 &&
		    (rest.p[0] == ',' || rest.p[0] == ';'))
			addr_note_all(
			    p, mime_decode_text(run, p->arena), true, true);
	}
}

void
addr_take_by_agreement(struct addr_parser *p)
{
	struct addr_reading best;
	size_t angle, close;
	bool in;
	struct span local;
	const char *why = p->fail;

	p->rival_count = p->out->count = 0;
	p->out->traits &= ~(unsigned)(ADDR_GROUP | ADDR_LENIENT);
	addr_find_angle(p->s, &angle, &close);
	if (!addr_readings_agree(p, angle, close, &best)) {
		p->broken = p->broken != NULL ? p->broken : why;
		return;
	}
	local = addr_local_before(p->s, best.at);
	in = best.at > angle && best.at < close;
	if (local.n == 0 || !addr_tail_is_harmless(span_slice(
				p->s, in ? close : best.end, p->s.n))) {
		p->broken = why;
		return;
	}
	p->out->traits |= ADDR_LENIENT;
	addr_note_listed(p);
	if (!addr_add(p, local, best.run,
		span_make(local.p, (size_t)(p->s.p + best.end - local.p))))
		p->broken = p->fail;
	else if (p->out->count > 0 && in)
		p->out->box[0].name = span_trim(span_slice(p->s, 0, angle));
	if (p->out->count > 0)
		addr_note_name(p, p->out->box[0].name);
}
