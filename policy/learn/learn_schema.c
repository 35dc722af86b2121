/*
 * What learned.db looks like inside. The statements on it are learn_db.c's.
 */
#include "config.h"

#include "policy/learn/learn_schema.h"

/*
 * Of each message its features are kept, some three kilobytes: on pages of
 * SQLite's usual size each stands alone, with a quarter of the page empty, and
 * writing one costs half as much again (tests/bench/README). Files that are
 * there stay as they are.
 */
#define PAGE_OCTETS 16384

const struct sqlite_schema learn_schema = {
	.version = 1,
	.page_octets = PAGE_OCTETS,
	/* Some 4 MB, in whatever pages; and what is forgotten is overwritten,
	 * which not every SQLite does by itself. */
	.tune = "PRAGMA wal_autocheckpoint=256;PRAGMA secure_delete=1",
	.create =
	    "CREATE TABLE secret (one INTEGER PRIMARY KEY, key INTEGER);"
	    "CREATE TABLE sample (key TEXT PRIMARY KEY, spam INTEGER,"
	    " time INTEGER, who TEXT, id TEXT, sender INTEGER, features BLOB);"
	    "CREATE INDEX sample_order ON sample (time, key);"
	    "CREATE INDEX sample_who ON sample (who, time, key);"
	    "CREATE INDEX sample_sender ON sample (sender, spam);"
	    "CREATE INDEX sample_id ON sample (id);"
	    "CREATE TABLE gone (key TEXT PRIMARY KEY, time INTEGER);"
	    "CREATE TABLE kept (id TEXT PRIMARY KEY, time INTEGER,"
	    " sender INTEGER, good INTEGER, features BLOB);"
	    "CREATE INDEX kept_order ON kept (good, time);"
	    "CREATE INDEX kept_time ON kept (time)",
};
