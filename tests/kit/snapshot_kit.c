/* A snapshot that is to be right. */
#include "config.h"

#include "tests/kit/snapshot_kit.h"

#include "rules/base/buf.h"
#include "rules/source/diag.h"
#include "tests/kit/table.h"

struct snapshot *
snapshot_kit(const struct snapshot_source *source, struct arena *a)
{
	struct snapshot *s;
	struct diags diags;
	struct buf text;

	diags_init(&diags, a);
	s = snapshot_load(source, &diags);
	if (s == NULL) {
		buf_init(&text, 65536);
		diags_print(&diags, &text, false);
		fail_msg("%.*s", SPAN_FMT(buf_span(&text)));
	}
	return s;
}
