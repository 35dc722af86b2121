/*
 * The value of X-Verdict: its grammar and the promise behind it stand in
 * headers.h.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "policy/tell/header_text.h"
#include "policy/tell/headers.h"

#define VALUE_MAX 100 /* octets of one value before escaping */
#define LIST_MAX  600 /* octets of a list, before its last value */

static void
header_verdict_value(struct buf *out, const char *value)
{
	struct span s = span_slice(span_of(value), 0, VALUE_MAX);

	for (size_t i = 0; i < s.n; i++)
		if (ascii_alnum(s.p[i]) ||
		    (s.p[i] != '\0' && strchr("._+-@/:", s.p[i]) != NULL))
			(void)buf_addc(out, s.p[i]);
		else
			(void)buf_printf(
			    out, "%%%02X", (unsigned)(unsigned char)s.p[i]);
}

static void
header_verdict_item(struct buf *out, const char *key, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	(void)buf_addz(out, "; ");
	(void)buf_addz(out, key);
	(void)buf_addc(out, '=');
	header_verdict_value(out, value);
}

/* Many values are cut short; "more" is then the last of them. */
static void
header_verdict_list(
    struct buf *out, const char *key, const char *const *value, size_t count)
{
	size_t from = out->n;

	for (size_t i = 0; i < count; i++) {
		if (i == 0)
			(void)buf_printf(out, "; %s=", key);
		else
			(void)buf_addc(out, ',');
		if (out->n - from > LIST_MAX) {
			(void)buf_addz(out, "more");
			return;
		}
		header_verdict_value(out, value[i]);
	}
}

/* Whoever finds his mail among junk, or held, wants to know why. */
static void
header_verdict_reason(
    struct buf *out, const struct message *m, const struct verdict *v)
{
	if (v->action == OUTCOME_JUNK || v->action == OUTCOME_QUARANTINE)
		header_verdict_item(
		    out, "reason", arena_strdup(m->arena, v->reason));
}

struct span
headers_verdict(const struct message *m, const struct verdict *v)
{
	struct span value;
	struct buf b;

	buf_init(&b, HEADER_TEXT_MAX / 2);
	(void)buf_addz(&b, "v=1");
	header_verdict_item(&b, "id", m->id);
	header_verdict_item(&b, "verdict", outcome_names[v->action]);
	if (v->wanted != v->action)
		header_verdict_item(&b, "wanted", outcome_names[v->wanted]);
	header_verdict_item(&b, "rule", v->rule);
	header_verdict_reason(&b, m, v);
	(void)buf_printf(
	    &b, "; score=%g", v->record.score == 0 ? 0 : v->record.score);
	header_verdict_item(&b, "stage", stage_names[v->stage]);
	header_verdict_item(&b, "direction", direction_names[m->direction]);
	if (v->apart)
		header_verdict_item(&b, "recipients", "apart");
	else if (v->disagreed)
		header_verdict_item(&b, "recipients", "disagreed");
	header_verdict_list(&b, "tags", v->record.tag, v->record.tag_count);
	header_verdict_list(&b, "flags", m->flag, m->flag_count);
	header_verdict_list(
	    &b, "incomplete", m->incomplete, m->incomplete_count);
	value = header_text(
	    m->arena, SPAN("X-Verdict"), buf_span(&b), HEADER_TEXT_COMMAS);
	buf_free(&b);
	return value;
}
