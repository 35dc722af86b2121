#ifndef POLICY_LOAD_CONFIG_PLACES_H
#define POLICY_LOAD_CONFIG_PLACES_H

/*
 * What settings and rules name outside the files that were read: users,
 * groups, directories of sockets, and whether the user that the daemon becomes
 * may read what it will have to read again. For a person who has changed
 * something, before the daemon finds out.
 */

#include <stdbool.h>

struct diags;
struct snapshot;

/*
 * What keeps the daemon from starting or from reloading is an error, else a
 * warning. False: whether the daemon's user can read the files was not looked
 * at, since only root can become that user. Waits for the disk; forks, so
 * before there are threads.
 */
bool config_places(const struct snapshot *s, struct diags *diags);

#endif
