/*
 * May a user open a unix socket? Every directory on the way counts, and all
 * groups that the user is in, as the kernel would see it (unix(7)).
 */
#include "config.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/doctor/doctor.h"

#define GROUPS_MAX 256

struct visitor {
	const char *name;
	uid_t uid;
	gid_t group[GROUPS_MAX];
	int count;
};

static bool
visitor_find(struct visitor *v, const char *name)
{
	const struct passwd *user = getpwnam(name);

	if (user == NULL)
		return false;
	v->name = name;
	v->uid = user->pw_uid;
	v->count = GROUPS_MAX;
	if (getgrouplist(name, user->pw_gid, v->group, &v->count) < 0)
		v->count = GROUPS_MAX;
	return true;
}

/* bit: 1 to search, 2 to write; for others. */
static bool
visitor_may(const struct visitor *v, const struct stat *st, mode_t bit)
{
	if (v->uid == 0)
		return true;
	if (st->st_uid == v->uid)
		return (st->st_mode & bit << 6) != 0;
	for (int i = 0; i < v->count; i++)
		if (st->st_gid == v->group[i])
			return (st->st_mode & bit << 3) != 0;
	return (st->st_mode & bit) != 0;
}

static const char *
owner_text(struct doctor *d, const struct stat *st)
{
	const struct passwd *user = getpwuid(st->st_uid);
	const struct group *group = getgrgid(st->st_gid);

	return arena_printf(d->arena, "%s:%s, mode %04o",
	    user == NULL ? "?" : user->pw_name,
	    group == NULL ? "?" : group->gr_name,
	    (unsigned)(st->st_mode & 07777));
}

static const char *
first_group(const struct visitor *v, struct doctor *d)
{
	const struct group *group = getgrgid(v->group[0]);

	return v->count == 0 || group == NULL
		   ? v->name
		   : arena_strdup(d->arena, span_of(group->gr_name));
}

/* False when it has been told why not, or nobody can tell. */
static bool
directory_lets(struct doctor *d, const struct visitor *v, const char *path)
{
	const char *group = first_group(v, d);
	struct stat st;

	if (stat(path, &st) != 0) {
		doctor_found(d, FINDING_UNKNOWN, "socket", "run this as root",
		    "%s cannot be looked at: may Postfix reach the socket?",
		    path);
		return false;
	}
	if (visitor_may(v, &st, 1))
		return true;
	doctor_found(d, FINDING_FAIL, "socket",
	    arena_printf(d->arena, "chgrp %s %s && chmod g+x %s", group,
		doctor_word(d, path), doctor_word(d, path)),
	    "Postfix runs as %s, who may not enter %s (%s)", v->name, path,
	    owner_text(d, &st));
	return false;
}

void
doctor_reach(struct doctor *d, const char *path, const char *user)
{
	struct visitor v;
	struct stat st;

	if (path[0] != '/' || !visitor_find(&v, user))
		return;
	for (size_t i = 1; path[i] != '\0'; i++)
		if (path[i] == '/' &&
		    !directory_lets(
			d, &v, arena_printf(d->arena, "%.*s", (int)i, path)))
			return;
	/* That it is not there is told elsewhere. */
	if (stat(path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return;
	if (visitor_may(&v, &st, 2))
		doctor_found(d, FINDING_OK, "socket", NULL,
		    "Postfix runs as %s, who may open %s", user, path);
	else
		doctor_found(d, FINDING_FAIL, "socket",
		    arena_printf(d->arena,
			"listen.group %s and listen.mode 0660 in verdict.conf, "
			"then systemctl restart verdict-milter",
			first_group(&v, d)),
		    "Postfix runs as %s, who may not open %s (%s)", user, path,
		    owner_text(d, &st));
}
