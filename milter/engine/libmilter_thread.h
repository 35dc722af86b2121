#ifndef MILTER_ENGINE_LIBMILTER_THREAD_H
#define MILTER_ENGINE_LIBMILTER_THREAD_H

#include <stdbool.h>

/*
 * From here on a thread that libmilter cannot have now is started later (see
 * libmilter_thread.c). Before libmilter runs, once; false: there is no thread
 * for that, and all stays as libmilter does it.
 */
bool libmilter_threads_begin(void);

#endif
