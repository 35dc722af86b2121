/*
 * Texts that a spreadsheet opens as a table, with formulas in it that start a
 * program: by DDE in any of them, and by functions of macros in SYLK.
 */
#include "config.h"

#include "rules/content/content_inside.h"

static bool
sheet_ends(char c)
{
	return c == ',' || c == ';' || c == '\t' || c == '\n' || c == '\r';
}

static bool
sheet_calls(struct span text)
{
	static const struct span call[] = { SPAN_INIT(";EEXEC("),
		SPAN_INIT(";ECALL("), SPAN_INIT(";EREGISTER(") };

	for (size_t i = 0; i < ARRAY_COUNT(call); i++)
		if (span_case_search(text, call[i]) != SIZE_MAX)
			return true;
	return false;
}

/* What a formula begins with; in SYLK it stands in a field E. */
static bool
sheet_is_formula(char c, bool sylk)
{
	return sylk ? c == 'E' : c == '=' || c == '+' || c == '-' || c == '@';
}

/*
 * Behind the "|" of a formula program|topic!item or program|'topic'!item:
 * whether it goes on so. *at is then where that was seen.
 */
static bool
sheet_is_topic(struct span s, size_t *at)
{
	bool quoted = *at < s.n && s.p[*at] == '\'';

	for (*at += quoted; *at < s.n && s.p[*at] != '\n'; ++*at) {
		char c = s.p[*at];

		if (quoted && c == '\'')
			return *at + 1 < s.n && s.p[*at + 1] == '!';
		if (!quoted && (c == '!' || sheet_ends(c)))
			return c == '!';
	}
	return false;
}

bool
content_sheet_runs(struct span text)
{
	enum { BEGIN, FORMULA, OTHER } state = BEGIN;
	/* Tables of prices begin like its head, and have no such records. */
	bool sylk = span_starts(text, SPAN("ID;P")) &&
		    span_search(text, SPAN("\nC;")) != SIZE_MAX;

	if (sylk && sheet_calls(text))
		return true;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (sheet_ends(c)) {
			state = BEGIN;
		} else if (state == BEGIN && c != '"' && c != ' ') {
			state = sheet_is_formula(c, sylk) ? FORMULA : OTHER;
		} else if (state == FORMULA && c == '|') {
			i++;
			if (sheet_is_topic(text, &i))
				return true;
			state = OTHER;
		}
	}
	return false;
}
