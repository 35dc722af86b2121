/*
 * The secret with which addresses are hashed, in a file beside the journal.
 */
#include "config.h"

#include "policy/journal/journal_secret.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "policy/journal/journal.h"
#include "policy/journal/journal_file.h"
#include "rules/base/panic.h"

bool
journal_secret_read(const char *path, uint8_t secret[32], const char **why)
{
	char name[PATH_MAX];
	ssize_t n;
	int fd;

	(void)snprintf(name, sizeof(name), "%s.key", path);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	*why = strerror(errno);
	if (fd < 0)
		return false;
	n = read(fd, secret, JOURNAL_SECRET_OCTETS);
	(void)close(fd);
	*why = "it is too short";
	return n == JOURNAL_SECRET_OCTETS;
}

void
journal_secret_make(const char *path, uint8_t secret[JOURNAL_SECRET_OCTETS])
{
	char name[PATH_MAX];
	const char *why;
	int fd;

	if (journal_secret_read(path, secret, &why))
		return;
	INVARIANT(getrandom(secret, JOURNAL_SECRET_OCTETS, 0) ==
		  (ssize_t)JOURNAL_SECRET_OCTETS);
	(void)snprintf(name, sizeof(name), "%s.key", path);
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (write(fd, secret, JOURNAL_SECRET_OCTETS) !=
	    (ssize_t)JOURNAL_SECRET_OCTETS)
		(void)unlink(name);
	(void)close(fd);
}
