#ifndef TOOL_REPORT_REPORT_H
#define TOOL_REPORT_REPORT_H

/* What the parts of `verdict report` share. */

#include "tool/base/tool.h"
#include "tool/report/aggregate_sum.h"

/* verdict report read: argv[0] is "read". */
int report_read_run(int argc, char **argv);

/*
 * What the journals of all hosts say for the reports of a day (UTC), as a
 * report.db at path that is made here. False after saying why. *rows: so many
 * messages.
 */
bool report_hosts_gather(const char *config, int64_t day, const char *path,
    struct arena *a, uint64_t *messages);

/*
 * Adds all reports of a file, mailbox, Maildir, directory or standard input
 * ("-"). False when the place can't be read, which is said. *unreadable: files
 * that should hold a report and have none that can be read; each is said on
 * standard error unless quiet.
 */
bool report_read_place(struct aggregate_sum *sum, const char *path, bool quiet,
    uint64_t *unreadable);

#endif
