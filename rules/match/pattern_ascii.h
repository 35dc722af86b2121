#ifndef RULES_MATCH_PATTERN_ASCII_H
#define RULES_MATCH_PATTERN_ASCII_H

/*
 * Patterns for texts that are ASCII, in which a matcher of octets finds what
 * one of characters does and is two to three times as fast. Pure.
 */

#include "rules/base/buf.h"
#include "rules/base/span.h"

/*
 * Appends a pattern for octets that matches in each ASCII text what this one
 * for characters, which PCRE2 takes, matches there. False when there is none:
 * what was appended is then of no use.
 */
bool pattern_ascii(struct span regex, unsigned flags, struct buf *out);

#endif
