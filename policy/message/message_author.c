/*
 * The author of a message: the From field is read once, whoever asks.
 */
#include "config.h"

#include "policy/message/message.h"

#include "rules/mail/author.h"

const struct author *
message_author_field(struct message *m)
{
	const struct header_field *from = header_get(&m->headers, "From", 0);

	if (m->author != NULL || from == NULL)
		return m->author;
	m->author = arena_alloc(m->arena, sizeof(*m->author));
	author_of_field(from->value, m->arena, m->author);
	return m->author;
}

const struct author *
message_author(struct message *m)
{
	if (m->author_whole)
		return m->author;
	if (message_author_field(m) == NULL)
		m->author = arena_alloc(m->arena, sizeof(*m->author));
	author_complete(&m->headers, m->header_anomalies | m->headers.anomalies,
	    m->arena, m->author);
	m->author_whole = true;
	return m->author;
}
