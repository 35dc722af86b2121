/*
 * Texts of others in a mend, which a person pastes into a shell.
 */
#include "config.h"

#include <string.h>

#include "tool/doctor/doctor.h"

const char *
doctor_quoted(struct doctor *d, const char *text)
{
	struct span rest = span_of(text), piece;
	const char *out = "", *between = "";

	while (rest.n > 0) {
		bool last = span_find(rest, '\'') == SIZE_MAX;

		(void)span_cut(&rest, '\'', &piece);
		out = arena_printf(
		    d->arena, "%s%s%.*s", out, between, SPAN_FMT(piece));
		between = "'\\''";
		if (!last && rest.n == 0)
			out = arena_printf(d->arena, "%s%s", out, between);
	}
	return out;
}

const char *
doctor_word(struct doctor *d, const char *text)
{
	size_t i = 0;

	while (ascii_alnum(text[i]) ||
	       (text[i] != '\0' && strchr("_./:@%+,-", text[i]) != NULL))
		i++;
	return i > 0 && text[i] == '\0'
		   ? text
		   : arena_printf(d->arena, "'%s'", doctor_quoted(d, text));
}
