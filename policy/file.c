/*
 * Reading whole files and finding them by pattern.
 */
#include "config.h"

#include "policy/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
fd_read(int fd, const char *path, size_t max, struct arena *a, struct span *out,
    const char **why)
{
	struct stat st;
	size_t n = 0;
	char *p;

	if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		*why = arena_printf(a, "%s: is a directory", path);
		return false;
	}
	if (st.st_size < 0 || (uint64_t)st.st_size > max) {
		*why = arena_printf(a, "%s: larger than %zu octets", path, max);
		return false;
	}
	p = arena_alloc(a, (size_t)st.st_size + 1);
	while (n < (size_t)st.st_size) {
		ssize_t got = read(fd, p + n, (size_t)st.st_size - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			*why = arena_printf(a, "%s: %s", path, strerror(errno));
			return false;
		}
		if (got == 0)
			break;
		n += (size_t)got;
	}
	*out = span_make(p, n);
	return true;
}

bool
file_read(const char *path, size_t max, struct arena *a, struct span *out,
    const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0) {
		*why = arena_printf(a, "%s: %s", path, strerror(errno));
		return false;
	}
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

size_t
path_glob(const char *pattern, struct arena *a, const char ***out)
{
	size_t count = 0;
	glob_t found;

	if (strpbrk(pattern, "*?[") == NULL) {
		*out = arena_array(a, 1, sizeof(**out));
		(*out)[0] = arena_strdup(a, span_of(pattern));
		return 1;
	}
	*out = NULL;
	if (glob(pattern, 0, NULL, &found) != 0)
		return 0;
	*out = arena_array(a, found.gl_pathc, sizeof(**out));
	for (; count < found.gl_pathc; count++)
		(*out)[count] = arena_strdup(a, span_of(found.gl_pathv[count]));
	globfree(&found);
	return count;
}
