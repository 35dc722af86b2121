/*
 * Look-alikes: both names are brought to a skeleton, in which what looks the
 * same is the same, and the skeletons may differ by one slip.
 */
#include "config.h"

#include "rules/list/lookalike.h"

#include <string.h>

#include "rules/text/domain.h"

/* Longer names are no names (RFC 1035, 2.3.4). */
#define LOOKALIKE_MAX 253
/* Short names are near everything: one slip is allowed from here on. */
#define LOOKALIKE_SLIP_MIN 5

/* ---- Punycode (RFC 3492) ----------------------------------------------------- */

static uint32_t
puny_adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;

	delta = first ? delta / 700 : delta / 2;
	delta += delta / points;
	for (; delta > 455; k += 36)
		delta /= 35;
	return k + 36 * delta / (delta + 38);
}

static int
puny_digit(char c)
{
	return c >= 'a' && c <= 'z' ? c - 'a'
	       : ascii_digit(c)     ? c - '0' + 26
				    : -1;
}

/*
 * Decodes what stands behind "xn--" into at most max code points; returns how
 * many, or 0 when it is not valid.
 */
static size_t
puny_decode(struct span s, uint32_t *out, size_t max)
{
	size_t dash = span_find_last(s, '-'), count = 0, in = 0;
	uint32_t n = 128, i = 0, bias = 72;

	for (size_t k = 0; dash != SIZE_MAX && k < dash && count < max; k++)
		out[count++] = (unsigned char)s.p[k];
	in = dash == SIZE_MAX ? 0 : dash + 1;
	while (in < s.n) {
		uint32_t before = i, weight = 1;

		for (uint32_t k = 36;; k += 36) {
			int digit = in < s.n ? puny_digit(s.p[in++]) : -1;
			uint32_t t = k <= bias        ? 1
				     : k >= bias + 26 ? 26
						      : k - bias;

			if (digit < 0 ||
			    (uint32_t)digit > (UINT32_MAX - i) / weight)
				return 0;
			i += (uint32_t)digit * weight;
			if ((uint32_t)digit < t)
				break;
			if (weight > UINT32_MAX / (36 - t))
				return 0;
			weight *= 36 - t;
		}
		if (count == max)
			return 0;
		bias = puny_adapt(i - before, (uint32_t)count + 1, before == 0);
		n += i / (uint32_t)(count + 1);
		i %= (uint32_t)(count + 1);
		if (n > 0x10ffff)
			return 0;
		memmove(&out[i + 1], &out[i], (count - i) * sizeof(*out));
		out[i++] = n;
		count++;
	}
	return count;
}

/* ---- skeletons -------------------------------------------------------------------- */

/* Letters of other alphabets, and of ours with marks, and what they show. */
static char
skeleton_letter(uint32_t c)
{
	static const struct {
		uint32_t from, to;
		char as;
	} range[] = {
		{ 0xe0, 0xe5, 'a' }, { 0xe7, 0xe7, 'c' }, { 0xe8, 0xeb, 'e' },
		{ 0xec, 0xef, 'l' }, { 0xf1, 0xf1, 'n' }, { 0xf2, 0xf6, 'o' },
		{ 0xf8, 0xf8, 'o' }, { 0xf9, 0xfc, 'u' }, { 0xfd, 0xfd, 'y' },
		{ 0xff, 0xff, 'y' }, { 0x101, 0x101, 'a' },
		{ 0x103, 0x103, 'a' }, { 0x105, 0x105, 'a' },
		{ 0x107, 0x107, 'c' }, { 0x109, 0x109, 'c' },
		{ 0x10b, 0x10b, 'c' }, { 0x10d, 0x10d, 'c' },
		{ 0x10f, 0x10f, 'd' }, { 0x111, 0x111, 'd' },
		{ 0x113, 0x11b, 'e' }, { 0x11d, 0x123, 'g' },
		{ 0x129, 0x131, 'l' }, { 0x13a, 0x142, 'l' },
		{ 0x144, 0x14b, 'n' }, { 0x14d, 0x151, 'o' },
		{ 0x155, 0x159, 'r' }, { 0x15b, 0x161, 's' },
		{ 0x163, 0x167, 't' }, { 0x169, 0x173, 'u' },
		{ 0x17a, 0x17e, 'z' }, { 0x251, 0x251, 'a' },
		{ 0x261, 0x261, 'g' }, { 0x269, 0x26a, 'l' },
		{ 0x3b1, 0x3b1, 'a' }, { 0x3b9, 0x3b9, 'l' },
		{ 0x3ba, 0x3ba, 'k' }, { 0x3bd, 0x3bd, 'v' },
		{ 0x3bf, 0x3bf, 'o' }, { 0x3c1, 0x3c1, 'p' },
		{ 0x3c5, 0x3c5, 'u' }, { 0x3c7, 0x3c7, 'x' },
		{ 0x430, 0x430, 'a' }, { 0x432, 0x432, 'b' },
		{ 0x433, 0x433, 'r' }, { 0x435, 0x435, 'e' },
		{ 0x43a, 0x43a, 'k' }, { 0x43c, 0x43c, 'm' },
		{ 0x43d, 0x43d, 'h' }, { 0x43e, 0x43e, 'o' },
		{ 0x43f, 0x43f, 'n' }, { 0x440, 0x440, 'p' },
		{ 0x441, 0x441, 'c' }, { 0x442, 0x442, 't' },
		{ 0x443, 0x443, 'y' }, { 0x445, 0x445, 'x' },
		{ 0x448, 0x448, 'w' }, { 0x44c, 0x44c, 'b' },
		{ 0x450, 0x451, 'e' }, { 0x455, 0x455, 's' },
		{ 0x456, 0x457, 'l' }, { 0x458, 0x458, 'j' },
		{ 0x4bb, 0x4bb, 'h' }, { 0x4cf, 0x4cf, 'l' },
		{ 0x501, 0x501, 'd' }, { 0x51b, 0x51b, 'q' },
		{ 0x51d, 0x51d, 'w' }, { 0x561, 0x561, 'w' },
		{ 0x578, 0x578, 'n' }, { 0x57d, 0x57d, 'u' },
		{ 0x585, 0x585, 'o' },
		{ 0x1e00, 0x1eff, '\0' }, /* marks that this table leaves out */
	};

	for (size_t i = 0; i < ARRAY_COUNT(range); i++)
		if (c >= range[i].from && c <= range[i].to)
			return range[i].as;
	return '\0';
}

/* Digits and letters that are taken for one another. */
static char
skeleton_ascii(char c)
{
	switch (c) {
	case '0':
		return 'o';
	case '1':
	case 'i':
		return 'l';
	case '3':
		return 'e';
	case '4':
		return 'a';
	case '5':
		return 's';
	case '7':
		return 't';
	case '8':
		return 'b';
	default:
		return ascii_lower(c);
	}
}

struct skeleton {
	char text[LOOKALIKE_MAX + 1];
	size_t n;
};

static void
skeleton_add(struct skeleton *s, char c)
{
	/* "rn" is read as m, "vv" as w, "cl" as d. */
	static const struct {
		char first, second, as;
	} pair[] = { { 'r', 'n', 'm' }, { 'v', 'v', 'w' } };

	for (size_t i = 0; i < ARRAY_COUNT(pair); i++)
		if (c == pair[i].second && s->n > 0 &&
		    s->text[s->n - 1] == pair[i].first) {
			s->text[s->n - 1] = pair[i].as;
			return;
		}
	if (s->n < LOOKALIKE_MAX)
		s->text[s->n++] = c;
}

static void
skeleton_label(struct skeleton *s, struct span label)
{
	uint32_t points[64];
	size_t count;

	if (span_case_starts(label, SPAN("xn--"))) {
		count = puny_decode(
		    span_slice(label, 4, label.n), points, ARRAY_COUNT(points));
		for (size_t i = 0; i < count; i++) {
			char c = points[i] < 128
				     ? skeleton_ascii((char)points[i])
				     : skeleton_letter(points[i]);

			skeleton_add(s, c == '\0' ? '?' : c);
		}
		if (count > 0)
			return;
	}
	for (size_t i = 0; i < label.n; i++)
		skeleton_add(s, skeleton_ascii(label.p[i]));
}

static struct span
skeleton_make(struct skeleton *s, struct span name)
{
	struct span label;
	bool first = true;

	s->n = 0;
	while (span_cut(&name, '.', &label)) {
		if (!first)
			skeleton_add(s, '.');
		first = false;
		skeleton_label(s, label);
	}
	return span_make(s->text, s->n);
}

/* ---- nearness ---------------------------------------------------------------------- */

/* One letter more, fewer, other or swapped with its neighbour, at most. */
static bool
near_one_slip(struct span a, struct span b)
{
	size_t i = 0;

	if (a.n > b.n) {
		struct span swap = a;

		a = b;
		b = swap;
	}
	if (b.n - a.n > 1)
		return false;
	while (i < a.n && a.p[i] == b.p[i])
		i++;
	if (a.n < b.n)
		return span_eq(
		    span_slice(a, i, a.n), span_slice(b, i + 1, b.n));
	if (i == a.n)
		return true;
	if (span_eq(span_slice(a, i + 1, a.n), span_slice(b, i + 1, b.n)))
		return true;
	return i + 1 < a.n && a.p[i] == b.p[i + 1] && a.p[i + 1] == b.p[i] &&
	       span_eq(span_slice(a, i + 2, a.n), span_slice(b, i + 2, b.n));
}

/*
 * The name without its last label, where the whole may slip: the last label
 * of "example.com" alone is changed by "example.co", which counts, but
 * "x.de" and "y.de" are two names.
 */
static bool
near_long_enough(struct span name)
{
	size_t dot = span_find_last(name, '.');

	return (dot == SIZE_MAX ? name.n : dot) >= LOOKALIKE_SLIP_MIN;
}

/* domain's skeleton is given, so that it is made once for many names. */
static bool
near_name(struct span domain, struct span skeleton, struct span name)
{
	struct skeleton s;
	struct span want = skeleton_make(&s, name), tail;
	size_t labels = domain_labels(name);

	if (name.n == 0 || domain_is_sub(domain, name))
		return false;
	/* paypal.com.evil.example */
	if (domain.n > name.n + 1 && domain.p[name.n] == '.' &&
	    span_case_starts(domain, name) && labels > 1)
		return true;
	tail = domain_suffix(skeleton, labels);
	if (span_eq(tail, want))
		return true;
	return near_long_enough(name) && near_one_slip(tail, want);
}

bool
lookalike_of(struct span domain, struct span name)
{
	struct skeleton s;

	return near_name(domain, skeleton_make(&s, domain), name);
}

struct lookalike_search {
	struct span domain, skeleton;
	struct span near;
};

static bool
lookalike_each(void *context, const struct list_hit *hit)
{
	struct lookalike_search *search = context;

	if (!near_name(search->domain, search->skeleton, hit->entry))
		return true;
	search->near = hit->entry;
	return false;
}

bool
lookalike_find(const struct list *list, struct span domain, int64_t now_s,
    struct span *near)
{
	struct lookalike_search search = { .domain = domain };
	struct skeleton s;

	*near = SPAN("");
	if (domain.n == 0 || domain.n > LOOKALIKE_MAX ||
	    list_find_domain(list, domain, now_s, NULL))
		return false;
	search.skeleton = skeleton_make(&s, domain);
	list_each(list, now_s, lookalike_each, &search);
	*near = search.near;
	return search.near.n > 0;
}
