/*
 * Mailboxes, as `verdict test` cuts them: the messages stand in the file in
 * their order, and nothing is longer than it was.
 */
#include "config.h"

#include "tests/fuzz/tool_kit.c"

#include <sys/mman.h>
#include <unistd.h>

#include "tool/judge/corpus.h"

struct seen {
	size_t count, octets;
};

static void
see(void *ctx, const char *name, struct span message)
{
	struct seen *seen = ctx;

	INVARIANT(name[0] != '\0');
	seen->count++;
	seen->octets += message.n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[40];
	static int fd = -1;
	const struct corpus_file file = { path, size };
	struct seen seen = { 0 };

	if (fd < 0) {
		fd = memfd_create("mailbox", 0);
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	INVARIANT(ftruncate(fd, 0) == 0);
	INVARIANT(pwrite(fd, data, size, 0) == (ssize_t)size);
	INVARIANT(corpus_each(&file, see, &seen));
	INVARIANT(seen.count > 0);
	INVARIANT(seen.octets <= size + seen.count);
	return 0;
}
