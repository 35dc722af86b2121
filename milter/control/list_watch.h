#ifndef MILTER_CONTROL_LIST_WATCH_H
#define MILTER_CONTROL_LIST_WATCH_H

/*
 * A thread that looks at the list files every `lists.watch` and reloads when
 * one has changed. Rules and configuration go live by an order only: when they
 * have changed, too, nothing is reloaded and the log says so.
 */
void watch_start(void);

#endif
