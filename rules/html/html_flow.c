/*
 * Text as it is shown. It knows nothing of HTML.
 */
#include "config.h"

#include "rules/html/html_flow.h"

#include "rules/base/utf8.h"
#include "rules/text/folded.h"
#include "rules/text/rune.h"

static bool
flow_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The length of what stays as it is, up to the blank that may end it. */
static size_t
flow_run(struct span s, size_t from)
{
	size_t n = folded_run(s, from, true);

	return n > 0 && s.p[from + n - 1] == ' ' ? n - 1 : n;
}

/* What is shown, after the white space that stood before it. */
static void
flow_put(struct html_flow *flow, struct span s)
{
	if (flow->text.n > 0 && (flow->line || flow->space))
		(void)buf_addc(&flow->text, flow->line ? '\n' : ' ');
	flow->line = flow->space = false;
	if (!buf_add(&flow->text, s) && utf8_ascii(s))
		(void)buf_add_some(&flow->text, s);
}

void
html_flow_add(struct html_flow *flow, struct span s)
{
	uint32_t rune;
	size_t n;

	for (size_t i = 0; i < s.n && !flow->text.over; i += n) {
		for (n = 0; i + n < s.n && flow_is_space(s.p[i + n]); n++)
			flow->space = true;
		if (n > 0)
			continue;
		n = flow_run(s, i);
		if (n > 0) {
			flow_put(flow, span_slice(s, i, i + n));
			continue;
		}
		n = utf8_next(s, i, &rune);
		if (rune == UTF8_BAD || rune < ' ' || rune_invisible(rune) ||
		    rune_bidi(rune))
			continue;
		if (rune_space(rune))
			flow->space = true;
		else
			flow_put(flow, span_slice(s, i, i + n));
	}
}
