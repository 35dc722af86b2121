/*
 * Asking the rules, by stage and recipient.
 */
#include "config.h"

#include "policy/decide.h"

#include <math.h>
#include <string.h>

#include "policy/check.h"
#include "policy/snapshot.h"

const char *const action_names[ACTION_COUNT] = { "accept", "junk", "quarantine",
	"tempfail", "reject", "discard" };

void
decide_begin(struct message *m)
{
	(void)m;
}

void
decide_nothing(struct verdict *out, enum stage stage)
{
	*out = (struct verdict){
		.stage = stage, .junk_at = NAN, .reject_at = NAN
	};
}

void
decide_envelope(struct message *m, enum stage stage, struct verdict *out)
{
	(void)m;
	decide_nothing(out, stage);
}

void
decide_rcpt(struct message *m, size_t rcpt, struct verdict *out)
{
	(void)m;
	(void)rcpt;
	decide_nothing(out, STAGE_RCPT);
}

void
decide_too_many(struct message *m, struct verdict *out)
{
	decide_nothing(out, STAGE_RCPT);
	out->action = out->wanted = ACTION_TEMPFAIL;
	out->reply = (struct reply){ 452, "4.5.3",
		span_of(arena_printf(
		    m->arena, "too many recipients [%s]", m->id)) };
	out->reason = SPAN("more recipients than rcpt.max");
}

void
decide_prefetch(struct message *m)
{
	(void)m;
}

void
decide_message(
    struct message *m, enum stage stage, bool final, struct verdict *out)
{
	(void)m;
	(void) final;
	decide_nothing(out, stage);
}
