#ifndef MILTER_PROTOCOL_REPORT_H
#define MILTER_PROTOCOL_REPORT_H

/* What is written down of every verdict: the log line and the journal. */

#include "policy/judge/judge.h"

void report_verdict(
    void *ctx, struct message *m, const struct verdict *v, size_t rcpt);
#endif
