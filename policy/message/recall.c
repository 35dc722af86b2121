/*
 * Notes of what the store said to one message. They are bounded: what goes
 * beyond is asked and not noted.
 */
#include "config.h"

#include "policy/message/recall.h"

#include "policy/message/services.h"
#include "policy/message/verdict.h"
#include "policy/store/store_json.h"

/* A message with more recipients than this is not told from the journal. */
#define NOTES_MAX ((size_t)256)

static void
recall_note(struct message *m, enum recall_key kind, struct span key,
    const struct store_record *was)
{
	size_t n = m->recalled_count;

	if (n == NOTES_MAX)
		return;
	/* Those of this recipient stand together. */
	for (size_t i = n; i > 0; i--) {
		const struct recalled *r = &m->recalled[i - 1];

		if (r->rcpt_count != m->rcpt_count)
			break;
		if (span_eq(r->key, key))
			return;
	}
	m->recalled = arena_grow(m->arena, m->recalled, &m->recalled_cap, n + 1,
	    sizeof(*m->recalled));
	m->recalled[n] = (struct recalled){ .kind = kind,
		.key = arena_dup(m->arena, key),
		.was = *was,
		.rcpt_count = m->rcpt_count };
	m->recalled_count++;
}

bool
recall_get(struct message *m, enum recall_key kind, struct span key,
    struct store_record *out)
{
	if (!store_get(m->session->store, key, m->kept_s, out))
		return false;
	recall_note(m, kind, key, out);
	return true;
}

struct watched_change {
	store_change *change;
	void *ctx;
	struct store_record was;
};

static void
change_watched(void *ctx, struct store_record *r)
{
	struct watched_change *w = ctx;

	w->was = *r;
	w->change(w->ctx, r);
}

bool
recall_update(struct message *m, enum recall_key kind, struct span key,
    store_change *change, void *ctx)
{
	struct watched_change w = { .change = change, .ctx = ctx };

	if (!store_update(m->session->store, m->session->client, key, m->kept_s,
		change_watched, &w))
		return false;
	recall_note(m, kind, key, &w.was);
	return true;
}

/* ---- writing ------------------------------------------------------------- */

/*
 * Whether this note is what the entry was: the first, or for one recipient
 * the one made for him, if there is one.
 */
static bool
note_counts(const struct message *m, size_t at, size_t rcpt)
{
	const struct recalled *note = &m->recalled[at], *other;
	bool own = rcpt != RCPT_NONE && note->rcpt_count == rcpt + 1;

	for (size_t i = 0; i < m->recalled_count; i++) {
		other = &m->recalled[i];
		if (i == at || !span_eq(other->key, note->key))
			continue;
		if (rcpt != RCPT_NONE && other->rcpt_count == rcpt + 1)
			return false;
		if (i < at && !own)
			return false;
	}
	return true;
}

void
recall_write(
    const struct message *m, size_t rcpt, bool personal, struct jsonw *w)
{
	bool any = false;

	for (size_t i = 0; i < m->recalled_count; i++) {
		const struct recalled *note = &m->recalled[i];

		if ((!personal && note->kind == RECALL_PERSONAL) ||
		    !note_counts(m, i, rcpt))
			continue;
		if (!any)
			jsonw_object(w, "state");
		any = true;
		store_json_member(
		    w, arena_strdup(m->arena, note->key), &note->was);
	}
	if (any)
		jsonw_end(w);
}
