/*
 * Text as it is shown. It knows nothing of HTML.
 */
#include "config.h"

#include "rules/html/html_flow.h"

#include <string.h>

#include "rules/base/utf8.h"
#include "rules/text/rune.h"

static bool
flow_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * Eight octets that are all ASCII, none below ' ', no two spaces together.
 * Everything is in the high bit of each octet.
 */
static bool
flow_is_plain(const char *p)
{
	static const uint64_t each = UINT64_C(0x0101010101010101);
	static const uint64_t high = UINT64_C(0x8080808080808080);
	uint64_t word, odd, black;

	memcpy(&word, p, sizeof(word));
	odd = (word - each * ' ') | word;
	black = (word ^ each * ' ') + each * 0x7f;
	return (odd & high) == 0 &&
	       ((black | black << 8 | 0x80) & high) == high;
}

/* The length of what stays as it is: ASCII with single spaces inside. */
static size_t
flow_run(struct span s, size_t from)
{
	const char *p = s.p;
	size_t i = from;

	if (p[from] == ' ')
		return 0;
	while (i + 8 <= s.n && flow_is_plain(p + i) &&
	       (p[i] != ' ' || p[i - 1] != ' '))
		i += 8;
	for (; i < s.n && (unsigned char)p[i] < 0x80; i++)
		if (p[i] < ' ' || (p[i] == ' ' && p[i - 1] == ' '))
			break;
	return i > from && p[i - 1] == ' ' ? i - from - 1 : i - from;
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
