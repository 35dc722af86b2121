#ifndef POLICY_STORE_STORE_COMMAND_H
#define POLICY_STORE_STORE_COMMAND_H

/*
 * What can be asked of a running store, as a line of text: for the control
 * socket, from `verdict state`.
 *
 *   flush           all changes so far are in the file
 *   list [PREFIX]   one entry a line, as store_json.h writes it
 *   put ENTRY       an entry as list writes it
 *   remove KEY
 */

#include "policy/store/store.h"
#include "rules/base/arena.h"

/* False with a sentence in answer. May wait for Redis and
 * the disk. */
bool store_command(
    struct store *s, struct span line, int64_t now_s, struct buf *answer);
/* Puts one entry written as JSON; false with *why in the arena. */
bool store_put_text(struct store *s, struct span text, int64_t now_s,
    struct arena *a, const char **why);

#endif
