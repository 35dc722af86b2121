/*
 * From a snapshot to what explains and repeats its decisions later.
 */
#include "config.h"

#include "policy/journal/journal_snapshot.h"

#include "rules/base/jsonw.h"

/* Whether a line of verdict.conf holds what nobody else should read. */
static bool
journal_snapshot_secret(struct span line)
{
	return span_case_search(line, SPAN("password")) != SIZE_MAX ||
	       span_case_search(line, SPAN("secret")) != SIZE_MAX ||
	       span_search(line, SPAN("://")) != SIZE_MAX;
}

static void
journal_snapshot_config(struct span config, struct jsonw *w)
{
	struct buf text;
	struct span line;

	if (config.p == NULL)
		return;
	buf_init(&text, config.n + 1);
	while (span_cut(&config, '\n', &line)) {
		if (!journal_snapshot_secret(line))
			(void)buf_add(&text, line);
		(void)buf_addc(&text, '\n');
	}
	jsonw_text(w, "config", buf_span(&text));
	buf_free(&text);
}

/* The facts of those checks that somebody asks. */
static void
journal_snapshot_gathered(const struct snapshot *s, struct jsonw *w)
{
	const struct check_table *checks = s->checks;

	jsonw_array(w, "facts");
	for (size_t i = 0; i < checks->count; i++)
		for (size_t k = 0;
		     s->wanted[i] && k < checks->check[i]->fact_count; k++)
			jsonw_textz(w, NULL, checks->check[i]->facts[k].name);
	jsonw_end(w);
}

void
journal_snapshot_write(const struct snapshot *s, struct buf *out)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	journal_snapshot_config(s->config_text, &w);
	jsonw_text(&w, "rules", s->rules_text);
	jsonw_object(&w, "lists");
	for (size_t i = 0; i < s->file_count; i++)
		if (s->file[i].name.n < 1024)
			jsonw_text(&w, s->file[i].name.p, s->file[i].text);
	jsonw_end(&w);
	if (s->files_cut)
		jsonw_bool(&w, "lists_cut", true);
	journal_snapshot_gathered(s, &w);
	jsonw_end(&w);
}
