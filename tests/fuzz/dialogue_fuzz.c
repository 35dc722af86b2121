/*
 * What an MTA, or whoever reaches our socket, says in the milter protocol:
 * whole and cut in pieces it is the same, the handlers are called in the order
 * that milter/engine/engine.h promises, and all that they are given can be
 * read. The first octet is the size of the pieces; the second says how often
 * an end of message waits, and which commands need no answer.
 */
#include "config.h"

#include <string.h>

#include "milter/engine/dialogue.h"
#include "milter/engine/packet.h"
#include "rules/base/panic.h"

#define PACKET_MAX 4096

/* What the handlers were told, as a number, and where the session is. */
static struct told {
	uint64_t hash;
	bool session, message;
	unsigned waits, waits_now, silence;
} told;

static void
tell(const char *what, struct span s)
{
	told.hash = span_hash(s, span_hash(span_of(what), told.hash));
}

static void
on_connect(struct engine_link *link, struct span hostname, struct ip client,
    uint16_t port)
{
	char ip[IP_TEXT_MAX];

	told.session = true;
	told.message = false;
	tell("connect", hostname);
	tell(ip_format(client, ip), link->ops->macro(link, "{daemon_name}"));
	told.hash += port;
}

static void
on_helo(struct engine_link *link, struct span helo)
{
	INVARIANT(told.session);
	tell("helo", helo);
	tell("", link->ops->macro(link, "i"));
}

static void
on_envelope(struct engine_link *link, const struct engine_arguments *arguments,
    struct engine_answer *out)
{
	INVARIANT(told.session && arguments->count > 0);
	for (size_t i = 0; i < arguments->count; i++)
		tell("argument", arguments->arg[i]);
	tell("", link->ops->macro(link, "i"));
	/* One in eight is refused, where that is heard. */
	if (told.hash % 8 == 0 && link->silent == 0)
		*out = (struct engine_answer){ .action = ENGINE_REJECT,
			.reply = { 550, "5.7.1", arguments->arg[0] } };
}

static void
on_mail(struct engine_link *link, const struct engine_arguments *arguments,
    struct engine_answer *out)
{
	told.message = true;
	on_envelope(link, arguments, out);
}

static void
on_rcpt(struct engine_link *link, const struct engine_arguments *arguments,
    struct engine_answer *out)
{
	INVARIANT(told.message);
	on_envelope(link, arguments, out);
}

static void
on_header(struct engine_link *link, struct span name, struct span value)
{
	(void)link;
	INVARIANT(told.message);
	INVARIANT(span_find(name, '\0') == SIZE_MAX);
	tell("field", name);
	tell("value", value);
}

static void
on_eoh(struct engine_link *link, struct engine_answer *out)
{
	(void)link;
	(void)out;
	INVARIANT(told.message);
	tell("eoh", SPAN(""));
}

static void
on_body(struct engine_link *link, struct span chunk)
{
	(void)link;
	INVARIANT(told.message);
	tell("body", chunk);
}

static bool
on_end_again(
    struct engine_link *link, struct engine_answer *out, int64_t *again_ms)
{
	(void)link;
	(void)out;
	INVARIANT(told.message);
	*again_ms = 0;
	if (told.waits_now > 0) {
		told.waits_now--;
		return false;
	}
	told.waits_now = told.waits;
	tell("end", SPAN(""));
	return true;
}

static void
on_over(struct engine_link *link)
{
	(void)link;
	INVARIANT(told.session);
	told.message = false;
	tell("over", SPAN(""));
}

static void
on_close(struct engine_link *link)
{
	(void)link;
	INVARIANT(told.session);
	told.session = told.message = false;
	tell("close", SPAN(""));
}

/* As the handlers do: what is not heard is not said. */
static unsigned
on_silence(void)
{
	return told.silence;
}

static const struct engine_handlers handlers = {
	.silence = on_silence,
	.connect = on_connect,
	.helo = on_helo,
	.mail = on_mail,
	.rcpt = on_rcpt,
	.header = on_header,
	.eoh = on_eoh,
	.body = on_body,
	.end_begin = on_end_again,
	.end_again = on_end_again,
	.ended = on_over,
	.abort = on_over,
	.close = on_close,
};

static const struct engine_link_ops ops = { dialogue_macro, NULL };

/* What we say must be packets. */
static void
answers_check(struct span octets)
{
	struct packet p;
	size_t used;

	while (octets.n > 0) {
		INVARIANT(packet_next(octets, SIZE_MAX / 2, &p, &used) ==
			  PACKET_WHOLE);
		INVARIANT(strchr("Ocry", p.command) != NULL);
		octets = span_slice(octets, used, octets.n);
	}
}

static void
talk(struct span octets, size_t piece, unsigned how)
{
	enum dialogue_state state = DIALOGUE_GOES_ON;
	struct dialogue d;

	told = (struct told){ .waits = how % 4,
		.waits_now = how % 4,
		.silence = how / 4 % 8 };
	dialogue_init(&d, &handlers, &ops, PACKET_MAX);
	for (size_t i = 0; i < octets.n && state == DIALOGUE_GOES_ON;
	     i += piece) {
		state = dialogue_feed(&d, span_slice(octets, i, i + piece));
		while (state == DIALOGUE_WAITS)
			state = dialogue_resume(&d);
	}
	INVARIANT(state == DIALOGUE_OVER || d.in.n <= PACKET_MAX + 5);
	answers_check(buf_span(&d.out));
	told.hash = span_hash(buf_span(&d.out), told.hash);
	dialogue_clear(&d);
	INVARIANT(!told.session);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span octets;
	uint64_t whole;

	if (size < 2 || size > DIALOGUE_PIECE_MAX)
		return 0;
	octets = span_make((const char *)data + 2, size - 2);
	talk(octets, DIALOGUE_PIECE_MAX, data[1]);
	whole = told.hash;
	talk(octets, data[0] % 64 + (size_t)1, data[1]);
	INVARIANT(told.hash == whole);
	return 0;
}
