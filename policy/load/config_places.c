/*
 * Looks for what verdict.conf names on this machine. The daemon says the same
 * when it starts, and then it does not start; a file that its user can't read
 * it even starts with, as root, and fails at the next reload.
 */
#include "config.h"

#include "policy/load/config_places.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policy/base/file.h"
#include "policy/message/snapshot.h"
#include "rules/source/diag.h"

struct places {
	const struct snapshot *snapshot;
	struct diags *diags;
	struct arena *arena;
	const char *key;
	/* Of the setting that is looked for: where it stands, or NULL; whether
	 * it is another value than the default, which may be for others. */
	const char *origin;
	bool chosen;
};

static void
places_origin(void *ctx, const struct setting_row *row, const void *base,
    const char *origin)
{
	struct places *p = ctx;

	struct buf value;

	if (strcmp(row->key, p->key) != 0)
		return;
	buf_init(&value, 65536);
	setting_format(row, base, &value);
	p->origin = origin;
	p->chosen = !span_is(buf_span(&value), row->standard);
	buf_free(&value);
}

/* "verdict.conf:3: user", or the key alone of a default. */
static const char *
places_name(struct places *p, const char *key)
{
	p->key = key;
	p->origin = NULL;
	p->chosen = false;
	config_each(&p->snapshot->parts, places_origin, p);
	return p->origin == NULL
		   ? key
		   : arena_printf(p->arena, "%s: %s", p->origin, key);
}

/* ---- users and groups ------------------------------------------------------- */

static void
places_group(struct places *p, const char *key, const char *group)
{
	const char *name;

	if (group[0] == '\0' || getgrnam(group) != NULL)
		return;
	name = places_name(p, key);
	diag_error(p->diags, (struct place){ 0 }, "%s: there is no group %s",
	    name, group);
}

/* Nobody but root becomes anybody, and who runs the daemon as himself needs
 * no user of the default's name. */
static const struct passwd *
places_user(struct places *p, const char *user)
{
	const struct passwd *found = getpwnam(user);
	const char *name;

	if (found != NULL)
		return found;
	name = places_name(p, "user");
	if (geteuid() == 0 && p->chosen)
		diag_error(p->diags, (struct place){ 0 },
		    "%s: there is no user %s", name, user);
	else if (geteuid() == 0 || p->chosen)
		diag_warn(p->diags, (struct place){ 0 },
		    "%s: there is no user %s, so a daemon that root starts "
		    "ends at once",
		    name, user);
	return NULL;
}

/* ---- directories ------------------------------------------------------------ */

/* Something that stands in the way of a directory is none either. */
static void
places_directory(struct places *p, const char *key, const char *dir)
{
	const char *name;

	if (path_is_dir(dir))
		return;
	name = places_name(p, key);
	if (p->chosen)
		diag_error(p->diags, (struct place){ 0 },
		    "%s: there is no directory %s", name, dir);
	else
		diag_warn(p->diags, (struct place){ 0 },
		    "%s: there is no directory %s", name, dir);
}

/* above: the daemon makes the directory itself, not the one above it. */
static void
places_socket(struct places *p, const char *key, const char *path, bool above)
{
	const char *dir;

	if (path[0] == '\0')
		return;
	dir = path_dir(path, p->arena);
	places_directory(p, key, above ? path_dir(dir, p->arena) : dir);
}

static const char *
places_unix(const char *address)
{
	return strncmp(address, "unix:", 5) == 0 ? address + 5 : "";
}

/* ---- what its user can do ----------------------------------------------------- */

struct trial_path {
	const char *path;
	const char *key; /* of the setting; NULL: rules or configuration */
	bool write;
	int error; /* errno, 0: it works */
};

struct trial {
	struct trial_path *item;
	size_t count, cap;
};

static void
trial_add(struct places *p, struct trial *t, const char *key, const char *path,
    bool write)
{
	struct stat st;

	if (path[0] == '\0' || stat(path, &st) != 0)
		return;
	/* A pipe of who asks, such as /dev/stdin, is for no daemon. */
	if (!write && !S_ISREG(st.st_mode))
		return;
	t->item = arena_grow(
	    p->arena, t->item, &t->cap, t->count + 1, sizeof(*t->item));
	t->item[t->count++] =
	    (struct trial_path){ .path = path, .key = key, .write = write };
}

static void
trial_fill(struct places *p, struct trial *t)
{
	const struct config *c = &p->snapshot->config;
	const struct watched *w = &p->snapshot->watched;
	const char *metrics = places_unix(c->metrics);

	for (size_t i = 0; i < w->count; i++)
		trial_add(p, t, NULL,
		    strpbrk(w->file[i].path, "*?[") == NULL
			? w->file[i].path
			: path_dir(w->file[i].path, p->arena),
		    false);
	trial_add(p, t, "store.password-file", c->store_password_file, false);
	trial_add(p, t, "store.ca", c->store_ca, false);
	trial_add(p, t, "store.certificate", c->store_certificate, false);
	trial_add(p, t, "store.key", c->store_key, false);
	trial_add(p, t, "state", c->state, true);
	if (metrics[0] != '\0')
		trial_add(p, t, "metrics", path_dir(metrics, p->arena), true);
}

static int
trial_one(const struct trial_path *path)
{
	int fd = open(path->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return errno;
	(void)close(fd);
	return path->write && access(path->path, W_OK | X_OK) != 0 ? errno : 0;
}

/* In a process of its own that becomes the user: one errno a path. */
static void
trial_child(
    const struct trial *t, const char *user, uid_t uid, gid_t gid, int out)
{
	if (initgroups(user, gid) != 0 || setgid(gid) != 0 || setuid(uid) != 0)
		_exit(1);
	for (size_t i = 0; i < t->count; i++) {
		int error = trial_one(&t->item[i]);

		if (write(out, &error, sizeof(error)) != (ssize_t)sizeof(error))
			_exit(1);
	}
	_exit(0);
}

/* Less than a pipe holds at once, so an answer comes whole or not at all. */
static bool
trial_read(struct trial *t, int from)
{
	for (size_t i = 0; i < t->count; i++) {
		int *error = &t->item[i].error;
		ssize_t got;

		do
			got = read(from, error, sizeof(*error));
		while (got < 0 && errno == EINTR);
		if (got != (ssize_t)sizeof(*error))
			return false;
	}
	return true;
}

static bool
trial_run(struct trial *t, const char *user, uid_t uid, gid_t gid)
{
	int ends[2], status;
	bool ok;
	pid_t child;

	if (pipe(ends) != 0)
		return false;
	child = fork();
	if (child == 0)
		trial_child(t, user, uid, gid, ends[1]);
	(void)close(ends[1]);
	ok = child > 0 && trial_read(t, ends[0]);
	(void)close(ends[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	return ok;
}

static void
trial_tell(struct places *p, const struct trial *t, const char *user)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct trial_path *item = &t->item[i];

		if (item->error == 0)
			continue;
		if (item->key == NULL)
			diag_error(p->diags, (struct place){ 0 },
			    "%s: user %s can't read it: %s", item->path, user,
			    strerror(item->error));
		else
			diag_error(p->diags, (struct place){ 0 },
			    "%s: %s: user %s can't %s it: %s",
			    places_name(p, item->key), item->path, user,
			    item->write ? "write to" : "read",
			    strerror(item->error));
	}
}

/* Who is that user already has read all of it just now. */
static bool
places_readable(
    struct places *p, const struct passwd *user, const struct config *c)
{
	const struct group *group =
	    c->group[0] == '\0' ? NULL : getgrnam(c->group);
	const char *name = arena_strdup(p->arena, span_of(c->user));
	struct trial t = { 0 };

	if (user->pw_uid == geteuid() || user->pw_uid == 0)
		return true;
	if (geteuid() != 0)
		return false;
	trial_fill(p, &t);
	if (!trial_run(&t, name, user->pw_uid,
		group == NULL ? user->pw_gid : group->gr_gid))
		return false;
	trial_tell(p, &t, name);
	return true;
}

bool
config_places(const struct snapshot *s, struct diags *diags)
{
	const struct config *c = &s->config;
	const char *socket = places_unix(c->listen);
	struct places p = {
		.snapshot = s, .diags = diags, .arena = arena_new()
	};
	const struct passwd *user = places_user(&p, c->user);
	bool looked;

	places_group(&p, "group", c->group);
	if (socket[0] != '\0')
		places_group(&p, "listen.group", c->socket_group);
	if (c->learn)
		places_group(&p, "learn.group", c->learn_group);
	places_socket(&p, "listen", socket, false);
	places_socket(&p, "control", c->control, true);
	if (c->learn)
		places_socket(&p, "learn.socket", c->learn_socket, true);
	places_socket(&p, "metrics", places_unix(c->metrics), false);
	places_socket(&p, "pid-file", c->pid_file, false);
	places_socket(&p, "state", c->state, false);
	looked = user == NULL || places_readable(&p, user, c);
	arena_free(&p.arena);
	return looked;
}
