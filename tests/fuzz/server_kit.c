/*
 * A server that says what the input says, to whoever connects: for clients
 * that read what a peer answers. It does not wait for their questions, hears
 * them to the end and hangs up. A target is one file: they include this one.
 */
#include "config.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rules/base/panic.h"
#include "rules/base/span.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is said next: set before the client connects. */
static struct span server_says;
/* Posted when a client has been heard to its end: wait for it before the
 * input goes away. */
static sem_t server_done;

static void
server_talk(int fd)
{
	struct span rest = server_says;
	char heard[4096];

	while (rest.n > 0) {
		ssize_t put = send(fd, rest.p, rest.n, MSG_NOSIGNAL);

		if (put <= 0)
			break;
		rest = span_slice(rest, (size_t)put, rest.n);
	}
	(void)shutdown(fd, SHUT_WR);
	while (recv(fd, heard, sizeof(heard), 0) > 0)
		continue;
}

static void *
server_run(void *ctx)
{
	int listener = *(int *)ctx;

	for (;;) {
		int fd = accept(listener, NULL, NULL);

		INVARIANT(fd >= 0);
		server_talk(fd);
		(void)close(fd);
		INVARIANT(sem_post(&server_done) == 0);
	}
}

static void
server_start(const struct sockaddr *address, socklen_t size, int *listener)
{
	pthread_t thread;

	*listener = socket(address->sa_family, SOCK_STREAM, 0);
	INVARIANT(*listener >= 0);
	INVARIANT(sem_init(&server_done, 0, 0) == 0);
	INVARIANT(bind(*listener, address, size) == 0);
	INVARIANT(listen(*listener, 16) == 0);
	INVARIANT(pthread_create(&thread, NULL, server_run, listener) == 0);
	(void)pthread_detach(thread);
}

static void
server_wait(void)
{
	while (sem_wait(&server_done) != 0)
		continue;
}
