/*
 * Mailboxes, as `verdict test` cuts them: the messages stand in the file in
 * their order, and nothing is longer than it was.
 */
#include "config.h"

#include "tests/fuzz/tool_kit.c"

#include "tool/corpus.h"

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
	const struct corpus_file file = { "mailbox", size };
	struct seen seen = { 0 };

	tool_input = span_make((const char *)data, size);
	INVARIANT(corpus_each(&file, see, &seen));
	INVARIANT(seen.count > 0);
	INVARIANT(seen.octets <= size + seen.count);
	return 0;
}
