/*
 * Reading whole files and finding them by pattern.
 */
#include "config.h"

#include "policy/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/base/buf.h"

/*
 * Reads to the end of what has no size that could be trusted: a pipe, a
 * terminal, a file that still grows.
 */
static bool
fd_drain(int fd, struct buf *b)
{
	char chunk[65536];
	ssize_t got;

	while ((got = read(fd, chunk, sizeof(chunk))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || !buf_add(b, span_make(chunk, (size_t)got)))
			return false;
	}
	return true;
}

static bool
fd_read(int fd, const char *path, size_t max, struct arena *a, struct span *out,
    const char **why)
{
	struct stat st;
	struct buf b;
	bool ok;

	if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		*why = arena_printf(a, "%s: is a directory", path);
		return false;
	}
	buf_init(&b, max);
	ok = fd_drain(fd, &b);
	if (ok && b.n == 0 && S_ISFIFO(st.st_mode)) {
		ok = false;
		*why = arena_printf(
		    a, "%s: a pipe into which nobody writes", path);
	} else if (ok)
		*out = arena_dup(a, buf_span(&b));
	else if (b.over)
		*why = arena_printf(a, "%s: larger than %zu octets", path, max);
	else
		*why = arena_printf(a, "%s: %s", path, strerror(errno));
	buf_free(&b);
	return ok;
}

bool
file_read(const char *path, size_t max, struct arena *a, struct span *out,
    const char **why)
{
	/* It would wait for somebody who writes into a named pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool ok;

	if (fd < 0) {
		*why = arena_printf(a, "%s: %s", path, strerror(errno));
		return false;
	}
	(void)fcntl(fd, F_SETFL, 0);
	ok = fd_read(fd, path, max, a, out, why);
	(void)close(fd);
	return ok;
}

const char *
path_join(const char *dir, const char *name, struct arena *a)
{
	if (name[0] == '/')
		return arena_strdup(a, span_of(name));
	return arena_printf(a, "%s/%s", dir, name);
}

const char *
path_dir(const char *path, struct arena *a)
{
	struct span p = span_of(path);
	size_t slash = span_find_last(p, '/');

	if (slash == SIZE_MAX)
		return ".";
	return slash == 0 ? "/" : arena_strdup(a, span_slice(p, 0, slash));
}

bool
path_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A directory that is not there holds nothing; one that can't be read might. */
static int
glob_stops(const char *path, int error)
{
	(void)path;
	return error != ENOENT;
}

bool
path_glob(const char *pattern, struct arena *a, const char ***out,
    size_t *count, const char **why)
{
	glob_t found;
	int result;

	*count = 0;
	if (strpbrk(pattern, "*?[") == NULL) {
		*out = arena_array(a, 1, sizeof(**out));
		(*out)[(*count)++] = arena_strdup(a, span_of(pattern));
		return true;
	}
	*out = NULL;
	errno = 0;
	result = glob(pattern, 0, glob_stops, &found);
	if (result == GLOB_NOMATCH)
		return true;
	if (result != 0) {
		*why = arena_printf(a, "%s: the directory can't be read%s%s",
		    pattern, errno == 0 ? "" : ": ",
		    errno == 0 ? "" : strerror(errno));
		return false;
	}
	*out = arena_array(a, found.gl_pathc, sizeof(**out));
	for (; *count < found.gl_pathc; (*count)++)
		(*out)[*count] =
		    arena_strdup(a, span_of(found.gl_pathv[*count]));
	globfree(&found);
	return true;
}
