/*
 * Finding rules in the text of a rule file that was in force once. A rule
 * begins at the start of a line; what it means is not asked.
 */
#include "config.h"

#include "policy/case/rule_text.h"

static bool
begins_statement(struct span line)
{
	static const char *const words[] = { "rule ", "list ", "verdict ",
		"include " };

	for (size_t i = 0; i < ARRAY_COUNT(words); i++)
		if (span_starts(line, span_of(words[i])))
			return true;
	return false;
}

struct span
rule_text_at(struct span text, size_t at)
{
	struct span rest = span_slice(text, at, text.n), line;
	size_t end = at;

	while (span_cut(&rest, '\n', &line)) {
		if (end > at && begins_statement(line))
			break;
		end = (size_t)(line.p - text.p) + line.n;
	}
	return span_trim(span_slice(text, at, end));
}

size_t
rule_text_find(struct span rules, struct span wanted)
{
	struct span rest = rules, line;

	while (span_cut(&rest, '\n', &line)) {
		size_t at = (size_t)(line.p - rules.p) + 5;

		if (!span_starts(line, SPAN("rule ")))
			continue;
		while (at < rules.n && rules.p[at] == ' ')
			at++;
		if (span_eq(rule_text_at(rules, at), wanted))
			return at;
	}
	return SIZE_MAX;
}

size_t
rule_text_named(struct span rules, struct span name)
{
	struct span rest = rules, line;

	while (span_cut(&rest, '\n', &line)) {
		struct span word = span_trim(span_slice(line, 5, line.n));

		if (span_starts(line, SPAN("rule ")) &&
		    span_starts(word, name) &&
		    (word.n == name.n || ascii_space(word.p[name.n])))
			return (size_t)(word.p - rules.p);
	}
	return SIZE_MAX;
}
