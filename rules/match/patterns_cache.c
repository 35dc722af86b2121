/*
 * Where is the database of a set of patterns kept between processes? One
 * file for each key in a directory; it is written whole or not at all, and a
 * file that somebody else could have written is not believed, because
 * Hyperscan runs what the file says.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/base/buf.h"
#include "rules/base/panic.h"
#include "rules/match/patterns.h"

#define CACHE_MAX (SIZE_MAX / 4)

static char *
patterns_cache_name(
    const struct patterns *p, const char *directory, const char *end)
{
	char key[PATTERNS_KEY_MAX];
	size_t size = strlen(directory) + sizeof(key) + strlen(end) + 1;
	char *name = xmalloc(size);

	(void)snprintf(
	    name, size, "%s/%s%s", directory, patterns_hs_key(p, key), end);
	return name;
}

static bool
patterns_cache_put(int fd, struct span bytes)
{
	if (bytes.p == NULL)
		return false;
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n <= 0)
			return false;
		bytes = span_slice(bytes, (size_t)n, bytes.n);
	}
	return fchmod(fd, 0644) == 0 && fsync(fd) == 0;
}

static bool
patterns_cache_write(const struct patterns *p, const char *directory,
    struct span bytes, const char **why)
{
	char *temporary = patterns_cache_name(p, directory, ".XXXXXX");
	char *name = patterns_cache_name(p, directory, ".hs");
	int fd = mkstemp(temporary);
	bool ok = false;

	*why = "cannot write into the cache directory";
	if (fd >= 0) {
		ok = patterns_cache_put(fd, bytes);
		ok = close(fd) == 0 && ok;
		ok = ok && rename(temporary, name) == 0;
		if (!ok)
			(void)unlink(temporary);
	}
	free(temporary);
	free(name);
	return ok;
}

/* Ours or root's, a plain file that nobody else may write. */
static bool
patterns_cache_trusted(int fd, size_t *size)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 0)
		return false;
	*size = (size_t)st.st_size;
	return (st.st_uid == 0 || st.st_uid == geteuid()) &&
	       (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static bool
patterns_cache_attach(struct patterns *p, int fd, const char **why)
{
	size_t size = 0;
	void *bytes;
	bool ok;

	if (!patterns_cache_trusted(fd, &size)) {
		*why = "others may write to the cached database: not used";
		return false;
	}
	if (size == 0) {
		*why = "an empty database";
		return false;
	}
	bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED) {
		*why = "cannot read the cached database";
		return false;
	}
	ok = patterns_hs_attach(p, span_make(bytes, size), why);
	(void)munmap(bytes, size);
	return ok;
}

bool
patterns_cache_load(struct patterns *p, const char *directory, const char **why)
{
	char *name = patterns_cache_name(p, directory, ".hs");
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool ok = false;

	*why = NULL;
	if (fd >= 0) {
		ok = patterns_cache_attach(p, fd, why);
		(void)close(fd);
	}
	free(name);
	return ok;
}

bool
patterns_cache_save(struct patterns *p, const char *directory, const char **why)
{
	struct buf b;
	bool ok;

	if (patterns_cache_load(p, directory, why))
		return true;
	buf_init(&b, CACHE_MAX);
	ok = patterns_hs_compile(p, &b, why) &&
	     patterns_cache_write(p, directory, buf_span(&b), why) &&
	     patterns_hs_attach(p, buf_span(&b), why);
	buf_free(&b);
	return ok;
}
