#include "config.h"

#include "tests/kit/reading_kit.h"

static void
reading_add(struct buf *out, struct span what)
{
	if (out->n > 0)
		(void)buf_addc(out, '|');
	(void)buf_add(out, what);
}

static void
reading_link(void *ctx, enum document_kind kind, struct span url)
{
	(void)kind;
	reading_add(&((struct reading *)ctx)->links, url);
}

static void
reading_image(void *ctx, struct span octets)
{
	(void)octets;
	reading_add(&((struct reading *)ctx)->files, SPAN("picture"));
}

static void
reading_file(void *ctx, struct span name, struct span octets, bool cut)
{
	struct reading *r = ctx;

	reading_add(&r->files, name);
	(void)buf_printf(
	    &r->files, "=%.*s%s", SPAN_FMT(octets), cut ? "+" : "");
}

void
reading_begin(struct reading *r, size_t budget)
{
	*r = (struct reading){ .d = { .arena = arena_new(),
				   .budget = budget,
				   .link = reading_link,
				   .ctx = r,
				   .text = &r->text } };
	buf_init(&r->links, 100000);
	buf_init(&r->text, 10000);
	buf_init(&r->files, 10000);
}

void
reading_end(struct reading *r)
{
	buf_free(&r->links);
	buf_free(&r->text);
	buf_free(&r->files);
	arena_free(&r->d.arena);
}

void
reading_keep_files(struct reading *r)
{
	r->d.image = reading_image;
	r->d.file = reading_file;
}

const char *
reading_text(struct reading *r, const struct buf *b)
{
	return arena_strdup(r->d.arena, buf_span(b));
}
