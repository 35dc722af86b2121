/*
 * Carrying out a verdict. Nothing is decided here.
 */
#include "config.h"

#include "milter/protocol/action.h"

#include <stdio.h>
#include <string.h>

#include "milter/daemon/log.h"
#include "policy/tell/headers.h"
#include "rules/base/panic.h"

/* libmilter's prototypes want char * for what it does not change. */
static char *
unconst(const char *z)
{
	union {
		const char *in;
		char *out;
	} u = { z };

	return u.out;
}

static void
reply_set(SMFICTX *ctx, const struct message *m, const struct reply *r)
{
	char code[4], text[512];

	if (r->code == 0)
		return;
	(void)snprintf(code, sizeof(code), "%u", r->code % 1000);
	(void)snprintf(text, sizeof(text), "%.*s", SPAN_FMT(r->text));
	if (smfi_setreply(ctx, code, unconst(r->enhanced), text) != MI_SUCCESS)
		log_write(LOG_LEVEL_ERROR, "%s: the MTA did not take the reply",
		    m == NULL ? "-" : m->id);
}

sfsistat
action_reply(SMFICTX *ctx, const struct verdict *v)
{
	reply_set(ctx, NULL, &v->reply);
	switch (v->action) {
	case ACTION_TEMPFAIL:
		return SMFIS_TEMPFAIL;
	case ACTION_REJECT:
		return SMFIS_REJECT;
	case ACTION_DISCARD:
		return SMFIS_DISCARD;
	case ACTION_ACCEPT:
	case ACTION_JUNK:
	case ACTION_QUARANTINE:
		return SMFIS_CONTINUE;
	}
	return SMFIS_CONTINUE;
}

/* NUL-terminated, and with the space that HDR_LEADSPC makes ours to give. */
static char *
field_text(struct message *m, struct span value)
{
	return arena_printf(m->arena, " %.*s", SPAN_FMT(value));
}

static bool
edits_apply(SMFICTX *ctx, struct message *m, const struct header_edits *edits)
{
	bool ok = true;

	for (size_t i = 0; i < edits->removal_count; i++) {
		const struct header_edit *e = &edits->removal[i];

		ok = smfi_chgheader(ctx, arena_strdup(m->arena, e->name),
			 (int)e->index, NULL) == MI_SUCCESS &&
		     ok;
	}
	for (size_t i = 0; i < edits->addition_count; i++) {
		const struct header_edit *e = &edits->addition[i];

		ok = smfi_insheader(ctx, 0, arena_strdup(m->arena, e->name),
			 field_text(m, e->value)) == MI_SUCCESS &&
		     ok;
	}
	return ok;
}

sfsistat
action_finish(SMFICTX *ctx, struct message *m, const struct verdict *v)
{
	struct header_edits edits;

	if (v->action == ACTION_TEMPFAIL || v->action == ACTION_REJECT ||
	    v->action == ACTION_DISCARD)
		return action_reply(ctx, v);
	headers_plan(m, v, &edits);
	if (!edits_apply(ctx, m, &edits)) {
		log_write(LOG_LEVEL_ERROR,
		    "%s: the MTA did not take the header fields", m->id);
		return SMFIS_TEMPFAIL;
	}
	if (v->action == ACTION_QUARANTINE) {
		char why[100];

		(void)snprintf(why, sizeof(why), "verdict %s %s", m->id,
		    v->rule == NULL ? "" : v->rule);
		if (smfi_quarantine(ctx, why) != MI_SUCCESS)
			return SMFIS_TEMPFAIL;
	}
	return SMFIS_CONTINUE;
}
