#ifndef POLICY_TELL_LOG_LINE_H
#define POLICY_TELL_LOG_LINE_H

/*
 * The one line that the log gets for each message, and for each recipient
 * that was refused:
 *
 *   4cX2Zl1yqz: id=0H3K9ZQ1T client=192.0.2.7 name=mx.example.org
 *   helo=mx.example.org from=joe@example.org to=ann@example.net rcpt=1
 *   direction=inbound spf=pass dkim=example.org:pass dmarc=pass iprev=pass
 *   score=0 verdict=accept stage=eom ms=12
 *
 * (in one line). The queue id comes first, or NOQUEUE while the MTA has none.
 * Keys that have nothing to say are left out. A value that is not plain is
 * quoted: in quotes, \" \\ and \xHH are escapes, every octet that is not
 * printable ASCII is \xHH. What a peer sent is cut, and ends in "..." then.
 * As JSON the line is one object with the same keys, the queue id being
 * "queue" and the values unescaped by JSON's own rules.
 */

#include "policy/message/session.h"
#include "policy/message/verdict.h"

enum log_line_form { LOG_LINE_TEXT, LOG_LINE_JSON };

#define LOG_LINE_MAX 16000 /* octets: no line is longer */

/*
 * Appends the line, without a line end. rcpt is the number of the refused
 * recipient, or SIZE_MAX for the whole message; ms is what judging took,
 * waiting included.
 */
void log_line(struct buf *out, enum log_line_form form, const struct message *m,
    const struct verdict *v, size_t rcpt, int64_t ms);

#endif
