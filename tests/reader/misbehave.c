/*
 * In the helper's place one that does what a hostile document might make it
 * do; the document names it. What it can say of it, it says.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reader/extract.h"
#include "rules/base/buf.h"
#include "rules/document/document_answer.h"

static int answer_fd;

static void
say(const char *what)
{
	struct buf out;

	buf_init(&out, 1000);
	(void)answer_add_text(&out, span_of(what));
	(void)!write(answer_fd, out.p, out.n);
	buf_free(&out);
}

static void
say_end(void)
{
	struct buf out;

	buf_init(&out, 1000);
	(void)answer_add_end(&out, 0, 0, 0);
	(void)!write(answer_fd, out.p, out.n);
	buf_free(&out);
}

static void
say_if(bool it, const char *what)
{
	char text[100];

	(void)snprintf(text, sizeof(text), "%s %s", it ? "got a" : "no", what);
	say(text);
}

static void
do_open(void)
{
	say_if(open("/etc/passwd", O_RDONLY) >= 0, "file");
}

static void
do_make(void)
{
	say_if(unlink("/tmp/verdict-reader-nothing") == 0 || errno == ENOENT,
	    "name");
}

static void
do_socket(void)
{
	say_if(socket(AF_INET, SOCK_STREAM, 0) >= 0, "socket");
}

static void
do_fork(void)
{
	say_if(fork() >= 0, "process");
}

static void *
thread_run(void *nothing)
{
	return nothing;
}

static void
do_thread(void)
{
	pthread_t thread;

	say_if(pthread_create(&thread, NULL, thread_run, NULL) == 0, "thread");
}

static void
do_exec(void)
{
	(void)execl("/bin/true", "true", (char *)NULL);
	say("no program");
}

static void
do_kill(void)
{
	say_if(kill(getppid(), 0) == 0, "signal");
}

static void
do_memory(void)
{
	say_if(mmap(NULL, (size_t)2 << 30, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED,
	    "memory");
}

static void
do_execute(void)
{
	say_if(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED,
	    "page to run");
}

/* What whoever started it had open. */
static void
do_descriptors(void)
{
	char text[40];
	int n = 0;

	for (int fd = 0; fd < 1000; fd++)
		n += lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF;
	(void)snprintf(text, sizeof(text), "%d descriptors", n);
	say(text);
}

static void
do_spin(void)
{
	for (volatile unsigned i = 0;; i++)
		continue;
}

static void
do_wait(void)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	(void)pthread_mutex_lock(&lock);
	(void)pthread_mutex_lock(&lock);
}

static void
do_write(void)
{
	for (;;)
		say("more and more and more and more and more and more");
}

static void
do_crash(void)
{
	say("so far");
	abort();
}

static void
do_exit(void)
{
	_exit(0);
}

static void
do_lie(void)
{
	say("so far");
	(void)!write(answer_fd, "l\xff\xff\xff\xff", 5);
}

/* Whoever reads its answer must not be kept busy by that. */
static void
do_shut(void)
{
	(void)close(answer_fd);
	do_wait();
}

static void
do_nothing(void)
{
}

static const struct deed {
	const char *name;
	void (*run)(void);
} deeds[] = {
	{ "open", do_open },
	{ "make", do_make },
	{ "socket", do_socket },
	{ "fork", do_fork },
	{ "thread", do_thread },
	{ "exec", do_exec },
	{ "kill", do_kill },
	{ "memory", do_memory },
	{ "execute", do_execute },
	{ "descriptors", do_descriptors },
	{ "spin", do_spin },
	{ "wait", do_wait },
	{ "write", do_write },
	{ "crash", do_crash },
	{ "exit", do_exit },
	{ "lie", do_lie },
	{ "shut", do_shut },
	{ "nothing", do_nothing },
};

void
extract_begin(void)
{
}

const char *
extract_words(void)
{
	return "nothing";
}

void
extract(enum document_kind kind, struct span octets, int answer)
{
	(void)kind;
	answer_fd = answer;
	for (size_t i = 0; i < ARRAY_COUNT(deeds); i++)
		if (span_is(octets, deeds[i].name))
			deeds[i].run();
	say_end();
}
