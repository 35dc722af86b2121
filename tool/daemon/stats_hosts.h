#ifndef TOOL_DAEMON_STATS_HOSTS_H
#define TOOL_DAEMON_STATS_HOSTS_H

#include "tool/base/tool.h"

/* Prints a line, or a JSON object, for each host that copies to uri ("": there
 * is none, which is told). The exit status. */
int stats_hosts(const char *uri, bool json);

#endif
