/*
 * Where a unix socket stands: its directory, and whose it is.
 */
#include "config.h"

#include "milter/engine/place.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <unistd.h>

#include "policy/base/file.h"

bool
place_ready(const char *path, struct arena *a, const char **why)
{
	const char *dir = path_dir(path, a);

	if (access(dir, W_OK | X_OK) == 0)
		return true;
	*why =
	    errno == ENOENT
		? arena_printf(a,
		      "listen: there is no directory %s; create it, for the "
		      "MTA to reach: install -d -o verdict -g postfix -m 0710 %s",
		      dir, dir)
		: arena_printf(a, "listen: no socket can be made in %s: %s",
		      dir, strerror(errno));
	return false;
}

bool
place_group(
    const struct config *c, const char *path, struct arena *a, const char **why)
{
	struct group *group;

	if (c->socket_group[0] == '\0')
		return true;
	group = getgrnam(c->socket_group);
	if (group == NULL) {
		*why = arena_printf(
		    a, "listen.group: there is no group %s", c->socket_group);
		return false;
	}
	if (chown(path, (uid_t)-1, group->gr_gid) != 0) {
		*why = arena_printf(
		    a, "listen.group: %s: %s", path, strerror(errno));
		return false;
	}
	return true;
}
