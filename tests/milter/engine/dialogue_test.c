/* What the engine makes of the MTA's packets, whole and in pieces, and what
 * it answers. */
#include "config.h"

#include "milter/engine/dialogue.h"
#include "milter/engine/packet.h"
#include "tests/kit/table.h"

#define PACKETS_MAX 20

/* ---- handlers that write down what they are called with ------------------- */

static struct buf calls;
static unsigned end_waits; /* so often an end is not there yet */
static struct engine_answer next_answer;

static void
on_connect(struct engine_link *link, struct span hostname, struct ip client,
    uint16_t port)
{
	struct span j = link->ops->macro(link, "j");
	char ip[IP_TEXT_MAX];

	(void)buf_printf(&calls, "connect %.*s %s %u%s%.*s; ",
	    SPAN_FMT(hostname), ip_format(client, ip), port,
	    j.p == NULL ? "" : " j=", SPAN_FMT(j));
	link->session = &calls;
}

static void
on_helo(struct engine_link *link, struct span helo)
{
	(void)link;
	(void)buf_printf(&calls, "helo %.*s; ", SPAN_FMT(helo));
}

static void
on_envelope(const char *name, struct engine_link *link,
    const struct engine_arguments *arguments, struct engine_answer *out)
{
	struct span i = link->ops->macro(link, "i");

	(void)buf_addz(&calls, name);
	for (size_t n = 0; n < arguments->count; n++)
		(void)buf_printf(&calls, " %.*s", SPAN_FMT(arguments->arg[n]));
	(void)buf_printf(
	    &calls, "%s%.*s; ", i.p == NULL ? "" : " i=", SPAN_FMT(i));
	*out = next_answer;
}

static void
on_mail(struct engine_link *link, const struct engine_arguments *arguments,
    struct engine_answer *out)
{
	on_envelope("mail", link, arguments, out);
}

static void
on_rcpt(struct engine_link *link, const struct engine_arguments *arguments,
    struct engine_answer *out)
{
	on_envelope("rcpt", link, arguments, out);
}

static void
on_header(struct engine_link *link, struct span name, struct span value)
{
	(void)link;
	(void)buf_printf(
	    &calls, "%.*s:%.*s; ", SPAN_FMT(name), SPAN_FMT(value));
}

static void
on_eoh(struct engine_link *link, struct engine_answer *out)
{
	(void)link;
	(void)buf_addz(&calls, "eoh; ");
	*out = next_answer;
}

static void
on_body(struct engine_link *link, struct span chunk)
{
	(void)link;
	(void)buf_printf(&calls, "body %.*s; ", SPAN_FMT(chunk));
}

static bool
on_end_again(
    struct engine_link *link, struct engine_answer *out, int64_t *again_ms)
{
	static struct header_edit removal = { SPAN_INIT("X-Verdict"), 2,
		{ NULL, 0 } };
	static struct header_edit addition = { SPAN_INIT("X-Verdict"), 0,
		SPAN_INIT("accept") };
	static const struct header_edits edits = { .removal = &removal,
		.removal_count = 1,
		.addition = &addition,
		.addition_count = 1 };

	(void)link;
	if (end_waits > 0) {
		end_waits--;
		*again_ms = 77;
		return false;
	}
	(void)buf_addz(&calls, "end; ");
	*out = next_answer;
	if (out->action == ENGINE_CONTINUE)
		out->edits = &edits;
	return true;
}

static void
on_ended(struct engine_link *link)
{
	(void)link;
	(void)buf_addz(&calls, "ended; ");
}

static void
on_abort(struct engine_link *link)
{
	(void)link;
	(void)buf_addz(&calls, "abort; ");
}

static void
on_close(struct engine_link *link)
{
	link->session = NULL;
	(void)buf_addz(&calls, "close; ");
}

/* What needs no answer, and from the second question on. */
static unsigned silence, silence_later;

static unsigned
on_silence(void)
{
	unsigned now = silence;

	silence = silence_later;
	return now;
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
	.ended = on_ended,
	.abort = on_abort,
	.close = on_close,
};

static const struct engine_link_ops ops = { dialogue_macro, NULL };

/* ---- packets ------------------------------------------------------------- */

/* A literal, its own last NUL left out: of what the MTA ends with NUL write
 * both. */
#define P(code, literal)                 \
	{                                \
		code, SPAN_INIT(literal) \
	}
#define OFFER P('O', "\0\0\0\6\0\0\1\xff\0\x1f\xff\xff")
#define CONNECT               \
	P('C', "mx.example\0" \
	       "4\x1f\x90"    \
	       "192.0.2.1\0")
#define MAIL  P('M', "<a@b.example>\0SIZE=9\0")
#define RCPT  P('R', "<c@d.example>\0")
#define FIELD P('L', "Subject\0 x\0")
#define EOH   P('N', "")
#define END   P('E', "")

static void
put_packets(struct buf *out, const struct packet *packet)
{
	for (; packet->command != '\0'; packet++)
		packet_put(out, packet->command, packet->data);
}

/* The answers' letters, with the data of those that are text. */
static void
show_answers(struct span octets, struct buf *out)
{
	struct packet p;
	size_t used;

	while (packet_next(octets, SIZE_MAX / 2, &p, &used) == PACKET_WHOLE) {
		(void)buf_addc(out, p.command);
		if (strchr("yimq", p.command) != NULL) {
			(void)buf_addc(out, ' ');
			for (size_t i = 0; i < p.data.n; i++)
				(void)buf_addc(out, p.data.p[i] == '\0' ? '|'
						    : p.data.p[i] < ' '
							? '0' + p.data.p[i]
							: p.data.p[i]);
		}
		(void)buf_addz(out, "; ");
		octets = span_slice(octets, used, octets.n);
	}
	if (octets.n > 0)
		(void)buf_addz(out, "a piece");
}

struct row {
	const char *label;
	struct packet packet[PACKETS_MAX]; /* up to one without a command */
	struct engine_answer answer;       /* of MAIL, RCPT, eoh and end */
	unsigned waits;
	unsigned silence, later;
	bool whole; /* it matters that all comes at once */
	const char *calls, *answers;
	const char *why; /* part of what ends it; NULL: it goes on */
};

/* clang-format off */
static const struct row rows[] = {
	{ .label = "a message",
	  .packet = { OFFER, P('D', "Cj\0mx\0"), CONNECT, P('H', "helo.example\0"),
		P('D', "M{i}\0" "4F\0"), MAIL, RCPT, FIELD, EOH, P('B', "text"), END },
	  .calls = "connect mx.example 192.0.2.1 8080 j=mx; helo helo.example; "
		"mail <a@b.example> SIZE=9 i=4F; rcpt <c@d.example> i=4F; "
		"Subject: x; eoh; body text; end; ended; close; ",
	  .answers = "O; c; c; c; m |||2X-Verdict||; i ||||X-Verdict| accept|; c; " },
	{ .label = "an end that waits, with the next message behind it",
	  .packet = { OFFER, CONNECT, MAIL, RCPT, EOH, END, MAIL, RCPT, EOH,
		P('E', "all") }, .waits = 3,
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9; "
		"rcpt <c@d.example>; eoh; end; ended; mail <a@b.example> SIZE=9; "
		"rcpt <c@d.example>; eoh; body all; end; ended; close; ",
	  .answers = "O; c; c; c; m |||2X-Verdict||; i ||||X-Verdict| accept|; c; "
		"c; c; c; m |||2X-Verdict||; i ||||X-Verdict| accept|; c; " },
	{ .label = "macros of a message do not outlive it",
	  .packet = { OFFER, CONNECT, P('D', "Mi\0" "1\0"), MAIL, P('A', ""), MAIL },
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9 i=1; "
		"abort; mail <a@b.example> SIZE=9; close; ",
	  .answers = "O; c; c; " },
	{ .label = "two sessions on one connection",
	  .packet = { OFFER, P('D', "Cj\0mx\0"), CONNECT, P('K', ""), CONNECT,
		P('Q', "") }, .why = "",
	  .calls = "connect mx.example 192.0.2.1 8080 j=mx; close; "
		"connect mx.example 192.0.2.1 8080; close; ",
	  .answers = "O; " },
	{ .label = "a refusal with its words",
	  .packet = { OFFER, CONNECT, MAIL },
	  .answer = { .action = ENGINE_REJECT,
		.reply = { 550, "5.7.1", SPAN_INIT("no") } },
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9; "
		"close; ",
	  .answers = "O; y 550 5.7.1 no|; " },
	{ .label = "a reply of the wrong class goes unsaid",
	  .packet = { OFFER, CONNECT, MAIL },
	  .answer = { .action = ENGINE_TEMPFAIL,
		.reply = { 550, "5.7.1", SPAN_INIT("no") } },
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9; "
		"close; ",
	  .answers = "O; t; " },
	{ .label = "a reply of two lines goes unsaid",
	  .packet = { OFFER, CONNECT, MAIL },
	  .answer = { .action = ENGINE_REJECT,
		.reply = { 550, "5.7.1", SPAN_INIT("no\r\n250 yes") } },
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9; "
		"close; ",
	  .answers = "O; r; " },
	{ .label = "hold",
	  .packet = { OFFER, CONNECT, MAIL, EOH, END },
	  .answer = { .quarantine = "why" },
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9; "
		"eoh; end; ended; close; ",
	  .answers = "O; c; c; m |||2X-Verdict||; i ||||X-Verdict| accept|; q why|; c; " },
	{ .label = "DATA and unknown commands where the MTA says them",
	  .packet = { OFFER, CONNECT, P('U', "NOOP\0"), P('T', "") },
	  .calls = "connect mx.example 192.0.2.1 8080; close; ",
	  .answers = "O; c; c; " },
	{ .label = "no address, a unix socket, IPv6",
	  .packet = { OFFER, P('C', "x\0U"), P('C', "x\0L\0\0/s\0"),
		P('C', "x\0" "6\0\1IPv6:2001:db8::1\0") },
	  .calls = "connect x  0; connect x  0; connect x 2001:db8::1 1; close; ",
	  .answers = "O; " },
	{ .label = "an MTA that wants its answers",
	  .packet = { P('O', "\0\0\0\2\0\0\0\x31\0\x18\0\x80"), CONNECT,
		P('H', "h\0") },
	  .calls = "connect mx.example 192.0.2.1 8080; helo h; close; ",
	  .answers = "O; c; c; " },
	{ .label = "what need not be answered",
	  .packet = { OFFER, CONNECT, MAIL, RCPT, EOH, END },
	  .silence = ENGINE_SILENT_MAIL | ENGINE_SILENT_RCPT | ENGINE_SILENT_EOH,
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9; "
		"rcpt <c@d.example>; eoh; end; ended; close; ",
	  .answers = "O; m |||2X-Verdict||; i ||||X-Verdict| accept|; c; " },
	{ .label = "RCPT has to be answered, MAIL has not",
	  .packet = { OFFER, CONNECT, MAIL, RCPT, EOH },
	  .silence = ENGINE_SILENT_MAIL | ENGINE_SILENT_EOH,
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9; "
		"rcpt <c@d.example>; eoh; close; ",
	  .answers = "O; c; " },
	{ .label = "an MTA that wants to hear what need not be answered",
	  .packet = { P('O', "\0\0\0\6\0\0\1\xff\0\x18\0\x80"), CONNECT, MAIL,
		RCPT, EOH },
	  .silence = ENGINE_SILENT_MAIL | ENGINE_SILENT_RCPT | ENGINE_SILENT_EOH,
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9; "
		"rcpt <c@d.example>; eoh; close; ",
	  .answers = "O; c; c; c; c; " },
	{ .label = "something must be answered now: another session needs its own",
	  .packet = { OFFER, CONNECT, P('K', "") }, .why = "",
	  .silence = ENGINE_SILENT_MAIL | ENGINE_SILENT_RCPT,
	  .later = ENGINE_SILENT_MAIL,
	  .calls = "connect mx.example 192.0.2.1 8080; close; ", .answers = "O; " },
	{ .label = "something must be answered now, and is agreed on at once",
	  .packet = { OFFER, CONNECT, P('K', ""), OFFER }, .whole = true,
	  .silence = ENGINE_SILENT_MAIL | ENGINE_SILENT_RCPT,
	  .later = ENGINE_SILENT_MAIL,
	  .calls = "connect mx.example 192.0.2.1 8080; close; ",
	  .answers = "O; O; " },
	{ .label = "something need not be answered any more: that can wait",
	  .packet = { OFFER, CONNECT, P('K', ""), CONNECT },
	  .silence = ENGINE_SILENT_MAIL,
	  .later = ENGINE_SILENT_MAIL | ENGINE_SILENT_RCPT,
	  .calls = "connect mx.example 192.0.2.1 8080; close; "
		"connect mx.example 192.0.2.1 8080; close; ", .answers = "O; " },
	{ .label = "an MTA that cannot leave out answers to fields",
	  .packet = { P('O', "\0\0\0\2\0\0\0\x3f\0\0\0\x7f") }, .calls = "",
	  .answers = "", .why = "milter_protocol = 6" },
	{ .label = "version 1", .calls = "", .answers = "",
	  .packet = { P('O', "\0\0\0\1\0\0\1\xff\0\x1f\xff\xff") },
	  .why = "milter_protocol = 6" },
	{ .label = "connect before anything is agreed on",
	  .packet = { CONNECT }, .calls = "", .answers = "", .why = "out of order" },
	{ .label = "HELO without a session",
	  .packet = { OFFER, P('H', "h\0") }, .calls = "", .answers = "O; ",
	  .why = "out of order" },
	{ .label = "RCPT before MAIL",
	  .packet = { OFFER, CONNECT, RCPT },
	  .calls = "connect mx.example 192.0.2.1 8080; close; ", .answers = "O; ",
	  .why = "out of order" },
	{ .label = "a body when the message is over",
	  .packet = { OFFER, CONNECT, MAIL, EOH, END, P('B', "x") },
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9; "
		"eoh; end; ended; close; ",
	  .answers = "O; c; c; m |||2X-Verdict||; i ||||X-Verdict| accept|; c; ",
	  .why = "out of order" },
	{ .label = "an end without the header's",
	  .packet = { OFFER, CONNECT, MAIL, RCPT, FIELD, END },
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9; "
		"rcpt <c@d.example>; Subject: x; close; ",
	  .answers = "O; c; c; ", .why = "out of order" },
	{ .label = "a body without the header's end",
	  .packet = { OFFER, CONNECT, MAIL, P('B', "x") },
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9; "
		"close; ", .answers = "O; c; ", .why = "out of order" },
	{ .label = "a field behind the header's end",
	  .packet = { OFFER, CONNECT, MAIL, EOH, FIELD },
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9; "
		"eoh; close; ", .answers = "O; c; c; ", .why = "out of order" },
	{ .label = "a header that ends twice",
	  .packet = { OFFER, CONNECT, MAIL, EOH, EOH },
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9; "
		"eoh; close; ", .answers = "O; c; c; ", .why = "out of order" },
	{ .label = "a recipient behind a field",
	  .packet = { OFFER, CONNECT, MAIL, FIELD, RCPT },
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9; "
		"Subject: x; close; ", .answers = "O; c; ", .why = "out of order" },
	{ .label = "MAIL again begins the order anew",
	  .packet = { OFFER, CONNECT, MAIL, EOH, MAIL, RCPT, EOH },
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9; "
		"eoh; mail <a@b.example> SIZE=9; rcpt <c@d.example>; eoh; close; ",
	  .answers = "O; c; c; c; c; c; " },
	{ .label = "a field without a value",
	  .packet = { OFFER, CONNECT, MAIL, P('L', "Subject\0") },
	  .calls = "connect mx.example 192.0.2.1 8080; mail <a@b.example> SIZE=9; "
		"close; ", .answers = "O; c; ", .why = "without a name or value" },
	{ .label = "a text without its end",
	  .packet = { OFFER, CONNECT, P('M', "<a@b.example>") },
	  .calls = "connect mx.example 192.0.2.1 8080; close; ", .answers = "O; ",
	  .why = "without an address" },
	{ .label = "a client without an address",
	  .packet = { OFFER, P('C', "x\0" "4\0\1x.example\0") }, .calls = "",
	  .answers = "O; ", .why = "without a client" },
	{ .label = "macros of an odd number",
	  .packet = { OFFER, P('D', "Cj\0") }, .calls = "", .answers = "O; ",
	  .why = "macros that are none" },
	{ .label = "a command that is none",
	  .packet = { OFFER, P('Z', "") }, .calls = "", .answers = "O; ",
	  .why = "a command that is none" },
	{ .label = "a packet that is too long",
	  .packet = { OFFER, CONNECT, P('H',
		"0123456789012345678901234567890123456789012345678901234567890123"
		"0123456789012345678901234567890123456789012345678901234567890123"
		"0") },
	  .calls = "connect mx.example 192.0.2.1 8080; close; ", .answers = "O; ",
	  .why = "too long" },
};
/* clang-format on */

static void
row_run(const struct row *row, size_t piece)
{
	struct buf octets, shown;
	struct dialogue d;
	enum dialogue_state state = DIALOGUE_GOES_ON;

	buf_init(&octets, 65536);
	buf_init(&shown, 65536);
	buf_clear(&calls);
	end_waits = row->waits;
	silence = row->silence;
	silence_later = row->later;
	next_answer = row->answer;
	put_packets(&octets, row->packet);
	dialogue_init(&d, &handlers, &ops, 128);
	for (size_t i = 0; i < octets.n && state == DIALOGUE_GOES_ON;
	     i += piece) {
		state = dialogue_feed(
		    &d, span_slice(buf_span(&octets), i, i + piece));
		while (state == DIALOGUE_WAITS) {
			assert_int_equal(d.again_ms, 77);
			state = dialogue_resume(&d);
		}
	}
	if (row->why == NULL
		? state != DIALOGUE_GOES_ON || d.why != NULL
		: state != DIALOGUE_OVER ||
		      strstr(d.why == NULL ? "" : d.why, row->why) == NULL)
		table_fail(row->label, "in pieces of %zu: ended by %s", piece,
		    d.why == NULL ? "nothing" : d.why);
	show_answers(buf_span(&d.out), &shown);
	(void)buf_addc(&shown, '\0');
	table_text(row->label, "answers", shown.p, row->answers);
	dialogue_clear(&d);
	(void)buf_addc(&calls, '\0');
	table_text(row->label, "calls", calls.p, row->calls);
	buf_free(&octets);
	buf_free(&shown);
}

static void
dialogue_test(void **state)
{
	(void)state;
	buf_init(&calls, 65536);
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		if (!table_wants(rows[i].label))
			continue;
		row_run(&rows[i], SIZE_MAX / 2);
		if (rows[i].whole)
			continue;
		row_run(&rows[i], 1);
		row_run(&rows[i], 7);
	}
	buf_free(&calls);
	table_end();
}

/* What the MTA is asked for at the end of what is agreed on. */
static void
macros_test(void **state)
{
	static const struct packet offer[] = { OFFER, { 0 } };
	struct dialogue d;
	struct buf octets;
	struct span out;

	(void)state;
	buf_init(&octets, 4096);
	put_packets(&octets, offer);
	dialogue_init(&d, &handlers, &ops, 128);
	assert_int_equal(
	    dialogue_feed(&d, buf_span(&octets)), DIALOGUE_GOES_ON);
	out = buf_span(&d.out);
	assert_memory_equal(out.p + 4, "O\0\0\0\6\0\0\1\x31\0\x18\x3b\x80", 13);
	assert_true(span_search(out, SPAN("\0\0\0\0j {daemon_name}")) == 17);
	assert_true(
	    span_search(out, SPAN("\0\0\0\5i\0\0\0\0\6i\0")) != SIZE_MAX);
	dialogue_clear(&d);
	buf_free(&octets);
}

/* As many macros as there may be, and as long ones, and then one more. */
static void
macro_bounds_test(void **state)
{
	static const struct {
		const char *label;
		size_t count, size; /* macros, and octets of each value */
		bool fits;
	} row[] = {
		{ "as many as there may be", PACKET_MACROS_MAX, 0, true },
		{ "too many", PACKET_MACROS_MAX + 1, 0, false },
		{ "a long one", 1, 65000, true },
		{ "too long a one", 1, 66000, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		enum dialogue_state want =
		    row[i].fits ? DIALOGUE_GOES_ON : DIALOGUE_OVER;
		struct buf data, octets;
		struct dialogue d;

		buf_init(&data, 100000);
		buf_init(&octets, 100000);
		(void)buf_addc(&data, 'C');
		for (size_t k = 0; k < row[i].count; k++) {
			(void)buf_addz(&data, "i");
			for (size_t n = 0; n <= row[i].size; n++)
				(void)buf_addc(&data, n == 0 ? '\0' : 'x');
			(void)buf_addc(&data, '\0');
		}
		packet_put(&octets, 'D', buf_span(&data));
		dialogue_init(&d, &handlers, &ops, 100000);
		table_number(row[i].label, "state",
		    dialogue_feed(&d, buf_span(&octets)), want);
		dialogue_clear(&d);
		buf_free(&data);
		buf_free(&octets);
	}
	table_end();
}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialogue_test),
		cmocka_unit_test(macros_test),
		cmocka_unit_test(macro_bounds_test),
	};

	if (argc == 3 && strcmp(argv[1], "-k") == 0)
		table_filter = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? 0 : 1;
}
