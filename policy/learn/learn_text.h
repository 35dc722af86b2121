#ifndef POLICY_LEARN_LEARN_TEXT_H
#define POLICY_LEARN_LEARN_TEXT_H

/*
 * A sample as one line of JSON, to be handed from host to host:
 *
 *   {"spam":true,"time":1767225600,"who":"ann","id":"0h3k9zq1t00000",
 *    "sender":"00112233445566ff","features":"AQ..."}
 *
 * Whoever has the features of a site and its secret can tell whether a word
 * that he thinks of stood in a message; so both are for administrators alone.
 */

#include "policy/learn/learn_db.h"
#include "rules/base/arena.h"

/* No line is longer. */
#define LEARN_LINE_MAX ((size_t)65536)

/* Without a line end. False when out has no room. */
bool learn_text_write(const struct learn_sample *s, struct buf *out);
/*
 * Reads a line, whoever has written it. False with *why (arena or static
 * text). Its key is worked out, not believed. In the arena.
 */
bool learn_text_read(struct span line, struct arena *a,
    struct learn_sample *out, const char **why);

/* A teacher's name: printable, without a blank, at most LEARN_WHO_MAX. */
bool learn_who_valid(struct span who);
/* 16 hexadecimal digits. */
bool learn_hex64(struct span text, uint64_t *out);

#endif
