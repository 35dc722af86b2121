#include "config.h"

#include "tests/kit/mmdb_kit.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"

#define NODES_MAX 4096

struct tree {
	/* 0: nothing; n > 0: node n; n < 0: row -n - 1 */
	int child[NODES_MAX][2];
	int count;
};

static void
tree_add(struct tree *t, struct ip_net net, int row)
{
	int node = 0;

	for (unsigned i = 0; i < net.bits; i++) {
		int *next =
		    &t->child[node][net.base.octets[i / 8] >> (7 - i % 8) & 1];

		if (i + 1 == net.bits) {
			*next = -row - 1;
			return;
		}
		if (*next <= 0) {
			INVARIANT(t->count < NODES_MAX);
			*next = t->count++;
		}
		node = *next;
	}
}

/* Types of the format: 2 text, 5 uint16, 6 uint32, 7 map, 9 uint64, 11 array.
 * A size of 29 or more stands in an octet of its own, as types beyond 7 do. */
static void
put_type(struct buf *out, unsigned type, size_t size)
{
	INVARIANT(size < 29 + 256);
	(void)buf_addc(
	    out, (char)((type > 7 ? 0 : type) << 5 | (size < 29 ? size : 29)));
	if (type > 7)
		(void)buf_addc(out, (char)(type - 7));
	if (size >= 29)
		(void)buf_addc(out, (char)(size - 29));
}

static void
put_text(struct buf *out, struct span text)
{
	put_type(out, 2, text.n);
	(void)buf_add(out, text);
}

static void
put_number(struct buf *out, unsigned type, size_t octets, uint64_t n)
{
	put_type(out, type, octets);
	while (octets-- > 0)
		(void)buf_addc(out, (char)(n >> 8 * octets));
}

static void
put_value(struct buf *out, const char *value)
{
	if (value[0] == '#')
		put_number(out, 6, 4, strtoull(value + 1, NULL, 10));
	else
		put_text(out, span_of(value));
}

static void
put_row(struct buf *out, const struct mmdb_row *row)
{
	size_t n = 0;

	while (row->pair[2 * n] != NULL)
		n++;
	put_type(out, 7, n);
	for (size_t i = 0; i < n; i++) {
		struct span key = span_of(row->pair[2 * i]);
		size_t slash = span_find(key, '/');

		put_text(out, span_slice(key, 0, slash));
		if (slash != SIZE_MAX) {
			put_type(out, 7, 1);
			put_text(out, span_slice(key, slash + 1, key.n));
		}
		put_value(out, row->pair[2 * i + 1]);
	}
}

static void
put_metadata(struct buf *out, int version, int nodes)
{
	(void)buf_add(out, SPAN("\xab\xcd\xefMaxMind.com"));
	put_type(out, 7, 9);
	put_text(out, SPAN("node_count"));
	put_number(out, 6, 4, (uint64_t)nodes);
	put_text(out, SPAN("record_size"));
	put_number(out, 5, 2, 24);
	put_text(out, SPAN("ip_version"));
	put_number(out, 5, 2, (uint64_t)version);
	put_text(out, SPAN("binary_format_major_version"));
	put_number(out, 5, 2, 2);
	put_text(out, SPAN("binary_format_minor_version"));
	put_number(out, 5, 2, 0);
	put_text(out, SPAN("database_type"));
	put_text(out, SPAN("Test"));
	put_text(out, SPAN("languages"));
	put_type(out, 11, 0);
	put_text(out, SPAN("description"));
	put_type(out, 7, 0);
	put_text(out, SPAN("build_epoch"));
	put_number(out, 9, 8, 1767225600);
}

static void
put_record(struct buf *out, const struct tree *t, int next, const size_t *at)
{
	size_t n = next > 0    ? (size_t)next
		   : next == 0 ? (size_t)t->count
			       : (size_t)t->count + 16 + at[-next - 1];

	for (int shift = 16; shift >= 0; shift -= 8)
		(void)buf_addc(out, (char)(n >> shift));
}

void
mmdb_make(
    const struct mmdb_row *row, size_t count, int version, struct buf *out)
{
	struct tree *t = xcalloc(1, sizeof(*t));
	size_t *at = xcalloc(count, sizeof(*at));
	struct buf data;

	buf_init(&data, 65536);
	t->count = 1;
	for (size_t i = 0; i < count; i++) {
		struct ip_net net;

		INVARIANT(ip_net_parse(span_of(row[i].net), &net));
		tree_add(t, net, (int)i);
		at[i] = data.n;
		put_row(&data, &row[i]);
	}
	for (int i = 0; i < t->count; i++)
		for (int side = 0; side < 2; side++)
			put_record(out, t, t->child[i][side], at);
	for (int i = 0; i < 16; i++)
		(void)buf_addc(out, '\0');
	(void)buf_add(out, buf_span(&data));
	put_metadata(out, version, t->count);
	buf_free(&data);
	free(at);
	free(t);
}
