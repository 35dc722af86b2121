#ifndef POLICY_JOURNAL_JOURNAL_SNAPSHOT_H
#define POLICY_JOURNAL_JOURNAL_SNAPSHOT_H

/*
 * What the journal keeps of a snapshot, as JSON: config, rules, lists and the
 * facts that were gathered. journal_read.h reads it.
 */

#include "policy/message/snapshot.h"
#include "rules/base/buf.h"

/*
 * Lines of verdict.conf that hold what nobody else should read are left empty.
 * out.over: it is too long, and not complete.
 */
void journal_snapshot_write(const struct snapshot *s, struct buf *out);

#endif
