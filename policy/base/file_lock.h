#ifndef POLICY_BASE_FILE_LOCK_H
#define POLICY_BASE_FILE_LOCK_H

/*
 * A file that one process at a time holds. What a process leaves that was
 * killed is held by nobody.
 */

#include <stdbool.h>
#include <sys/types.h>

/*
 * Makes the file if need be and locks it. The descriptor, which is held for as
 * long as it is open and belongs to the caller; -1 with errno, where *held says
 * that another process has it. A child of fork does not hold it. No thread may
 * open and close the same file meanwhile: that would end the lock (POSIX).
 */
int file_lock(const char *path, mode_t mode, bool *held);

#endif
