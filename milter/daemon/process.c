/*
 * The process and the system: background, privileges, pid file, readiness.
 */
#include "config.h"

#include "milter/daemon/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* FreeBSD has none of this. */
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

#include "policy/base/file_lock.h"

static int ready_fd = -1;
static int pid_fd = -1; /* locked as long as the process lives */

bool
process_background(struct arena *a, const char **why)
{
	int ends[2];
	pid_t child;
	ssize_t got;
	char byte;

	if (pipe(ends) != 0 || (child = fork()) < 0) {
		*why = arena_printf(
		    a, "cannot go into the background: %s", strerror(errno));
		return false;
	}
	if (child > 0) {
		(void)close(ends[1]);
		while ((got = read(ends[0], &byte, 1)) < 0 && errno == EINTR)
			continue;
		_exit(got == 1 ? 0 : 1);
	}
	(void)close(ends[0]);
	ready_fd = ends[1];
	(void)setsid();
	return chdir("/") == 0;
}

static void
detach_output(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return;
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(null, STDOUT_FILENO);
	(void)dup2(null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		(void)close(null);
}

void
process_ready(void)
{
	process_notify("READY=1");
	if (ready_fd < 0)
		return;
	detach_output();
	(void)!write(ready_fd, "", 1);
	(void)close(ready_fd);
	ready_fd = -1;
}

void
process_notify(const char *state)
{
#ifdef HAVE_SYSTEMD
	(void)sd_notify(0, state);
#else
	(void)state;
#endif
}

static bool
ids_find(const struct config *c, uid_t *uid, gid_t *gid, struct arena *a,
    const char **why)
{
	const struct passwd *user = getpwnam(c->user);
	const struct group *group;

	if (user == NULL) {
		*why = arena_printf(a,
		    "user: there is no user %s; create it "
		    "or set \"user\" in verdict.conf",
		    c->user);
		return false;
	}
	*uid = user->pw_uid;
	*gid = user->pw_gid;
	if (c->group[0] == '\0')
		return true;
	group = getgrnam(c->group);
	if (group == NULL) {
		*why = arena_printf(a, "group: there is no group %s", c->group);
		return false;
	}
	*gid = group->gr_gid;
	return true;
}

bool
process_give(
    const char *path, const struct config *c, struct arena *a, const char **why)
{
	uid_t uid;
	gid_t gid;

	if (geteuid() != 0)
		return true;
	if (!ids_find(c, &uid, &gid, a, why))
		return false;
	if (chown(path, uid, gid) == 0)
		return true;
	*why = arena_printf(a, "%s: %s", path, strerror(errno));
	return false;
}

static void
process_no_gain(void)
{
#ifdef HAVE_SYS_PRCTL_H
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#endif
}

static void
process_dumpable(void)
{
#ifdef HAVE_SYS_PRCTL_H
	(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
#endif
}

bool
process_drop(const struct config *c, struct arena *a, const char **why)
{
	uid_t uid;
	gid_t gid;

	process_no_gain();
	if (geteuid() != 0)
		return true;
	if (!ids_find(c, &uid, &gid, a, why))
		return false;
	if (uid == 0)
		return true;
	if (initgroups(c->user, gid) != 0 || setgid(gid) != 0 ||
	    setuid(uid) != 0 || setuid(0) == 0) {
		*why = arena_printf(
		    a, "cannot become user %s: %s", c->user, strerror(errno));
		return false;
	}
	/* Core dumps and the watchdog go on after setuid. */
	process_dumpable();
	return true;
}

bool
process_pid_file(const char *path, struct arena *a, const char **why)
{
	char text[32];
	bool held;
	int n;

	if (path[0] == '\0')
		return true;
	n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	pid_fd = file_lock(path, (mode_t)0644, &held);
	/* What a process that was killed has left is locked by nobody. */
	if (pid_fd >= 0 && ftruncate(pid_fd, 0) == 0 &&
	    write(pid_fd, text, (size_t)n) == n)
		return true;
	*why = arena_printf(a, "pid-file: %s: %s", path,
	    held ? "another verdict-milter that is running holds it"
		 : strerror(errno));
	return false;
}

bool
process_state_lock(const struct config *c, struct arena *a, const char **why)
{
	bool held;

	(void)mkdir(c->state, 0700);
	/* It is never closed: the lock ends with the process. */
	if (file_lock(arena_printf(a, "%s/lock", c->state), (mode_t)0600,
		&held) >= 0 ||
	    !held)
		return true;
	*why = arena_printf(a,
	    "state: %s: another verdict-milter that is running keeps its store "
	    "and journal there; give this one a directory of its own",
	    c->state);
	return false;
}

void
process_pid_remove(const char *path)
{
	if (pid_fd < 0)
		return;
	if (unlink(path) != 0)
		(void)!ftruncate(pid_fd, 0);
	(void)close(pid_fd);
	pid_fd = -1;
}
