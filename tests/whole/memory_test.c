/*
 * Memory that runs out: a message is judged again and again, and each time
 * another allocation fails, once or from there on. Then the process ends and
 * says why, or the verdict is what it is otherwise, or the message is marked
 * as one that was not judged whole. It is never let by without a word.
 *
 * malloc(3) is replaced for the whole program, libraries included, which the
 * sanitizers do as well; then there is nothing to see here.
 */
#include "config.h"

#include "tests/kit/table.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    !defined(__GLIBC__)

int
main(void)
{
	return 77;
}

#else

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policy/case/case.h"
#include "policy/load/snapshot_load.h"
#include "policy/message/snapshot.h"
#include "rules/source/diag.h"

/* ---- malloc -------------------------------------------------------------- */

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *p, size_t n);

static long fails_at; /* the number of the call that fails; 0: none */
static bool lasting;  /* and all that follow */
static long calls;

static bool
refused(void)
{
	calls++;
	if (fails_at == 0 || calls < fails_at || (calls > fails_at && !lasting))
		return false;
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t n)
{
	return refused() ? NULL : __libc_malloc(n);
}

void *
calloc(size_t count, size_t size)
{
	return refused() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *p, size_t n)
{
	return refused() ? NULL : __libc_realloc(p, n);
}

/* ---- a message that only a whole look at it refuses ---------------------- */

/* libarchive alone crashes here and there when memory fails, and cannot be
 * told to end instead: for the MTA that is the same. */
static const struct {
	const char *label;
	bool archive;
	bool then_always;
} rows[] = {
	{ "one allocation fails", false, false },
	{ "all from there on fail", false, true },
	{ "one fails, an archive is read", true, false },
	{ "all fail, an archive is read", true, true },
};

static const char rules[] =
    "rule bad when body ~ /special +words/ and subject ~ /geld/i\n"
    "    and any url (host = \"bad.example\")\n"
    "    and spf = pass and dmarc = fail and client.ip in trap\n"
    "    and any attachment (%s)\n"
    "  then reject\n"
    "list trap networks 192.0.2.0/24\n";

static const char mail[] =
    "From: =?utf-8?q?J=C3=B6rg?= <joe@author.example>\r\n"
    "To: bob@verdict.example\r\n"
    "Subject: =?iso-8859-1?Q?Geld_f=FCr_alle?=\r\n"
    "Date: Tue, 06 Jan 2026 10:00:00 +0000\r\n"
    "Message-ID: <1@author.example>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n"
    "\r\n"
    "--b\r\n"
    "Content-Type: text/html; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n"
    "<p>sp<b>ecial</b> wor=\r\n"
    "ds <a href=3D\"http://bad.example/x\">here</a></p>\r\n"
    "--b\r\n"
    "Content-Type: application/octet-stream; name=\"a.%s\"\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
    "%s"
    "--b--\r\n";

/* It holds run.exe. */
static const char archive[] =
    "UEsDBBQAAAAAAAAAIVxdm7CPAgAAAAIAAAAHAAAAcnVuLmV4ZU1aUEsBAhQDFAAA\r\n"
    "AAAAAAAhXF2bsI8CAAAAAgAAAAcAAAAAAAAAAAAAAIABAAAAAHJ1bi5leGVQSwUG\r\n"
    "AAAAAAEAAQA1AAAAJwAAAAAA\r\n";

static const char zone[] =
    "{\"sender.example\": {\"TXT\": [\"v=spf1 ip4:192.0.2.0/24 -all\"]},"
    " \"_dmarc.author.example\": {\"TXT\": [\"v=DMARC1; p=none\"]}}";

struct fixture {
	struct arena *arena;
	struct snapshot *snapshot;
	struct case_input input;
};

static void
begin(struct fixture *f, bool with_archive)
{
	static const struct span rcpt = SPAN_INIT("bob@verdict.example");
	const char *why = NULL;
	struct diags diags;
	struct jsonr_doc *doc;

	f->arena = arena_new();
	diags_init(&diags, f->arena);
	f->snapshot = snapshot_load(
	    &(struct snapshot_source){
		.rules_text = span_of(arena_printf(f->arena, rules,
		    with_archive ? "members ~ /\\.exe$/m" : "name ~ /bin$/")),
		.config_text = SPAN("trust 127.0.0.1\n") },
	    &diags);
	if (f->snapshot == NULL) {
		struct buf report;

		buf_init(&report, 65536);
		diags_print(&diags, &report, false);
		fail_msg("%.*s", SPAN_FMT(buf_span(&report)));
	}
	case_init(&f->input);
	f->input.message = span_of(arena_printf(f->arena, mail,
	    with_archive ? "zip" : "bin", with_archive ? archive : "AAAA\r\n"));
	f->input.helo = SPAN("mx.sender.example");
	f->input.mailfrom = SPAN("a@sender.example");
	f->input.rcpt = &rcpt;
	f->input.rcpt_count = 1;
	assert_true(ip_parse(SPAN("192.0.2.1"), &f->input.ip));
	doc = jsonr_parse(span_of(zone), f->arena, &why);
	assert_non_null(doc);
	assert_true(case_zone(jsonr_top(doc), &f->input.zone, f->arena, &why));
	jsonr_free(&doc);
}

static void
end(struct fixture *f)
{
	case_release(&f->input);
	snapshot_unref(&f->snapshot);
	arena_free(&f->arena);
}

#define PATIENCE_S 5

/* ---- what comes of it ---------------------------------------------------- */

enum end_of { REFUSED, MARKED, LET_BY, ENDED, CRASHED, HUNG };

static enum end_of
judge(struct fixture *f)
{
	struct case_result r;
	enum end_of out;

	case_run(&f->input, f->snapshot, NULL, &r);
	fails_at = 0;
	out = r.verdict.action == OUTCOME_REJECT ? REFUSED
	      : r.session->message->flag_count > 0 ||
		      r.session->message->incomplete_count > 0
		  ? MARKED
		  : LET_BY;
	case_result_free(&r);
	return out;
}

/* In a process of its own. */
static enum end_of
judge_without(struct fixture *f, long call, bool then_always)
{
	const struct rlimit no_core = { 0, 0 };
	pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		(void)setrlimit(RLIMIT_CORE, &no_core);
		(void)close(STDERR_FILENO);
		(void)alarm(PATIENCE_S); /* SIGALRM counts as having died */
		(void)signal(SIGABRT, SIG_DFL);
		(void)signal(SIGSEGV, SIG_DFL);
		lasting = then_always;
		fails_at = call;
		calls = 0;
		_exit((int)judge(f));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status))
		return (enum end_of)WEXITSTATUS(status);
	switch (WTERMSIG(status)) {
	case SIGABRT:
	case SIGTRAP: /* of some versions of GLib */
		return ENDED;
	case SIGALRM:
		return HUNG;
	default:
		return CRASHED;
	}
}

static void
run_out(size_t row)
{
	struct fixture f;
	long total, seen[HUNG + 1] = { 0 };

	begin(&f, rows[row].archive);
	/* Once before, so that what is made once in a process is there. */
	assert_int_equal(judge(&f), REFUSED);
	calls = 0;
	assert_int_equal(judge(&f), REFUSED);
	total = calls;
	for (long call = 1; call <= total; call++) {
		enum end_of o = judge_without(&f, call, rows[row].then_always);

		seen[o]++;
		if (o == LET_BY || o >= CRASHED)
			print_error("allocation %ld of %ld: %s\n", call, total,
			    o == LET_BY    ? "let by"
			    : o == CRASHED ? "crashed"
					   : "hung");
	}
	print_message("%s: of %ld allocations %ld changed nothing, %ld were "
		      "marked, %ld ended the process\n",
	    rows[row].label, total, seen[REFUSED], seen[MARKED],
	    seen[ENDED] + seen[CRASHED]);
	table_number(rows[row].label, "let by", seen[LET_BY], 0);
	table_number(rows[row].label, "hung", seen[HUNG], 0);
	if (!rows[row].archive)
		table_number(rows[row].label, "crashed", seen[CRASHED], 0);
	end(&f);
}

static void
test_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		if (table_wants(rows[i].label))
			run_out(i);
	table_end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_memory),
};

TABLE_MAIN(tests)

#endif
