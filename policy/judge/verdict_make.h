#ifndef POLICY_JUDGE_VERDICT_MAKE_H
#define POLICY_JUDGE_VERDICT_MAKE_H

#include "policy/message/verdict.h"
#include "rules/base/span.h"

struct decision;
struct message;

/*
 * The verdict that follows from what the rules decided for these recipients.
 * refused_rcpt: the one recipient that it is for at RCPT, or RCPT_NONE.
 * Texts lie in the message's arena.
 */
void verdict_make(struct message *m, const struct decision *d,
    const size_t *rcpt, size_t rcpt_count, enum stage stage,
    size_t refused_rcpt, struct verdict *out);

/* The address of recipient rcpt; "" for RCPT_NONE, or where it is not known. */
struct span verdict_whose(const struct message *m, size_t rcpt);

/* What is done of that: monitoring refuses and holds nothing; junk is a mark
 * and stays. */
enum outcome verdict_enforced(const struct message *m, enum outcome wanted);

#endif
