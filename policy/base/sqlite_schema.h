#ifndef POLICY_BASE_SQLITE_SCHEMA_H
#define POLICY_BASE_SQLITE_SCHEMA_H

/*
 * What a file of ours looks like inside, in which version, and how an older
 * one becomes today's.
 *
 * A file carries its version (PRAGMA user_version); one that has tables and
 * none is of version 1. sqlite_renew makes a new file as today's, upgrades an
 * older one in place, and sets aside what it cannot use: a file that is
 * damaged, that a newer program wrote, or that lacks a column of ours. So an
 * upgrade keeps what was there, a downgrade begins anew and loses nothing, and
 * no file of an unknown kind is written to.
 */

#include "policy/base/sqlite.h"

struct sqlite_schema {
	int version; /* that create makes; from 1 */
	/* CREATE statements alone; all that must be there. */
	const char *create;
	/* upgrade[i] makes version i + 2 of version i + 1, in one transaction
	 * with its number; version - 1 of them. May be NULL with version 1. */
	const char *const *upgrade;
	const char *tune;     /* PRAGMAs at each opening; may be NULL */
	unsigned page_octets; /* as sqlite_open_new takes it */
};

/*
 * Opens for writing. check: every page is read first, which for a large file
 * takes a while. What cannot be used is renamed to PATH.damaged-NOW_S or
 * PATH.other-NOW_S, with SQLite's files beside it, and a new one is begun:
 * then *renewed is true and why says what was wrong with it. NULL when the file
 * can't be had now (it is locked, the disk is full, ...): it may be later.
 */
struct sqlite *sqlite_renew(const char *path,
    const struct sqlite_schema *schema, int64_t now_s, bool check,
    bool *renewed, char why[SQLITE_WHY_MAX]);

/* Of an open file; 0: it has no table. */
int sqlite_version(struct sqlite *db);

/*
 * True when the one who wrote the file last did not close it: the process was
 * killed or the machine went down. Asked before the file is opened.
 */
bool sqlite_left_open(const char *path);
/*
 * When the file was written last (unix time), 0 when nothing tells: a clock
 * that is far ahead of it at a start is not believed at once
 * (clock_trust_begin).
 */
int64_t sqlite_changed_s(const char *path);

#endif
