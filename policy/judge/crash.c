/*
 * The file of messages in flight and of those that ended us.
 */
#include "config.h"

#include "policy/judge/crash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/message/session.h"
#include "rules/base/panic.h"

#define MAGIC        UINT64_C(0x3268736172637476) /* "vtcrash2" */
#define SLOTS        2048
#define REMEMBERED   1024
#define REMEMBERED_S 86400
#define GUILTY       2

struct crash_entry {
	uint64_t hash; /* 0: none */
	int64_t until_s;
	int64_t since_s; /* when it became guilty; 0: not yet */
	uint64_t count;  /* processes that it may have ended; GUILTY: it did */
};

/* The file, in the machine's own byte order: it stays on this machine. */
struct crash_file {
	uint64_t magic;
	uint64_t key[2];
	atomic_ullong in_flight[SLOTS];            /* hashes; 0: free */
	struct crash_entry remembered[REMEMBERED]; /* changed by open only */
};

struct crash_memory {
	int fd;
	struct crash_file *file;
	atomic_bool left; /* crash_leave was called */
	atomic_bool reads_suspect;
	atomic_size_t next; /* where to look for a free slot */
};

/* ---- opening ------------------------------------------------------------- */

static struct crash_entry *
entry_known(struct crash_file *f, uint64_t hash, int64_t now_s)
{
	for (size_t i = 0; i < REMEMBERED; i++)
		if (f->remembered[i].hash == hash &&
		    f->remembered[i].until_s > now_s)
			return &f->remembered[i];
	return NULL;
}

/* That of a message which is not known yet, in place of the oldest. */
static struct crash_entry *
entry_new(struct crash_file *f, uint64_t hash)
{
	struct crash_entry *oldest = &f->remembered[0];

	for (size_t i = 1; i < REMEMBERED; i++)
		if (f->remembered[i].until_s < oldest->until_s)
			oldest = &f->remembered[i];
	*oldest = (struct crash_entry){ .hash = hash };
	return oldest;
}

static void
entry_accuse(struct crash_entry *e, uint64_t count, int64_t now_s)
{
	e->count += count;
	e->until_s = now_s + REMEMBERED_S;
	if (e->count >= GUILTY && e->since_s == 0)
		e->since_s = now_s;
}

/* A message that came twice at once is one. */
static void
file_unite(struct crash_file *f)
{
	for (size_t i = 0; i < SLOTS; i++) {
		uint64_t hash = atomic_load(&f->in_flight[i]);

		for (size_t k = i + 1; hash != 0 && k < SLOTS; k++)
			if (atomic_load(&f->in_flight[k]) == hash)
				atomic_store(&f->in_flight[k], 0);
	}
}

/* Those that are worked on, and how many of them were suspected before. */
static size_t
file_count(struct crash_file *f, int64_t now_s, size_t *suspects)
{
	size_t count = 0;

	*suspects = 0;
	for (size_t i = 0; i < SLOTS; i++) {
		uint64_t hash = atomic_load(&f->in_flight[i]);

		if (hash == 0)
			continue;
		count++;
		if (entry_known(f, hash, now_s) != NULL)
			++*suspects;
	}
	return count;
}

/* One of those that were worked on has ended the process before. */
static size_t
file_collect(struct crash_file *f, int64_t now_s)
{
	size_t suspects, left;

	file_unite(f);
	left = file_count(f, now_s, &suspects);
	for (size_t i = 0; i < SLOTS; i++) {
		uint64_t hash = atomic_load(&f->in_flight[i]);
		struct crash_entry *e;

		if (hash == 0)
			continue;
		atomic_store(&f->in_flight[i], 0);
		e = entry_known(f, hash, now_s);
		if (e == NULL && suspects > 0)
			continue;
		entry_accuse(e == NULL ? entry_new(f, hash) : e,
		    left == 1 ? GUILTY : 1, now_s);
	}
	return left;
}

static bool
file_begin(struct crash_file *f)
{
	memset(f, 0, sizeof(*f));
	if (getrandom(f->key, sizeof(f->key), 0) != (ssize_t)sizeof(f->key))
		return false;
	f->magic = MAGIC;
	return true;
}

static struct crash_file *
file_map(int fd, const char **what)
{
	struct crash_file *f;
	struct stat st;

	*what = "lock";
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return NULL;
	*what = "size";
	if (fstat(fd, &st) != 0)
		return NULL;
	/* Allocated, not only sized: a full disk must not end us later. */
	if (st.st_size != (off_t)sizeof(*f) &&
	    (ftruncate(fd, 0) != 0 ||
		(errno = posix_fallocate(fd, 0, (off_t)sizeof(*f))) != 0))
		return NULL;
	*what = "map";
	f = mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return f == MAP_FAILED ? NULL : f;
}

struct crash_memory *
crash_open(const char *path, int64_t now_s, size_t *left, struct arena *a,
    const char **why)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	const char *what = "open";
	struct crash_file *f = fd < 0 ? NULL : file_map(fd, &what);
	struct crash_memory *c;

	if (f == NULL || (f->magic != MAGIC && !file_begin(f))) {
		*why =
		    arena_printf(a, "%s: %s: %s", path, what, strerror(errno));
		if (f != NULL)
			(void)munmap(f, sizeof(*f));
		if (fd >= 0)
			(void)close(fd);
		return NULL;
	}
	*left = file_collect(f, now_s);
	c = xcalloc(1, sizeof(*c));
	c->fd = fd;
	c->file = f;
	return c;
}

void
crash_leave(struct crash_memory *c)
{
	if (c == NULL)
		return;
	atomic_store(&c->left, true);
	for (size_t i = 0; i < SLOTS; i++)
		atomic_store(&c->file->in_flight[i], 0);
}

void
crash_close(struct crash_memory **c)
{
	if (*c == NULL)
		return;
	(void)munmap((*c)->file, sizeof(*(*c)->file));
	(void)close((*c)->fd);
	free(*c);
	*c = NULL;
}

/* ---- hashing ------------------------------------------------------------- */

static uint64_t
mix(uint64_t h)
{
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	h ^= h >> 29;
	return h;
}

#define HASH_LANES 4
#define HASH_LONG  256 /* octets for which lanes pay */

static uint64_t
hash_word(uint64_t h, const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 31;
}

/* Four at once, that do not wait for each other; *text is what is left. */
static uint64_t
hash_lanes(uint64_t h, struct span *text)
{
	uint64_t lane[HASH_LANES];
	size_t at = 0;

	for (size_t i = 0; i < HASH_LANES; i++)
		lane[i] = mix(h + i);
	for (; text->n - at >= sizeof(lane); at += sizeof(lane))
		for (size_t i = 0; i < HASH_LANES; i++)
			lane[i] = hash_word(
			    lane[i], text->p + at + i * sizeof(lane[i]));
	for (size_t i = 0; i < HASH_LANES; i++)
		h = mix(h ^ lane[i]);
	*text = span_slice(*text, at, text->n);
	return h;
}

/*
 * Eight octets a step: of a large message a step an octet would cost more
 * than all else that is noted here. Not cryptographic; the key is secret and
 * an attacker sees no hash.
 */
static uint64_t
hash_text(uint64_t h, struct span text)
{
	uint64_t word;

	h = mix(h ^ text.n);
	if (text.n >= HASH_LONG)
		h = hash_lanes(h, &text);
	for (; text.n >= sizeof(word);
	     text = span_slice(text, sizeof(word), text.n))
		h = hash_word(h, text.p);
	word = 0;
	if (text.n > 0)
		memcpy(&word, text.p, text.n);
	return mix(h ^ word);
}

uint64_t
crash_hash(const struct crash_memory *c, const struct message *m)
{
	uint64_t h = c->file->key[0];

	for (size_t i = 0; i < m->headers.count; i++) {
		const struct header_field *f = &m->headers.field[i];

		if (span_case_is(f->name, "Received"))
			continue;
		h = hash_text(h, f->raw_name);
		h = hash_text(h, f->raw);
	}
	h = hash_text(h ^ c->file->key[1], buf_span(&m->body));
	return h == 0 ? 1 : h;
}

/* ---- noting -------------------------------------------------------------- */

static size_t
slot_take(struct crash_memory *c, uint64_t hash)
{
	size_t from = atomic_fetch_add(&c->next, 1);

	for (size_t i = 0; i < SLOTS; i++) {
		size_t at = (from + i) % SLOTS;
		unsigned long long none = 0;

		if (!atomic_compare_exchange_strong(
			&c->file->in_flight[at], &none, hash))
			continue;
		/* After the noting: crash_leave either finds the hash or is
		 * seen here. */
		if (!atomic_load(&c->left))
			return at;
		atomic_store(&c->file->in_flight[at], 0);
		return CRASH_UNNOTED;
	}
	return CRASH_UNNOTED;
}

enum crash_state
crash_begin(struct crash_memory *c, struct crash_case *k, uint64_t hash,
    int64_t now_s, int64_t *since_s)
{
	const struct crash_entry *e = entry_known(c->file, hash, now_s);

	*k = (struct crash_case){ .hash = hash, .slot = CRASH_UNNOTED };
	if (e != NULL && e->count >= GUILTY) {
		*since_s = e->since_s;
		return CRASH_GUILTY;
	}
	if (e != NULL && atomic_exchange(&c->reads_suspect, true))
		return CRASH_BUSY;
	k->suspect = e != NULL;
	k->slot = slot_take(c, hash);
	return CRASH_READ;
}

void
crash_pause(struct crash_memory *c, struct crash_case *k)
{
	if (k->slot != CRASH_UNNOTED)
		atomic_store(&c->file->in_flight[k->slot], 0);
	k->slot = CRASH_UNNOTED;
	if (k->suspect)
		atomic_store(&c->reads_suspect, false);
	k->suspect = false;
}

void
crash_resume(struct crash_memory *c, struct crash_case *k)
{
	if (k->hash != 0 && k->slot == CRASH_UNNOTED)
		k->slot = slot_take(c, k->hash);
}
