/* Who has a connection, and when it goes on. */
#include "config.h"

#include "milter/engine/native_link.h"
#include "tests/kit/table.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "milter/engine/packet.h"

#define DUE_MS 5000

/* ---- handlers whose end waits --------------------------------------------- */

static unsigned end_waits; /* so often an end is not there yet */
static bool told_early;    /* an answer comes while that is found out */
static int64_t sooner_ms;

static void
on_connect(struct engine_link *link, struct span hostname, struct ip client,
    uint16_t port)
{
	(void)hostname;
	(void)client;
	(void)port;
	link->session = link;
}

static void
on_mail(struct engine_link *link, const struct engine_arguments *arguments,
    struct engine_answer *out)
{
	(void)link;
	(void)arguments;
	(void)out;
}

static void
on_eoh(struct engine_link *link, struct engine_answer *out)
{
	(void)link;
	(void)out;
}

static bool
on_end(struct engine_link *link, struct engine_answer *out, int64_t *again_ms)
{
	(void)out;
	if (end_waits == 0)
		return true;
	end_waits--;
	*again_ms = DUE_MS;
	if (told_early)
		link->ops->tell(link);
	return false;
}

static void
on_over(struct engine_link *link)
{
	(void)link;
}

static unsigned
on_silence(void)
{
	return 0;
}

static const struct engine_handlers handlers = {
	.silence = on_silence,
	.connect = on_connect,
	.mail = on_mail,
	.eoh = on_eoh,
	.end_begin = on_end,
	.end_again = on_end,
	.ended = on_over,
	.abort = on_over,
	.close = on_over,
};

static void
on_sooner(struct native_links *all, int64_t due_ms)
{
	/* Behind the lock: nobody looks for who is due meanwhile. */
	assert_int_equal(pthread_mutex_trylock(&all->lock), EBUSY);
	sooner_ms = due_ms;
}

/* ---- the loop, one event at a time ---------------------------------------- */

static struct native_links all = { .handlers = &handlers,
	.packet_max = 128,
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.sooner = on_sooner };

/* False: nobody's turn has come. */
static bool
turn(void)
{
	static char piece[DIALOGUE_PIECE_MAX];
	struct epoll_event e;

	if (epoll_wait(all.epoll, &e, 1, 0) != 1)
		return false;
	native_link_turn(
	    (struct native_link *)((char *)e.data.ptr -
				   offsetof(struct native_link, source)),
	    piece);
	return true;
}

static int64_t
due(int64_t now_ms)
{
	int64_t next;

	(void)pthread_mutex_lock(&all.lock);
	next = native_links_due(&all, now_ms);
	(void)pthread_mutex_unlock(&all.lock);
	return next;
}

static void
say(int fd, char command, struct span data)
{
	struct buf b;

	buf_init(&b, 4096);
	packet_put(&b, command, data);
	assert_int_equal(send(fd, b.p, b.n, 0), b.n);
	buf_free(&b);
}

/* The commands of all answers that have come. */
static void
hear(int fd, const char *label, const char *want)
{
	char octets[4096], got[32] = "";
	ssize_t n = recv(fd, octets, sizeof(octets), MSG_DONTWAIT);
	struct span rest = span_make(octets, n < 0 ? 0 : (size_t)n);
	struct packet p;
	size_t used, count = 0;

	while (count + 1 < sizeof(got) &&
	       packet_next(rest, sizeof(octets), &p, &used) == PACKET_WHOLE) {
		got[count++] = p.command;
		rest = span_slice(rest, used, rest.n);
	}
	table_text(label, "answers", got, want);
}

/* A connection whose message's end has been said. */
static int
message(unsigned waits, bool early)
{
	int fd[2];

	end_waits = waits;
	told_early = early;
	sooner_ms = 0;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0);
	native_link_new(&all, fd[1]);
	say(fd[0], 'O', SPAN("\0\0\0\6\0\0\1\xff\0\x1f\xff\xff"));
	say(fd[0], 'C', SPAN("x\0U"));
	say(fd[0], 'M', SPAN("<>\0"));
	say(fd[0], 'N', SPAN(""));
	say(fd[0], 'E', SPAN(""));
	assert_true(turn());
	return fd[0];
}

/* ---- tests ---------------------------------------------------------------- */

static void
park_test(void **state)
{
	int fd = message(1, false);

	(void)state;
	hear(fd, "what stood before the end", "Occ");
	assert_int_equal(sooner_ms, DUE_MS);
	/* Whatever the MTA says now is read when its answer is there. */
	say(fd, 'A', SPAN(""));
	say(fd, 'M', SPAN("<>\0"));
	assert_false(turn());
	assert_int_equal(due(DUE_MS - 1), DUE_MS);
	assert_false(turn());
	assert_int_equal(due(DUE_MS), INT64_MAX);
	assert_int_equal(due(DUE_MS), INT64_MAX);
	assert_true(turn());
	hear(fd, "once it is due", "c");
	assert_true(turn());
	hear(fd, "what was said meanwhile", "c");
	assert_false(turn());
	(void)close(fd);
	assert_true(turn());
	assert_int_equal(atomic_load(&all.count), 0);
	table_end();
}

static void
early_test(void **state)
{
	int fd = message(3, true);

	(void)state;
	hear(fd, "told before it was parked", "Occc");
	assert_int_equal(end_waits, 0);
	assert_int_equal(due(DUE_MS), INT64_MAX);
	(void)close(fd);
	assert_true(turn());
	assert_int_equal(atomic_load(&all.count), 0);
	table_end();
}

static void
gone_test(void **state)
{
	int fd = message(1, false);

	(void)state;
	/* An MTA that hangs up while its message waits is found when it is
	 * due, and costs nothing before. */
	(void)close(fd);
	assert_false(turn());
	(void)due(DUE_MS);
	assert_true(turn());
	assert_int_equal(atomic_load(&all.count), 0);
}

static void
unwatched_test(void **state)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	/* A file is nothing that epoll watches. */
	native_link_new(&all, fd);
	assert_int_equal(atomic_load(&all.count), 0);
	assert_null(all.first);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static int
group_begin(void **state)
{
	(void)state;
	all.epoll = epoll_create1(EPOLL_CLOEXEC);
	return all.epoll < 0;
}

static int
group_end(void **state)
{
	(void)state;
	return close(all.epoll);
}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(park_test),
		cmocka_unit_test(early_test),
		cmocka_unit_test(gone_test),
		cmocka_unit_test(unwatched_test),
	};

	if (argc == 3 && strcmp(argv[1], "-k") == 0)
		table_filter = argv[2];
	return cmocka_run_group_tests(tests, group_begin, group_end) == 0 ? 0
									  : 1;
}
