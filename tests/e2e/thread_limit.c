/*
 * Threads that run out, as a test says: preloaded, it lets no thread start
 * while the process has as many as the file THREAD_LIMIT says, or more.
 * Without the file there is no limit.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static long
limit(void)
{
	const char *path = getenv("THREAD_LIMIT");
	int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	char text[32] = "";
	ssize_t n = 0;

	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		(void)close(fd);
	}
	return n > 0 ? atol(text) : -1;
}

static long
threads(void)
{
	DIR *d = opendir("/proc/self/task");
	long n = 0;

	if (d == NULL)
		return 0;
	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n - 2; /* "." and ".." */
}

typedef int create(
    pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

int
pthread_create(pthread_t *out, const pthread_attr_t *attr, void *(*run)(void *),
    void *argument)
{
	union {
		void *symbol;
		create *call;
	} next = { dlsym(RTLD_NEXT, "pthread_create") };
	long max = limit();

	if (max >= 0 && threads() >= max)
		return EAGAIN;
	return next.call(out, attr, run, argument);
}
