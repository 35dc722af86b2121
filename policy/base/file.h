#ifndef POLICY_BASE_FILE_H
#define POLICY_BASE_FILE_H

/* Whole files as text, with a bound. Waits for the disk: not for callbacks. */

#include "rules/base/arena.h"
#include "rules/base/span.h"

/*
 * Reads the file into the arena. False: *why says why, with the path, as text
 * in the arena. Larger than max is an error, and so is a pipe that has no
 * writer and nothing in it; one that has is waited for.
 */
bool file_read(const char *path, size_t max, struct arena *a, struct span *out,
    const char **why);

/* dir/name, or name when it is absolute. In the arena. */
const char *path_join(const char *dir, const char *name, struct arena *a);
/* The directory that path lies in. In the arena. */
const char *path_dir(const char *path, struct arena *a);

bool path_is_dir(const char *path);

/*
 * Files that match the shell pattern, sorted by name; a pattern without
 * wildcards gives itself, whether it exists or not. False with *why (in the
 * arena), and none, when a directory is there and can't be read.
 */
bool path_glob(const char *pattern, struct arena *a, const char ***out,
    size_t *count, const char **why);

#endif
