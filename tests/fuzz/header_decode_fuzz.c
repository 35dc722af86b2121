/*
 * Encoded words, what people see of them, and the parameters of MIME fields.
 */
#include "config.h"

#include "rules/base/panic.h"
#include "rules/base/utf8.h"
#include "rules/content/filename.h"
#include "rules/mime/mime_param.h"
#include "rules/text/decode.h"
#include "rules/text/shown.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_make((const char *)data, size), text;
	struct arena *a = arena_new();
	struct mime_params p = { 0 };
	struct filename f;

	text = mime_decode_text(in, a);
	INVARIANT(utf8_valid(text));
	INVARIANT(text.n <= 3 * in.n + 8);
	INVARIANT(span_find(text, '\0') == SIZE_MAX);
	INVARIANT(span_find(text, '\r') == SIZE_MAX);
	INVARIANT(span_find(text, '\n') == SIZE_MAX);
	text = shown_text(text, a);
	INVARIANT(utf8_valid(text));
	INVARIANT(text.n <= 11 * (3 * in.n + 8));
	filename_read(text, a, &f);
	INVARIANT(utf8_valid(f.clean));
	mime_params_add(&p, in, a);
	INVARIANT(p.count <= MIME_PARAM_MAX + 300);
	arena_free(&a);
	return 0;
}
