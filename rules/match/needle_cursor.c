/*
 * Small things in the text of a pattern: octets, numbers, characters,
 * braces. Must know nothing of what they mean for a match.
 */
#include "config.h"

#include <string.h>

#include "rules/match/needle_cursor.h"

void
needle_give_up(struct needle_cursor *c)
{
	c->gave_up = true;
	c->at = c->s.n;
}

bool
needle_more(const struct needle_cursor *c)
{
	return c->at < c->s.n;
}

char
needle_peek(const struct needle_cursor *c, size_t ahead)
{
	return c->at + ahead < c->s.n ? c->s.p[c->at + ahead] : '\0';
}

bool
needle_looking_at(const struct needle_cursor *c, const char *z)
{
	return span_starts(span_slice(c->s, c->at, c->s.n), span_of(z));
}

bool
needle_skip_past(struct needle_cursor *c, char end)
{
	size_t n = span_find(span_slice(c->s, c->at, c->s.n), end);

	if (n == SIZE_MAX) {
		needle_give_up(c);
		return false;
	}
	c->at += n + 1;
	return true;
}

uint32_t
needle_digits(struct needle_cursor *c, int base, size_t count)
{
	uint32_t code = 0;

	while (count-- > 0 && needle_more(c)) {
		unsigned digit = ascii_hex(needle_peek(c, 0));

		if (digit >= (unsigned)base)
			break;
		if (code <= 0x110000)
			code = code * (uint32_t)base + digit;
		c->at++;
	}
	return code;
}

bool
needle_number(struct needle_cursor *c, char letter, uint32_t *code)
{
	int base = letter == 'x' ? 16 : 8;

	if (letter == '0') {
		*code = needle_digits(c, 8, 2);
		return true;
	}
	if (needle_peek(c, 0) != '{') {
		if (letter == 'o')
			return false;
		*code = needle_digits(c, 16, 2);
		return true;
	}
	c->at++;
	if (ascii_hex(needle_peek(c, 0)) > 15)
		return false;
	*code = needle_digits(c, base, SIZE_MAX);
	if (needle_peek(c, 0) != '}')
		return false;
	c->at++;
	return true;
}

uint32_t
needle_character(struct needle_cursor *c)
{
	unsigned char lead = (unsigned char)needle_peek(c, 0);
	size_t more = c->raw || lead < 0xc0 ? 0
		      : lead < 0xe0         ? 1
		      : lead < 0xf0         ? 2
					    : 3;
	uint32_t code = more == 0 ? lead : lead & (0x3fU >> more);

	c->at++;
	while (more-- > 0 && needle_more(c))
		code = code << 6 | ((uint32_t)c->s.p[c->at++] & 0x3f);
	return code;
}

/*
 * Some braces repeat in one version of PCRE2 and are plain characters in
 * another: those with blanks, and those without a first number.
 */
bool
needle_braces(struct needle_cursor *c, uint32_t *min, uint32_t *max)
{
	size_t start = c->at++;

	if (ascii_digit(needle_peek(c, 0))) {
		*min = *max = needle_digits(c, 10, 5);
		if (needle_peek(c, 0) == ',') {
			c->at++;
			*max = ascii_digit(needle_peek(c, 0))
				   ? needle_digits(c, 10, 5)
				   : UINT32_MAX;
		}
		if (needle_peek(c, 0) == '}') {
			c->at++;
			return true;
		}
	}
	if (strchr(" \t,", needle_peek(c, 0)) != NULL)
		needle_give_up(c);
	else
		c->at = start;
	return false;
}
