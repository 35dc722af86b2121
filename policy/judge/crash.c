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

#define MAGIC        UINT64_C(0x3168736172637476) /* "vtcrash1" */
#define SLOTS        2048
#define REMEMBERED   1024
#define REMEMBERED_S 86400

struct crash_entry {
	uint64_t hash; /* 0: none */
	int64_t until_s;
	uint64_t count; /* processes that it may have ended */
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
	atomic_bool left;   /* crash_leave was called */
	atomic_size_t next; /* where to look for a free slot */
};

/* ---- opening ------------------------------------------------------------- */

static struct crash_entry *
entry_for(struct crash_file *f, uint64_t hash, int64_t now_s)
{
	struct crash_entry *oldest = &f->remembered[0];

	for (size_t i = 0; i < REMEMBERED; i++) {
		struct crash_entry *e = &f->remembered[i];

		if (e->hash == hash && e->until_s > now_s)
			return e;
		if (e->until_s < oldest->until_s)
			oldest = e;
	}
	oldest->count = 0;
	return oldest;
}

/* What is in flight ended the process before. */
static size_t
file_collect(struct crash_file *f, int64_t now_s)
{
	size_t left = 0;

	for (size_t i = 0; i < SLOTS; i++) {
		uint64_t hash = atomic_load(&f->in_flight[i]);
		struct crash_entry *e;

		if (hash == 0)
			continue;
		e = entry_for(f, hash, now_s);
		e->hash = hash;
		e->count++;
		e->until_s = now_s + REMEMBERED_S;
		atomic_store(&f->in_flight[i], 0);
		left++;
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
	while (text.n >= sizeof(word)) {
		memcpy(&word, text.p, sizeof(word));
		h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 31;
		text = span_make(text.p + sizeof(word), text.n - sizeof(word));
	}
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

bool
crash_known(const struct crash_memory *c, uint64_t hash, int64_t now_s)
{
	for (size_t i = 0; i < REMEMBERED; i++)
		if (c->file->remembered[i].hash == hash &&
		    c->file->remembered[i].until_s > now_s)
			return true;
	return false;
}

size_t
crash_note(struct crash_memory *c, uint64_t hash)
{
	size_t from = atomic_fetch_add(&c->next, 1);

	if (atomic_load(&c->left))
		return CRASH_UNNOTED;
	for (size_t i = 0; i < SLOTS; i++) {
		size_t at = (from + i) % SLOTS;
		unsigned long long none = 0;

		if (atomic_compare_exchange_strong(
			&c->file->in_flight[at], &none, hash))
			return at;
	}
	return CRASH_UNNOTED;
}

void
crash_done(struct crash_memory *c, size_t slot)
{
	if (slot != CRASH_UNNOTED)
		atomic_store(&c->file->in_flight[slot], 0);
}
