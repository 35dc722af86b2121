/*
 * Features as octets and back. Knows nothing of what they mean.
 */
#include "config.h"

#include "rules/learn/sample.h"

#define SAMPLE_VERSION 1
#define HEADER_OCTETS  4 /* version, count in two, parameter */

#define PIECE_OCTETS 512

/*
 * A sample is packed in a message's path: all bits that there are go to the
 * piece each time, whole octets or not, for a branch on how many there are
 * would be foretold wrongly.
 */
struct bits_out {
	struct buf *out;
	uint64_t held; /* the last `used` bits, less than 8, are not in piece */
	unsigned used;
	size_t n; /* octets of piece */
	char piece[PIECE_OCTETS + 8];
};

struct bits_in {
	struct span in;
	size_t at;     /* of the octet that is read next */
	uint64_t held; /* the last `have` bits are to be handed out */
	unsigned have;
	bool over; /* asked for more than there is; sticky */
};

/* ---- bits ---------------------------------------------------------------- */

#define ONES(count) (((uint64_t)1 << (count)) - 1)

static void
bits_flush(struct bits_out *b)
{
	(void)buf_add(b->out, span_make(b->piece, b->n));
	b->n = 0;
}

/* The last count, at most 32, of bits. */
static inline void
bits_put(struct bits_out *b, uint64_t bits, unsigned count)
{
	char *at = b->piece + b->n;
	uint64_t first;

	b->held = b->held << count | bits;
	b->used += count;
	first = b->held << (63 - b->used) << 1;
	at[0] = (char)(first >> 56);
	at[1] = (char)(first >> 48);
	at[2] = (char)(first >> 40);
	at[3] = (char)(first >> 32);
	at[4] = (char)(first >> 24);
	at[5] = (char)(first >> 16);
	at[6] = (char)(first >> 8);
	at[7] = (char)first;
	b->n += b->used / 8;
	b->used %= 8;
	if (b->n >= PIECE_OCTETS)
		bits_flush(b);
}

static void
bits_end(struct bits_out *b)
{
	if (b->used > 0)
		bits_put(b, 0, 8 - b->used);
	bits_flush(b);
}

static void
bits_fill(struct bits_in *b)
{
	while (b->have <= 56 && b->at < b->in.n) {
		b->held = b->held << 8 | (unsigned char)b->in.p[b->at++];
		b->have += 8;
	}
}

/* The next ones, at most 32. */
static uint32_t
bits_get(struct bits_in *b, unsigned count)
{
	if (b->have < count)
		bits_fill(b);
	if (b->have < count) {
		b->over = true;
		return 0;
	}
	b->have -= count;
	return (uint32_t)(b->held >> b->have & ONES(count));
}

/* The best parameter for this many gaps: near the log of 0.7 of the mean. */
static unsigned
rice_parameter(size_t count)
{
	unsigned k = 0;

	while (k < LEARN_BITS &&
	       ((uint64_t)count << (k + 1)) * 10 <= (uint64_t)LEARN_SIZE * 7)
		k++;
	return k;
}

static void
rice_put(struct bits_out *b, unsigned k, uint32_t gap)
{
	uint32_t high = gap >> k;

	for (; high + k >= 32; high--)
		bits_put(b, 1, 1);
	bits_put(b, ONES(high) << (k + 1) | (gap & ONES(k)), high + 1 + k);
}

static uint32_t
rice_get(struct bits_in *b, unsigned k)
{
	uint32_t gap = 0;

	/* Beyond the highest number it is refused, whatever follows. */
	while (gap <= LEARN_SIZE >> k) {
		if (b->have == 0)
			bits_fill(b);
		if (b->have == 0 || (b->held >> (b->have - 1) & 1) == 0)
			break;
		b->have--;
		gap++;
	}
	/* The zero behind them, unless it is refused. */
	(void)bits_get(b, 1);
	return gap << k | bits_get(b, k);
}

/* ---- samples ------------------------------------------------------------- */

/* A bit for each feature: whether it is one of the head. */
static void
heads_put(struct bits_out *b, const struct learn_features *f)
{
	size_t head = 0;
	uint32_t next = f->head_count > 0 ? f->head[0] : LEARN_SIZE;

	for (size_t i = 0; i < f->count;) {
		uint64_t bits = 0;
		unsigned count = 0;

		for (; count < 32 && i < f->count; count++, i++) {
			bits <<= 1;
			if (f->index[i] == next) {
				bits |= 1;
				head++;
				next = head < f->head_count ? f->head[head]
							    : LEARN_SIZE;
			}
		}
		bits_put(b, bits, count);
	}
}

bool
learn_pack(const struct learn_features *f, struct buf *out)
{
	struct bits_out b;
	unsigned k = rice_parameter(f->count);
	uint32_t next = 0;

	b.out = out;
	b.held = b.used = 0;
	b.n = 0;
	(void)buf_addc(out, SAMPLE_VERSION);
	(void)buf_addc(out, (char)(f->count >> 8));
	(void)buf_addc(out, (char)(f->count & 0xff));
	(void)buf_addc(out, (char)k);
	for (size_t i = 0; i < f->count; i++) {
		rice_put(&b, k, f->index[i] - next);
		next = f->index[i] + 1;
	}
	heads_put(&b, f);
	bits_end(&b);
	return !out->over;
}

static bool
unpack_lists(
    struct bits_in *b, unsigned k, struct arena *a, struct learn_features *out)
{
	uint32_t *index = arena_array(a, out->count + 1, sizeof(*index));
	uint32_t *head = arena_array(a, out->count + 1, sizeof(*head));
	uint32_t next = 0;

	for (size_t i = 0; i < out->count; i++) {
		uint32_t gap = rice_get(b, k);

		if (b->over || gap >= LEARN_SIZE - next)
			return false;
		index[i] = next + gap;
		/* The highest number leaves room for no other. */
		next = index[i] + 1;
		if (next == LEARN_SIZE && i + 1 < out->count)
			return false;
	}
	for (size_t i = 0; i < out->count; i++)
		if (bits_get(b, 1) == 1)
			head[out->head_count++] = index[i];
	out->index = index;
	out->head = head;
	return !b->over;
}

bool
learn_unpack(struct span packed, struct arena *a, struct learn_features *out,
    const char **why)
{
	struct bits_in b = { .in = packed, .at = HEADER_OCTETS };
	const unsigned char *p = (const unsigned char *)packed.p;

	*out = (struct learn_features){ 0 };
	*why = "a sample of another kind or version";
	if (packed.n < HEADER_OCTETS || packed.n > LEARN_SAMPLE_MAX ||
	    p[0] != SAMPLE_VERSION)
		return false;
	*why = "a sample that is damaged";
	out->count = (size_t)p[1] << 8 | p[2];
	if (out->count > LEARN_FEATURES_MAX ||
	    p[3] != rice_parameter(out->count) ||
	    !unpack_lists(&b, p[3], a, out))
		return false;
	/* What fills the last octet is zero, and nothing follows it. */
	return b.at == packed.n && b.have < 8 &&
	       (b.held & ONES(b.have)) == 0;
}
