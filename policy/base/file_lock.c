/*
 * Locks of fcntl(2): unlike those of flock(2) they end with the process even
 * when a child of it has inherited the descriptor.
 */
#include "config.h"

#include "policy/base/file_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int
file_lock(const char *path, mode_t mode, bool *held)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, mode);
	int error;

	*held = false;
	if (fd < 0 || fcntl(fd, F_SETLK, &lock) == 0)
		return fd;
	error = errno;
	*held = error == EACCES || error == EAGAIN;
	(void)close(fd);
	errno = error;
	return -1;
}
