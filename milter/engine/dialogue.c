/*
 * The order of the milter protocol. Whatever comes out of order, or is no
 * packet, ends the connection: the MTA then does what it is told to do
 * without a filter. After QUIT_NC another session begins on the same
 * connection, under what was negotiated for the first.
 */
#include "config.h"

#include "milter/engine/dialogue.h"

#include <stdio.h>
#include <string.h>

#include "milter/engine/packet.h"
#include "policy/base/crowd.h"
#include "rules/base/panic.h"

#define ACTIONS_WANTED \
	(PACKET_ADD_HEADERS | PACKET_CHANGE_HEADERS | PACKET_QUARANTINE)
/* Without these headers would be judged wrongly or far too slowly. */
#define PROTOCOL_NEEDED \
	(PACKET_NO_REPLY_HEADER | PACKET_NO_REPLY_BODY | PACKET_LEADING_SPACE)
#define PROTOCOL_WANTED \
	(PACKET_RCPT_REJECTED | PACKET_NO_UNKNOWN | PACKET_NO_DATA)
/* Connect and HELO are answered by nothing where the MTA can do without. */
#define PROTOCOL_QUIET (PACKET_NO_REPLY_CONNECT | PACKET_NO_REPLY_HELO)

/* What is left unanswered where nothing is refused. */
static const struct {
	enum engine_silence of;
	uint32_t protocol;
} silences[] = {
	{ ENGINE_SILENT_MAIL, PACKET_NO_REPLY_MAIL },
	{ ENGINE_SILENT_RCPT, PACKET_NO_REPLY_RCPT },
	{ ENGINE_SILENT_EOH, PACKET_NO_REPLY_EOH },
};

#define ARGUMENTS_MAX 64
#define MACROS_OCTETS 65536
#define OUT_MAX       (4 << 20)
#define REPLY_MAX     512

/* ---- macros -------------------------------------------------------------- */

/* The commands that have macros, in the order of a session: those of a later
 * one go when an earlier one has new ones. */
static const char macro_commands[] = "CHMRTNE";
_Static_assert(sizeof(macro_commands) - 1 == DIALOGUE_COMMANDS,
    "a buffer for each command that has macros");
#define MACROS_OF_MAIL 2

static void
dialogue_macros_forget(struct dialogue *d, size_t from)
{
	for (size_t i = from; i < DIALOGUE_COMMANDS; i++)
		buf_clear(&d->macros[i]);
}

static enum dialogue_state
dialogue_macros(struct dialogue *d, struct span data)
{
	const char *at;
	struct span pairs;
	char command;

	if (!packet_macros(data, &command, &pairs)) {
		d->why = "macros that are none";
		return DIALOGUE_OVER;
	}
	/* The header's macros are asked for with its end, the body's with the
	 * message's. */
	command = command == 'L' ? 'N' : command == 'B' ? 'E' : command;
	at = command == '\0' ? NULL : strchr(macro_commands, command);
	if (at == NULL)
		return DIALOGUE_GOES_ON;
	dialogue_macros_forget(d, (size_t)(at - macro_commands));
	if (buf_add(&d->macros[at - macro_commands], pairs))
		return DIALOGUE_GOES_ON;
	d->why = "too many macros";
	return DIALOGUE_OVER;
}

struct span
dialogue_macro(struct engine_link *link, const char *name)
{
	struct dialogue *d = (struct dialogue *)link;
	struct span found = { NULL, 0 };

	for (size_t i = DIALOGUE_COMMANDS; i-- > 0 && found.p == NULL;)
		found = packet_macro(buf_span(&d->macros[i]), span_of(name));
	return found;
}

/* ---- answers ------------------------------------------------------------- */

/* A text that would not be one line goes unsaid. */
static bool
dialogue_text_fits(struct span text)
{
	return span_find(text, '\r') == SIZE_MAX &&
	       span_find(text, '\n') == SIZE_MAX;
}

static void
dialogue_answer(struct dialogue *d, const struct engine_answer *answer)
{
	static const char code[] = {
		[ENGINE_CONTINUE] = 'c',
		[ENGINE_ACCEPT] = 'a',
		[ENGINE_TEMPFAIL] = 't',
		[ENGINE_REJECT] = 'r',
		[ENGINE_DISCARD] = 'd',
	};
	const struct reply *r = &answer->reply;
	unsigned class = answer->action == ENGINE_TEMPFAIL ? 4
			 : answer->action == ENGINE_REJECT ? 5
							   : 0;
	char text[REPLY_MAX + 32];

	if (class == 0 || r->code / 100 != class ||
	    !dialogue_text_fits(r->text)) {
		packet_put(&d->out, code[answer->action], SPAN(""));
		return;
	}
	(void)snprintf(text, sizeof(text), "%u %s%s%.*s", r->code, r->enhanced,
	    r->enhanced[0] == '\0' ? "" : " ",
	    (int)(r->text.n < REPLY_MAX ? r->text.n : REPLY_MAX), r->text.p);
	packet_put_text(&d->out, 'y', span_of(text));
}

static void
dialogue_answer_unless(struct dialogue *d, enum engine_silence silence,
    const struct engine_answer *answer)
{
	INVARIANT((d->link.silent & silence) == 0 ||
		  answer->action == ENGINE_CONTINUE);
	if ((d->link.silent & silence) == 0)
		dialogue_answer(d, answer);
}

static void
dialogue_go_on(struct dialogue *d, uint32_t unless)
{
	if ((d->protocol & unless) == 0)
		packet_put(&d->out, 'c', SPAN(""));
}

/* ---- commands ------------------------------------------------------------ */

static void
dialogue_message_over(struct dialogue *d)
{
	d->in_message = false;
	dialogue_macros_forget(d, MACROS_OF_MAIL);
}

static void
dialogue_session_over(struct dialogue *d)
{
	d->in_message = false;
	dialogue_macros_forget(d, 0);
	if (d->connected)
		d->handlers->close(&d->link);
	d->connected = false;
	d->group = 0;
}

static enum dialogue_state
on_negotiate(struct dialogue *d, struct span data)
{
	struct packet_options o, agreed = { .actions = ACTIONS_WANTED };
	unsigned silence = d->handlers->silence();

	dialogue_session_over(d);
	if (!packet_options(data, &o) ||
	    (o.actions & ACTIONS_WANTED) != ACTIONS_WANTED ||
	    (o.protocol & PROTOCOL_NEEDED) != PROTOCOL_NEEDED) {
		d->why = "the MTA speaks too old a milter protocol: set "
			 "milter_protocol = 6 in Postfix";
		return DIALOGUE_OVER;
	}
	agreed.version =
	    o.version < PACKET_VERSION_MAX ? o.version : PACKET_VERSION_MAX;
	agreed.protocol = PROTOCOL_NEEDED | (o.protocol & PROTOCOL_WANTED);
	if ((o.protocol & PROTOCOL_QUIET) == PROTOCOL_QUIET)
		agreed.protocol |= PROTOCOL_QUIET;
	d->link.silent = 0;
	d->outdated = false;
	for (size_t i = 0; i < ARRAY_COUNT(silences); i++)
		if ((o.protocol & silences[i].protocol) != 0 &&
		    (silence & silences[i].of) != 0) {
			agreed.protocol |= silences[i].protocol;
			d->link.silent |= silences[i].of;
		}
	agreed.actions |= o.actions & PACKET_SET_MACROS;
	d->protocol = agreed.protocol;
	d->negotiated = true;
	packet_put_options(
	    &d->out, &agreed, (o.actions & PACKET_SET_MACROS) != 0);
	return DIALOGUE_GOES_ON;
}

static enum dialogue_state
on_connect(struct dialogue *d, struct span data)
{
	struct packet_client client;

	if (!d->negotiated || !packet_connect(data, &client)) {
		d->why = "a connect out of order or without a client";
		return DIALOGUE_OVER;
	}
	d->in_message = false;
	d->connected = true;
	d->group = crowd_group(client.ip);
	d->handlers->connect(&d->link, client.hostname, client.ip, client.port);
	dialogue_go_on(d, PACKET_NO_REPLY_CONNECT);
	return DIALOGUE_GOES_ON;
}

static enum dialogue_state
on_helo(struct dialogue *d, struct span data)
{
	struct span helo;
	size_t count;

	if (!d->connected || !packet_texts(data, &helo, 1, &count)) {
		d->why = "a HELO out of order or without a name";
		return DIALOGUE_OVER;
	}
	d->handlers->helo(&d->link, helo);
	dialogue_go_on(d, PACKET_NO_REPLY_HELO);
	return DIALOGUE_GOES_ON;
}

static enum dialogue_state
on_envelope(struct dialogue *d, struct span data,
    void (*handler)(struct engine_link *, const struct engine_arguments *,
	struct engine_answer *),
    enum engine_silence silence)
{
	struct engine_answer answer = { 0 };
	struct span arg[ARGUMENTS_MAX];
	struct engine_arguments arguments = { arg, 0 };

	if (!packet_texts(data, arg, ARGUMENTS_MAX, &arguments.count)) {
		d->why = "a MAIL or RCPT without an address";
		return DIALOGUE_OVER;
	}
	handler(&d->link, &arguments, &answer);
	dialogue_answer_unless(d, silence, &answer);
	if (answer.action != ENGINE_CONTINUE && handler == d->handlers->mail)
		d->in_message = false;
	return DIALOGUE_GOES_ON;
}

static enum dialogue_state
on_mail(struct dialogue *d, struct span data)
{
	if (!d->connected) {
		d->why = "a MAIL out of order";
		return DIALOGUE_OVER;
	}
	/* An MTA may forget to abort what it was refused. */
	d->in_message = true;
	d->stage = 0;
	return on_envelope(d, data, d->handlers->mail, ENGINE_SILENT_MAIL);
}

static enum dialogue_state
on_rcpt(struct dialogue *d, struct span data)
{
	return on_envelope(d, data, d->handlers->rcpt, ENGINE_SILENT_RCPT);
}

static enum dialogue_state
on_header(struct dialogue *d, struct span data)
{
	struct span text[2];
	size_t count;

	if (!packet_texts(data, text, 2, &count) || count < 2) {
		d->why = "a header field without a name or value";
		return DIALOGUE_OVER;
	}
	d->handlers->header(&d->link, text[0], text[1]);
	return DIALOGUE_GOES_ON;
}

static enum dialogue_state
on_eoh(struct dialogue *d, struct span data)
{
	struct engine_answer answer = { 0 };

	(void)data;
	d->handlers->eoh(&d->link, &answer);
	dialogue_answer_unless(d, ENGINE_SILENT_EOH, &answer);
	if (answer.action != ENGINE_CONTINUE)
		d->in_message = false;
	return DIALOGUE_GOES_ON;
}

static enum dialogue_state
on_body(struct dialogue *d, struct span data)
{
	d->handlers->body(&d->link, data);
	return DIALOGUE_GOES_ON;
}

/* All that the end of a message says stands in one piece in `out`. */
static enum dialogue_state
dialogue_end(struct dialogue *d, bool done, const struct engine_answer *answer)
{
	d->waits = !done;
	if (!done)
		return DIALOGUE_WAITS;
	if (answer->edits != NULL)
		packet_put_edits(&d->out, answer->edits);
	if (answer->quarantine != NULL)
		packet_put_text(&d->out, 'q', span_of(answer->quarantine));
	dialogue_answer(d, answer);
	d->handlers->ended(&d->link);
	dialogue_message_over(d);
	return DIALOGUE_GOES_ON;
}

static enum dialogue_state
on_end(struct dialogue *d, struct span data)
{
	struct engine_answer answer = { 0 };
	bool done;

	if (data.n > 0)
		d->handlers->body(&d->link, data);
	done = d->handlers->end_begin(&d->link, &answer, &d->again_ms);
	return dialogue_end(d, done, &answer);
}

static enum dialogue_state
on_abort(struct dialogue *d, struct span data)
{
	(void)data;
	if (d->connected)
		d->handlers->abort(&d->link);
	dialogue_message_over(d);
	return DIALOGUE_GOES_ON;
}

static enum dialogue_state
on_quit(struct dialogue *d, struct span data)
{
	(void)data;
	dialogue_session_over(d);
	return DIALOGUE_OVER;
}

static enum dialogue_state
on_quit_session(struct dialogue *d, struct span data)
{
	(void)data;
	dialogue_session_over(d);
	/* Something is refused now where the MTA does not listen: it is to
	 * negotiate anew, unless the next session has already begun. */
	d->outdated = (d->link.silent & ~d->handlers->silence()) != 0;
	return DIALOGUE_GOES_ON;
}

/* DATA and what the MTA does not know, where it says them all the same. */
static enum dialogue_state
on_other(struct dialogue *d, struct span data)
{
	(void)data;
	dialogue_go_on(d, 0);
	return DIALOGUE_GOES_ON;
}

/*
 * A message's commands come in this order. What is judged at the header's end
 * is not judged again: a message without it, or with a field behind it, would
 * go by rules that refuse it.
 */
enum { OF_NO_MESSAGE, OF_RCPT, OF_FIELD, OF_EOH, OF_BODY };

static const struct {
	char command;
	unsigned stage; /* of a message: out of order when there is none */
	enum dialogue_state (*run)(struct dialogue *d, struct span data);
} commands[] = {
	{ 'O', OF_NO_MESSAGE, on_negotiate },
	{ 'D', OF_NO_MESSAGE, dialogue_macros },
	{ 'C', OF_NO_MESSAGE, on_connect },
	{ 'H', OF_NO_MESSAGE, on_helo },
	{ 'M', OF_NO_MESSAGE, on_mail },
	{ 'R', OF_RCPT, on_rcpt },
	{ 'T', OF_NO_MESSAGE, on_other },
	{ 'L', OF_FIELD, on_header },
	{ 'N', OF_EOH, on_eoh },
	{ 'B', OF_BODY, on_body },
	{ 'E', OF_BODY, on_end },
	{ 'A', OF_NO_MESSAGE, on_abort },
	{ 'Q', OF_NO_MESSAGE, on_quit },
	{ 'K', OF_NO_MESSAGE, on_quit_session },
	{ 'U', OF_NO_MESSAGE, on_other },
};

/* Whether the message may go on with this, and if so, notes it. */
static bool
dialogue_in_order(struct dialogue *d, unsigned stage)
{
	if (stage == OF_NO_MESSAGE)
		return true;
	if (!d->in_message || stage < d->stage ||
	    (stage == OF_EOH && d->stage == OF_EOH) ||
	    (stage == OF_BODY && d->stage < OF_EOH))
		return false;
	d->stage = stage;
	return true;
}

static enum dialogue_state
dialogue_command(struct dialogue *d, const struct packet *p)
{
	for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
		if (commands[i].command != p->command)
			continue;
		if (!dialogue_in_order(d, commands[i].stage))
			break;
		return commands[i].run(d, p->data);
	}
	d->why = "a command that is none, or out of order";
	return DIALOGUE_OVER;
}

/* ---- octets -------------------------------------------------------------- */

/* Runs the whole packets with which octets begin; *used tells how much. */
static enum dialogue_state
dialogue_packets(struct dialogue *d, struct span octets, size_t *used)
{
	enum dialogue_state state = DIALOGUE_GOES_ON;
	struct packet packet;
	size_t n;

	*used = 0;
	while (state == DIALOGUE_GOES_ON) {
		switch (packet_next(span_slice(octets, *used, octets.n),
		    d->packet_max, &packet, &n)) {
		case PACKET_PART:
			return state;
		case PACKET_BAD:
			d->why = "what is no packet of the milter protocol, or "
				 "too long a one";
			return DIALOGUE_OVER;
		case PACKET_WHOLE:
			*used += n;
			state = dialogue_command(d, &packet);
		}
	}
	return state;
}

/* Keeps what is left for the next time. An empty buffer keeps no memory: most
 * connections are idle most of the time. */
static void
dialogue_keep(struct dialogue *d, size_t used)
{
	d->in.n -= used;
	if (d->in.n == 0)
		buf_free(&d->in);
	else
		memmove(d->in.p, d->in.p + used, d->in.n);
}

static enum dialogue_state
dialogue_checked(struct dialogue *d, enum dialogue_state state)
{
	if (!d->out.over && !d->in.over)
		return d->outdated && !d->connected && d->in.n == 0
			   ? DIALOGUE_OVER
			   : state;
	d->why = "no memory for what the MTA says";
	return DIALOGUE_OVER;
}

enum dialogue_state
dialogue_feed(struct dialogue *d, struct span octets)
{
	enum dialogue_state state;
	size_t used;

	if (d->in.n == 0) {
		/* Mostly packets arrive whole and are not copied. */
		state = dialogue_packets(d, octets, &used);
		if (used < octets.n && state != DIALOGUE_OVER)
			(void)buf_add(
			    &d->in, span_slice(octets, used, octets.n));
	} else {
		(void)buf_add(&d->in, octets);
		state = dialogue_packets(d, buf_span(&d->in), &used);
		dialogue_keep(d, used);
	}
	return dialogue_checked(d, state);
}

enum dialogue_state
dialogue_resume(struct dialogue *d)
{
	struct engine_answer answer = { 0 };
	bool done = d->handlers->end_again(&d->link, &answer, &d->again_ms);
	enum dialogue_state state = dialogue_end(d, done, &answer);
	size_t used;

	if (state == DIALOGUE_GOES_ON && d->in.n > 0) {
		state = dialogue_packets(d, buf_span(&d->in), &used);
		dialogue_keep(d, used);
	}
	return dialogue_checked(d, state);
}

void
dialogue_init(struct dialogue *d, const struct engine_handlers *handlers,
    const struct engine_link_ops *ops, size_t packet_max)
{
	*d = (struct dialogue){ .link = { .ops = ops },
		.handlers = handlers,
		.packet_max = packet_max };
	buf_init(&d->out, OUT_MAX);
	/* A packet, and what has been read together with its end. */
	buf_init(&d->in, packet_max + DIALOGUE_PIECE_MAX + 8);
	for (size_t i = 0; i < DIALOGUE_COMMANDS; i++)
		buf_init(&d->macros[i], MACROS_OCTETS);
}

void
dialogue_clear(struct dialogue *d)
{
	dialogue_session_over(d);
	buf_free(&d->out);
	buf_free(&d->in);
	for (size_t i = 0; i < DIALOGUE_COMMANDS; i++)
		buf_free(&d->macros[i]);
}
