/*
 * Sessions and messages as objects: making them, filling in what the client
 * and the MTA say, releasing them. How they are judged is judge.c's.
 */
#include "config.h"

#include "policy/message/session.h"

#include <string.h>

#include "policy/message/check.h"
#include "policy/message/snapshot.h"

const char *const direction_names[4] = { "inbound", "submission", "local",
	"relay" };

const struct own_flag_row own_flags[FLAG_COUNT] = {
#define FLAG(id, name, help) [FLAG_##id] = { name, help },
#include "policy/message/flags.def"
#undef FLAG
};

static void
name_add_once(struct message *m, const char ***list, size_t *count, size_t *cap,
    const char *name)
{
	for (size_t i = 0; i < *count; i++)
		if (strcmp((*list)[i], name) == 0)
			return;
	*list = arena_grow(m->arena, *list, cap, *count + 1, sizeof(**list));
	(*list)[(*count)++] = name;
}

void
message_flag(struct message *m, const char *name)
{
	name_add_once(m, &m->flag, &m->flag_count, &m->flag_cap, name);
}

void
message_raise(struct message *m, enum own_flag flag)
{
	message_flag(m, own_flags[flag].name);
}

void
message_incomplete(struct message *m, const char *what)
{
	name_add_once(
	    m, &m->incomplete, &m->incomplete_count, &m->incomplete_cap, what);
}

bool
message_is_foreign(const struct message *m)
{
	return m->direction == DIRECTION_INBOUND ||
	       m->direction == DIRECTION_RELAY;
}
