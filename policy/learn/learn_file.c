/*
 * The file of a model: writing, mapping and letting go of it. What the numbers
 * in it mean is rules/learn's.
 */
#include "config.h"

#include "policy/learn/learn_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/base/hash.h"
#include "rules/base/panic.h"

/* What stands before the weights; then come the scores of good mail. */
struct learned_head {
	char magic[8];
	uint32_t order; /* ORDER where it was written */
	uint32_t features;
	uint64_t key_hash, spam, ham, promised, marked;
	uint64_t full_count, worse_count;
	int64_t time_s;
	double error, full_slope, worse_slope;
	uint8_t hash[HASH_SHA256_OCTETS]; /* of all the rest */
};

static const char learned_magic[8] = "VLEARN4";
#define ORDER UINT32_C(0x01020304)

/* What is handed out, and the mapping behind it. */
struct learned_map {
	struct learned learned; /* the first member */
	atomic_uint references;
	void *start;
	size_t size;
};

static uint64_t
key_hash(uint64_t key)
{
	uint8_t hash[HASH_SHA256_OCTETS];
	uint64_t out;

	hash_sha256(span_make((const char *)&key, sizeof(key)), hash);
	(void)memcpy(&out, hash, sizeof(out));
	return out;
}

void
learned_name(const struct learn_weights *w, char name[LEARNED_NAME_MAX])
{
	uint8_t hash[HASH_SHA256_OCTETS];

	hash_sha256(span_make((const char *)w, sizeof(*w)), hash);
	hash_hex(hash, 8, name);
}

static void
why_set(char why[256], const char *path, const char *what)
{
	(void)snprintf(why, 256, "%.150s: %.90s", path, what);
}

/* ---- writing ------------------------------------------------------------- */

struct learned_piece {
	const void *p;
	size_t n;
};

/* Of the head with its hash zero, and all pieces behind it. */
static void
learned_hash(const struct learned_head *head, const struct learned_piece *piece,
    size_t count, uint8_t out[HASH_SHA256_OCTETS])
{
	struct learned_head blank = *head;
	struct hash h;

	(void)memset(blank.hash, 0, sizeof(blank.hash));
	hash_start(&h);
	hash_add(&h, span_make((const char *)&blank, sizeof(blank)));
	for (size_t i = 0; i < count; i++)
		hash_add(&h, span_make(piece[i].p, piece[i].n));
	hash_end(&h, out);
}

static bool
file_put(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n > 0) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

static bool
learned_put(const char *path, const struct learned_head *head,
    const struct learned_piece *piece, size_t count)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && file_put(fd, head, sizeof(*head));

	for (size_t i = 0; i < count && ok; i++)
		ok = file_put(fd, piece[i].p, piece[i].n);
	ok = ok && fsync(fd) == 0;
	if (fd >= 0 && close(fd) != 0)
		ok = false;
	return ok;
}

bool
learned_write(const char *path, uint64_t key, const struct learn_stream *s,
    int64_t time_s, char why[256])
{
	struct learned_head head;
	const struct learned_piece piece[] = {
		{ &s->model->weights, sizeof(s->model->weights) },
		{ s->full.sorted, s->full.count * sizeof(double) },
		{ s->worse.sorted, s->worse.count * sizeof(double) },
	};
	char fresh[PATH_MAX];

	/* Padding would be part of what is hashed. */
	(void)memset(&head, 0, sizeof(head));
	(void)memcpy(head.magic, learned_magic, sizeof(head.magic));
	head.order = ORDER;
	head.features = LEARN_SIZE;
	head.key_hash = key_hash(key);
	head.spam = s->model->spam;
	head.ham = s->model->ham;
	head.promised = s->promised;
	head.marked = s->marked;
	head.full_count = s->full.count;
	head.worse_count = s->worse.count;
	head.time_s = time_s;
	head.error = learn_stream_error(s);
	head.full_slope = s->full_odds.slope;
	head.worse_slope = s->worse_odds.slope;
	learned_hash(&head, piece, ARRAY_COUNT(piece), head.hash);
	(void)snprintf(fresh, sizeof(fresh), "%s.new", path);
	if (learned_put(fresh, &head, piece, ARRAY_COUNT(piece)) &&
	    rename(fresh, path) == 0)
		return true;
	why_set(why, path, strerror(errno));
	(void)unlink(fresh);
	return false;
}

/* ---- mapping ------------------------------------------------------------- */

/* NULL, or what is wrong with it. */
static const char *
learned_check(
    const char *start, size_t size, uint64_t key, struct learned_head *head)
{
	uint8_t hash[HASH_SHA256_OCTETS];
	struct learned_piece rest;

	if (size < sizeof(*head))
		return "no model";
	(void)memcpy(head, start, sizeof(*head));
	if (memcmp(head->magic, learned_magic, sizeof(head->magic)) != 0 ||
	    head->order != ORDER || head->features != LEARN_SIZE)
		return "a model of another version or machine";
	if (head->full_count > LEARN_SHARE_KEPT ||
	    head->worse_count > LEARN_SHARE_KEPT ||
	    size != sizeof(*head) + sizeof(struct learn_weights) +
			(head->full_count + head->worse_count) * sizeof(double))
		return "the model is damaged";
	rest.p = start + sizeof(*head);
	rest.n = size - sizeof(*head);
	learned_hash(head, &rest, 1, hash);
	if (memcmp(hash, head->hash, sizeof(hash)) != 0)
		return "the model is damaged";
	return head->key_hash == key_hash(key)
		   ? NULL
		   : "the model was learned with another secret";
}

static void
learned_fill(struct learned_map *map, const struct learned_head *head)
{
	const char *at = (const char *)map->start + sizeof(*head);
	struct learned *l = &map->learned;

	/* Head and weights are multiples of a double's size. */
	l->weights = (const void *)at;
	at += sizeof(struct learn_weights);
	l->full = (const void *)at;
	l->full_count = (size_t)head->full_count;
	at += l->full_count * sizeof(double);
	l->worse = (const void *)at;
	l->worse_count = (size_t)head->worse_count;
	l->spam = head->spam;
	l->ham = head->ham;
	l->error = head->error;
	l->full_slope = head->full_slope;
	l->worse_slope = head->worse_slope;
	l->promised = head->promised;
	l->marked = head->marked;
	l->time_s = head->time_s;
	learned_name(l->weights, l->name);
}

static struct learned_map *
learned_map(const char *path)
{
	struct learned_map *map = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *start;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && st.st_size > 0) {
		start = mmap(
		    NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (start != MAP_FAILED) {
			map = xcalloc(1, sizeof(*map));
			map->start = start;
			map->size = (size_t)st.st_size;
			atomic_init(&map->references, 1);
		}
	} else if (st.st_size == 0)
		errno = ENODATA;
	(void)close(fd);
	return map;
}

struct learned *
learned_open(const char *path, uint64_t key, char why[256])
{
	struct learned_map *map = learned_map(path);
	struct learned_head head;
	struct learned *l;
	const char *wrong;

	if (map == NULL) {
		why_set(why, path, strerror(errno));
		return NULL;
	}
	l = &map->learned;
	wrong = learned_check(map->start, map->size, key, &head);
	if (wrong == NULL) {
		learned_fill(map, &head);
		return l;
	}
	why_set(why, path, wrong);
	learned_unref(&l);
	return NULL;
}

struct learned *
learned_ref(struct learned *l)
{
	if (l != NULL)
		atomic_fetch_add(&((struct learned_map *)l)->references, 1);
	return l;
}

void
learned_unref(struct learned **lp)
{
	struct learned_map *map = (struct learned_map *)*lp;

	*lp = NULL;
	if (map == NULL || atomic_fetch_sub(&map->references, 1) != 1)
		return;
	(void)munmap(map->start, map->size);
	free(map);
}
