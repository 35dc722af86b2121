/*
 * Pictures of any pixels: the look for codes stays inside of them, and tells
 * modules that fit.
 */
#include "config.h"

#include "reader/finder.h"
#include "rules/base/panic.h"
#include "rules/base/span.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct finder seen;
	size_t width, height;

	if (size < 2)
		return 0;
	width = (size_t)data[0] + 1;
	height = (size - 1) / width;
	if (height == 0)
		return 0;
	finder_look(data + 1, width, height, &seen);
	INVARIANT(seen.dark || seen.light || seen.module == 0);
	INVARIANT(seen.module <= width && seen.module <= height);
	return 0;
}
