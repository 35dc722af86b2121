/*
 * How does a pattern look for texts that are ASCII? A character beyond is one
 * octet that no such text has, so that what repeats it, or a class that it is
 * in, means the same. Must know nothing of any matcher.
 */
#include "config.h"

#include "rules/match/pattern_ascii.h"

#include "rules/base/utf8.h"
#include "rules/match/pattern_widen.h"

#define NOWHERE '\x80'

static bool
ascii_has(struct span regex, const char *const *signs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_search(regex, span_of(signs[i])) != SIZE_MAX)
			return true;
	return false;
}

/*
 * Whether characters beyond ASCII can be left out. A range that ends at one may
 * have in it U+017F or U+212A, which without regard to case are "s" and "k";
 * where a pattern has gaps, some such characters are gaps.
 */
static bool
ascii_replaces(struct span regex, unsigned flags)
{
	static const char *const signs[] = { "\xc5\xbf", "\xe2\x84\xaa", "\\Q",
		"\\E" };

	if (pattern_has_gaps(regex, flags) ||
	    ascii_has(regex, signs, ARRAY_COUNT(signs)))
		return false;
	for (size_t i = 1; i < regex.n; i++)
		if ((regex.p[i] == '-' && (regex.p[i - 1] & '\x80') != 0) ||
		    (regex.p[i - 1] == '-' && (regex.p[i] & '\x80') != 0))
			return false;
	return true;
}

bool
pattern_ascii(struct span regex, unsigned flags, struct buf *out)
{
	/* Characters and their kinds by number or name. */
	static const char *const signs[] = { "\\x{", "\\o{", "\\p", "\\P" };

	if (ascii_has(regex, signs, ARRAY_COUNT(signs)) ||
	    (!utf8_ascii(regex) && !ascii_replaces(regex, flags)))
		return false;
	for (size_t i = 0, run; i < regex.n; i += run + 1) {
		run = utf8_ascii_run(regex, i);
		(void)buf_add(out, span_slice(regex, i, i + run));
		if (i + run < regex.n && (regex.p[i + run] & '\xc0') != '\x80')
			(void)buf_addc(out, NOWHERE);
	}
	return !out->over;
}
