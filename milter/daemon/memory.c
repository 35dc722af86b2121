/*
 * The allocator: how much it keeps, and when it gives back.
 */
#include "config.h"

#include "milter/daemon/memory.h"

#include <stddef.h>
#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

/* What is free and stays: that of the messages that come next. */
#define MEMORY_RESERVE ((size_t)16 << 20)

/*
 * Each message takes and gives back the same few hundred kilobytes. Left to
 * itself the allocator returns them to the system every time and is given
 * zeroed pages again for the next, which costs a twentieth of all CPU; and it
 * makes eight arenas a processor, each with such a reserve of its own. A message
 * of 2 MB ends with some 5 MB free: below that it would be the same for each
 * of those.
 */
void
memory_settle(void)
{
#ifdef M_ARENA_MAX
	(void)mallopt(M_ARENA_MAX, 4);
	(void)mallopt(M_MMAP_THRESHOLD, 4 << 20);
	(void)mallopt(M_TRIM_THRESHOLD, 8 << 20);
	(void)mallopt(M_TOP_PAD, 256 << 10);
#endif
}

/* The pages between what is in use as well, which the allocator would keep for
 * as long as anything behind them is. */
void
memory_give_back(bool all)
{
	(void)all;
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
	struct mallinfo2 info = mallinfo2();

	if (all)
		(void)malloc_trim(0);
	else if (info.fordblks > MEMORY_RESERVE)
		(void)malloc_trim(MEMORY_RESERVE / 2);
#endif
}
