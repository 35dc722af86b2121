/*
 * A turn of one connection: reads what is there, lets the dialogue go on,
 * writes all that it has said in one piece, and arms or parks the link.
 *
 * Rejected: a thread that reads for all connections and hands what is judged
 * to others. Every command would cost two more wake-ups; here whoever wakes
 * for a command carries it out.
 */
#include "config.h"

#include "milter/engine/native_link.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "milter/daemon/log.h"
#include "policy/base/clock.h"
#include "policy/base/crowd.h"
#include "rules/base/panic.h"

/* Pieces read in one turn: then the others come first. */
#define PIECES_A_TURN 16

/*
 * Who has a link. Answers come at any time and from any thread; only one that
 * finds the link parked makes it go on, for all else is a turn's.
 */
enum { LINK_IDLE, LINK_BUSY, LINK_PARKED, LINK_TOLD };

static int64_t
now_ms(void)
{
	return clock_system.monotonic_ms(clock_system.ctx);
}

/*
 * Gives the link back to the loop, in that state, which is set behind the last
 * look at the link: as soon as it is armed another thread may end it.
 */
static void
link_arm(struct native_link *l, uint32_t events, int state)
{
	struct epoll_event e = { .events = events | EPOLLONESHOT,
		.data.ptr = &l->source };
	int epoll = l->all->epoll, fd = l->fd;

	(void)atomic_exchange(&l->state, state);
	(void)epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &e);
}

static void
link_tell(struct engine_link *link)
{
	struct native_link *l = (struct native_link *)link;

	/* A socket that can be written to is an event at once. */
	if (atomic_exchange(&l->state, LINK_TOLD) == LINK_PARKED)
		link_arm(l, EPOLLIN | EPOLLOUT, LINK_TOLD);
}

static const struct engine_link_ops link_ops = { dialogue_macro, link_tell };

/* ---- beginning and end --------------------------------------------------- */

static void
link_free(struct native_link *l)
{
	struct native_links *all = l->all;

	if (l->dialogue.why != NULL)
		log_write(LOG_LEVEL_ERROR,
		    "a connection of the MTA is ended: %s", l->dialogue.why);
	(void)pthread_mutex_lock(&all->lock);
	if (l->before != NULL)
		l->before->next = l->next;
	else
		all->first = l->next;
	if (l->next != NULL)
		l->next->before = l->before;
	(void)pthread_mutex_unlock(&all->lock);
	dialogue_clear(&l->dialogue);
	(void)close(l->fd);
	free(l);
	(void)atomic_fetch_sub(&all->count, 1);
}

void
native_link_new(struct native_links *all, int fd)
{
	struct native_link *l = xcalloc(1, sizeof(*l));
	struct epoll_event e = { .events = EPOLLIN | EPOLLONESHOT,
		.data.ptr = &l->source };
	int error = 0;

	dialogue_init(&l->dialogue, all->handlers, &link_ops, all->packet_max);
	l->source = NATIVE_LINK;
	l->all = all;
	l->fd = fd;
	atomic_store(&l->due_ms, INT64_MAX);
	atomic_store(&l->active_ms, now_ms());
	(void)atomic_fetch_add(&all->count, 1);
	(void)pthread_mutex_lock(&all->lock);
	l->next = all->first;
	if (l->next != NULL)
		l->next->before = l;
	all->first = l;
	/* Under the lock: from here on another thread may have its turn, and
	 * end it. */
	if (epoll_ctl(all->epoll, EPOLL_CTL_ADD, fd, &e) != 0)
		error = errno;
	(void)pthread_mutex_unlock(&all->lock);
	if (error == 0)
		return;
	log_write(LOG_LEVEL_ERROR, "a connection cannot be watched: %s",
	    strerror(error));
	link_free(l);
}

/* ---- a turn -------------------------------------------------------------- */

/* As much as the socket takes; false when the MTA is gone. */
static bool
link_write(struct native_link *l)
{
	struct buf *out = &l->dialogue.out;
	size_t done = 0;
	ssize_t n;

	while (done < out->n) {
		n = send(l->fd, out->p + done, out->n - done, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
			return false;
		if (n < 0)
			break;
		done += (size_t)n;
	}
	out->n -= done;
	if (out->n == 0)
		buf_free(out);
	else
		memmove(out->p, out->p + done, out->n);
	return true;
}

/*
 * Parks the link until it is told or due. False when it has been told in the
 * meantime; after true it is another turn's.
 */
static bool
link_park(struct native_link *l)
{
	struct native_links *all = l->all;
	int64_t due_ms = l->dialogue.again_ms;
	int busy = LINK_BUSY;

	atomic_store(&l->due_ms, due_ms);
	(void)pthread_mutex_lock(&all->lock);
	all->sooner(all, due_ms);
	(void)pthread_mutex_unlock(&all->lock);
	if (atomic_compare_exchange_strong(&l->state, &busy, LINK_PARKED))
		return true;
	atomic_store(&l->state, LINK_BUSY);
	return false;
}

/* Goes on where a message's end waits and can; WAITS: it is parked. */
static enum dialogue_state
link_settle(struct native_link *l, enum dialogue_state state)
{
	while (state == DIALOGUE_WAITS) {
		/* What stood before the end is the MTA's now. */
		if (!link_write(l))
			l->dialogue.why = NULL;
		if (link_park(l))
			return state;
		state = dialogue_resume(&l->dialogue);
	}
	return state;
}

static enum dialogue_state
link_read(struct native_link *l, char *piece)
{
	enum dialogue_state state = DIALOGUE_GOES_ON;

	for (unsigned i = 0; i < PIECES_A_TURN && state == DIALOGUE_GOES_ON;
	     i++) {
		ssize_t n = recv(l->fd, piece, DIALOGUE_PIECE_MAX, 0);

		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return DIALOGUE_OVER;
		state = link_settle(l,
		    dialogue_feed(&l->dialogue, span_make(piece, (size_t)n)));
		if (state == DIALOGUE_WAITS)
			return state;
		/* Who does not take his answers is not read from. */
		if (n < DIALOGUE_PIECE_MAX || l->dialogue.out.n > 0)
			break;
	}
	return state;
}

/* Whether anything is to be read: nobody is who has not taken his answers. */
static enum dialogue_state
link_go_on(struct native_link *l, char *piece)
{
	if (l->dialogue.waits)
		return link_settle(l, dialogue_resume(&l->dialogue));
	if (l->dialogue.out.n > 0)
		return link_write(l) ? DIALOGUE_GOES_ON : DIALOGUE_OVER;
	return link_read(l, piece);
}

void
native_link_turn(struct native_link *l, char *piece)
{
	enum dialogue_state state;
	bool taken;

	(void)atomic_exchange(&l->state, LINK_BUSY);
	atomic_store(&l->in_message, true);
	atomic_store(&l->due_ms, INT64_MAX);
	atomic_store(&l->active_ms, now_ms());
	state = link_go_on(l, piece);
	if (state == DIALOGUE_WAITS)
		return;
	taken = link_write(l);
	if (state == DIALOGUE_OVER || !taken ||
	    (atomic_load(&l->all->stopping) && !l->dialogue.in_message)) {
		link_free(l);
		return;
	}
	atomic_store(&l->in_message, l->dialogue.in_message);
	atomic_store(&l->group, l->dialogue.group);
	link_arm(l, l->dialogue.out.n > 0 ? EPOLLOUT : EPOLLIN, LINK_IDLE);
}

/* ---- all of them --------------------------------------------------------- */

int64_t
native_links_due(struct native_links *all, int64_t now)
{
	int64_t next = INT64_MAX, due;

	for (struct native_link *l = all->first; l != NULL; l = l->next) {
		due = atomic_load(&l->due_ms);
		if (due <= now) {
			atomic_store(&l->due_ms, INT64_MAX);
			link_tell(&l->dialogue.link);
		} else if (due < next) {
			next = due;
		}
	}
	return next;
}

/* What such a one says after that is lost, as it would be in the socket of a
 * process that has ended; the MTA then asks another time. */
void
native_links_stop(struct native_links *all)
{
	(void)pthread_mutex_lock(&all->lock);
	for (const struct native_link *l = all->first; l != NULL; l = l->next)
		if (!atomic_load(&l->in_message))
			(void)shutdown(l->fd, SHUT_RDWR);
	(void)pthread_mutex_unlock(&all->lock);
}

/* Its own turn then finds that the MTA is gone. One that is parked is due
 * soon enough. */
void
native_links_drop(struct native_links *all, int64_t silent_since_ms)
{
	(void)pthread_mutex_lock(&all->lock);
	for (const struct native_link *l = all->first; l != NULL; l = l->next)
		if (atomic_load(&l->active_ms) < silent_since_ms)
			(void)shutdown(l->fd, SHUT_RDWR);
	(void)pthread_mutex_unlock(&all->lock);
}

/* Whose turn it is to go rather than than's. */
static bool
link_rather(const struct native_link *l, const struct native_link *than)
{
	bool busy = atomic_load(&l->in_message);

	if (than == NULL || busy != atomic_load(&than->in_message))
		return than == NULL || !busy;
	return atomic_load(&l->active_ms) < atomic_load(&than->active_ms);
}

/* Under the lock. 0: nobody has too many. */
static uint16_t
links_greediest(const struct native_links *all)
{
	struct crowd of = { { 0 } };
	uint16_t most = 0;
	size_t count = 0;

	for (const struct native_link *l = all->first; l != NULL; l = l->next) {
		uint16_t group = (uint16_t)atomic_load(&l->group);

		crowd_add(&of, group, 1);
		count++;
		if (group != 0 && (most == 0 || of.of[group] > of.of[most]))
			most = group;
	}
	return crowd_greedy(&of, most, count) ? most : 0;
}

void
native_links_shed(struct native_links *all)
{
	const struct native_link *found = NULL;
	uint16_t group;

	(void)pthread_mutex_lock(&all->lock);
	group = links_greediest(all);
	for (const struct native_link *l = all->first; l != NULL && group != 0;
	     l = l->next)
		if (atomic_load(&l->group) == group && link_rather(l, found))
			found = l;
	if (found != NULL)
		(void)shutdown(found->fd, SHUT_RDWR);
	(void)pthread_mutex_unlock(&all->lock);
}
