#ifndef POLICY_JUDGE_SESSIONS_H
#define POLICY_JUDGE_SESSIONS_H

/*
 * All sessions of a process, so that those that only stand there do not keep
 * a snapshot which has been replaced: with large lists it takes hundreds of
 * megabytes, and a client that says nothing may stay for hours. A session
 * between messages lets go of it, and begins with the current one when the
 * client goes on; connect and HELO are then told again, and answers of DNS are
 * in the cache. A message under way keeps the one it began with.
 */

struct sessions;

struct sessions *sessions_new(void);
/* No session is left; NULL inside is fine. */
void sessions_free(struct sessions **s);
/*
 * The snapshot has been replaced. Any thread; waits for sessions that are just
 * beginning a message, and for no message.
 */
void sessions_refresh(struct sessions *s);

#endif
