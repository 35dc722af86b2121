/*
 * One URL, and the URLs of a text.
 */
#include "config.h"

#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/html/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_make((const char *)data, size), text;
	struct arena *a = arena_new();
	struct link_set set;
	struct link l;
	struct ip ip;

	text = utf8_clean(in, a);
	if (link_parse(text, a, &l)) {
		INVARIANT(utf8_valid(l.host));
		INVARIANT((l.flags & LINK_IP) == 0 || ip_parse(l.host, &ip));
	}
	link_set_init(&set, 20, a);
	link_set_find(&set, text);
	link_set_add(&set, LINK_ANCHOR, text, text, text);
	INVARIANT(set.count <= 20);
	for (size_t i = 0; i < set.count; i++)
		INVARIANT(utf8_valid(set.link[i].url));
	arena_free(&a);
	return 0;
}
