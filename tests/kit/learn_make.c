/*
 * Makes a learned.db for the tests of commands that read what was taught.
 *
 *   tests/kit/learn_make FILE <LINES
 *
 * Each line is "spam" or "ham", a blank and the id of a decision.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "policy/case/case.h"
#include "policy/learn/learn_db.h"
#include "rules/base/buf.h"

static bool
make_sample(struct learn_db *db, const char *kind, const char *id, uint32_t n)
{
	const uint32_t index[] = { n };
	const struct learn_features f = { .index = index, .count = 1 };
	struct learn_sample s = { .spam = strcmp(kind, "spam") == 0,
		.time_s = CASE_TIME_DEFAULT + n,
		.who = SPAN("ann"),
		.id = span_of(id) };
	struct buf packed;
	bool ok;

	buf_init(&packed, LEARN_SAMPLE_MAX);
	ok = n < LEARN_SIZE && learn_pack(&f, &packed);
	s.features = buf_span(&packed);
	learn_sample_key(s.features, s.key);
	ok = ok && learn_db_put(db, &s);
	buf_free(&packed);
	return ok;
}

int
main(int argc, char **argv)
{
	char kind[8], id[LEARN_ID_MAX + 1], why[SQLITE_WHY_MAX] = "";
	struct learn_db *db = NULL;
	uint32_t count = 0;
	bool renewed, ok;

	if (argc == 2)
		db = learn_db_open(
		    argv[1], CASE_TIME_DEFAULT, false, &renewed, why);
	ok = db != NULL && learn_db_begin(db);
	while (ok && scanf("%7s %40s", kind, id) == 2)
		ok = make_sample(db, kind, id, count++);
	ok = db != NULL && learn_db_end(db, ok);
	learn_db_close(&db);
	if (!ok)
		(void)fprintf(stderr, "%s: can't be made %s\n", argv[1], why);
	return ok ? 0 : 1;
}
