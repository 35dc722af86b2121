/*
 * Look-alikes: both names are brought to a skeleton, in which what looks the
 * same is the same, and the skeletons may differ by one slip.
 */
#include "config.h"

#include "rules/list/lookalike.h"

#include <string.h>

#include "rules/text/domain.h"
#include "rules/text/skeleton.h"

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
