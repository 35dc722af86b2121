/*
 * Base64 and quoted-printable to octets. Knows nothing of lines that were
 * changed on the way: decode_lines.c puts those right.
 */
#include "config.h"

#include "rules/text/transfer.h"

/* ---- base64 -------------------------------------------------------------- */

/* Of a digit, beside its value. */
#define DIGIT 0x40U
/* clang-format off */
#define D(c, value) [c] = DIGIT | (value)
static const unsigned char digits[256] = {
	D('A', 0), D('B', 1), D('C', 2), D('D', 3), D('E', 4), D('F', 5),
	D('G', 6), D('H', 7), D('I', 8), D('J', 9), D('K', 10), D('L', 11),
	D('M', 12), D('N', 13), D('O', 14), D('P', 15), D('Q', 16), D('R', 17),
	D('S', 18), D('T', 19), D('U', 20), D('V', 21), D('W', 22), D('X', 23),
	D('Y', 24), D('Z', 25), D('a', 26), D('b', 27), D('c', 28), D('d', 29),
	D('e', 30), D('f', 31), D('g', 32), D('h', 33), D('i', 34), D('j', 35),
	D('k', 36), D('l', 37), D('m', 38), D('n', 39), D('o', 40), D('p', 41),
	D('q', 42), D('r', 43), D('s', 44), D('t', 45), D('u', 46), D('v', 47),
	D('w', 48), D('x', 49), D('y', 50), D('z', 51), D('0', 52), D('1', 53),
	D('2', 54), D('3', 55), D('4', 56), D('5', 57), D('6', 58), D('7', 59),
	D('8', 60), D('9', 61), D('+', 62), D('/', 63),
};
#undef D
/* clang-format on */

#define PIECE_GROUPS 1024

static uint32_t
digit_at(struct span in, size_t at)
{
	return digits[(unsigned char)in.p[at]];
}

/* The three octets of a group; there is room for all of them. */
static void
group_put(char *to, uint32_t group)
{
	to[0] = (char)(group >> 16);
	to[1] = (char)(group >> 8);
	to[2] = (char)group;
}

/* Groups of four digits in a row, from *at on; returns how many octets. */
static size_t
groups_whole(struct span in, size_t *at, char *to)
{
	size_t n = 0, i = *at;

	for (; n < (size_t)3 * PIECE_GROUPS && in.n - i >= 4; i += 4) {
		uint32_t a = digit_at(in, i), b = digit_at(in, i + 1);
		uint32_t c = digit_at(in, i + 2), d = digit_at(in, i + 3);

		if ((a & b & c & d & DIGIT) == 0)
			break;
		group_put(to + n,
		    a << 18 ^ (b ^ DIGIT) << 12 ^ (c ^ DIGIT) << 6 ^ d ^ DIGIT);
		n += 3;
	}
	*at = i;
	return n;
}

/* One group with something between its digits, or that ends early. */
static size_t
group_broken(struct span in, size_t *at, char *to)
{
	uint32_t group = 0;
	size_t count = 0;

	while (*at < in.n && count < 4) {
		char c = in.p[(*at)++];
		uint32_t digit = digits[(unsigned char)c];

		if (c == '=' && count > 0)
			break;
		if (digit == 0)
			continue;
		group = group << 6 | (digit ^ DIGIT);
		count++;
	}
	group_put(to, group << 6 * (4 - count));
	return count * 6 / 8;
}

void
transfer_base64(struct buf *out, struct span in)
{
	char piece[3 * PIECE_GROUPS + 3];
	size_t at = 0;

	while (at < in.n && !out->over) {
		size_t n = groups_whole(in, &at, piece);

		n += group_broken(in, &at, piece + n);
		(void)buf_add_some(out, span_make(piece, n));
	}
}

/* ---- quoted-printable ---------------------------------------------------- */

/* What stands behind a "="; returns how much of it that is. */
static size_t
quoted_code(struct buf *out, struct span in)
{
	char one = in.p[0], two;

	if (one == '\n' || in.n == 1)
		return 1;
	two = in.p[1];
	if (one == '\r' && two == '\n')
		return 2;
	if (ascii_hex(one) < 16 && ascii_hex(two) < 16) {
		(void)buf_addc(
		    out, (char)(ascii_hex(one) << 4 | ascii_hex(two)));
		return 2;
	}
	(void)buf_addc(out, '=');
	(void)buf_add_some(out, span_slice(in, 0, 2));
	return 2;
}

void
transfer_quoted(struct buf *out, struct span in)
{
	while (in.n > 0 && !out->over) {
		size_t at = span_find(in, '=');

		(void)buf_add_some(out, span_slice(in, 0, at));
		if (at == SIZE_MAX)
			return;
		in = span_slice(in, at + 1, in.n);
		if (in.n > 0 && !out->over)
			in = span_slice(in, quoted_code(out, in), in.n);
	}
}
