#ifndef TOOL_BASE_TOOL_H
#define TOOL_BASE_TOOL_H

/*
 * What the subcommands of verdict(1) share. Each is one file with one row in
 * commands.def; a row's run gets the arguments behind the subcommand's name,
 * argv[0] being the name itself, and returns the exit status.
 */

#include <stdio.h>

#include "policy/load/snapshot_load.h"
#include "policy/message/snapshot.h"
#include "rules/base/buf.h"

enum {
	EXIT_OK = 0,
	EXIT_FAILED = 1, /* it was done, and the answer is bad */
	EXIT_USAGE = 64, /* as in sysexits(3) */
	EXIT_NOINPUT = 66,
	EXIT_UNAVAILABLE = 69,
	EXIT_IO = 74,
	EXIT_CONFIG = 78,
};

struct command {
	const char *name;
	const char *usage; /* arguments */
	const char *help;  /* one line */
	int (*run)(int argc, char **argv);
};

#define TOOL_CONFIG CONFDIR "/verdict.conf"

/* Runs the command: the one that tool_usage speaks of. */
int tool_run(const struct command *c, int argc, char **argv);
/* Prints "usage: verdict NAME ..." and returns EXIT_USAGE. */
int tool_usage(void);
/* Prints "verdict: ..." to standard error, what no terminal should see as
 * \\xNN, and returns status. */
int tool_fail(int status, const char *fmt, ...) ATTR_PRINTF(2, 3);
/* Standard output is a terminal and NO_COLOR is not set. */
bool tool_colour(void);
/* SGR sequences, or "" without colour. */
const char *tool_bold(void);
const char *tool_dim(void);
const char *tool_red(void);
const char *tool_green(void);
const char *tool_yellow(void);
const char *tool_plain(void);

/*
 * Loads the configuration; source->file NULL: the default one, which need not
 * exist. Prints what is wrong with it to standard error. NULL after an error.
 */
struct snapshot *tool_snapshot(const struct snapshot_source *source);
/* The same with no more than the file and the rules of the command line. */
struct snapshot *tool_load(const char *file, const char *rules);
/* The same without a word about what is wrong. */
struct snapshot *tool_load_quietly(const char *file);
/*
 * For naming what rules can read and do: where the rules are wrong, which is
 * said, it is loaded without them, for whoever has a name wrong needs the
 * names. NULL when the settings are wrong as well.
 */
struct snapshot *tool_load_words(const char *file, bool *wrong);
/*
 * The settings alone, for asking the daemon or its journal: rules may be
 * wrong, and of a configuration with errors, which is said, the lines without
 * count. NULL when the file can't be read, which is said.
 */
struct snapshot *tool_settings(const char *file);
/*
 * Who reads the documents of messages that are judged here, as the daemon does
 * it: a helper process, which is started with the first document and ends with
 * us.
 */
struct reader *tool_reader(void);
/* The whole of a file, or of standard input for "-". In the arena. */
bool tool_read(const char *path, struct arena *a, struct span *out);
/* Text of the world on a terminal: what is not printable ASCII becomes \\xNN. */
void tool_safe(struct buf *out, struct span text);
/* Text of others to standard output as it comes; what a terminal would obey or
 * reorder becomes \\xNN. */
void tool_print_clean(struct span text);
/* Everything in the buffer to standard output; frees it. */
void tool_print(struct buf *b);

/*
 * Builds the missing databases of Hyperscan for the snapshot's patterns, or
 * says nothing where the state directory cannot be written. Returns how many
 * were built.
 */
size_t compile_missing(struct snapshot *s);
/* The rules of a snapshot, in order; verbose with what each reads. */
void rules_print(const struct snapshot *s, bool verbose);

/*
 * Sends one line to the daemon's control socket and appends its answer
 * without the first line. False when there is no daemon (*why) or the answer
 * is "error".
 */
bool tool_control(
    const char *socket, const char *line, struct buf *answer, const char **why);
/* The same for what is printed as it comes: whoever has the socket may answer,
 * and what a terminal would obey becomes \\xNN; up to four times as long. */
bool tool_control_text(
    const char *path, const char *line, struct buf *answer, const char **why);
/*
 * How long the whole answer of the daemon may take: 60 seconds where nothing
 * is said, and TOOL_WORK_S for what it works on. Of the whole process; of
 * VERDICT_PATIENCE in the environment where that is set.
 */
#define TOOL_WORK_S 1800
void tool_control_patience(int seconds);
/* The same with octets behind the line, whose number it says. */
bool tool_control_with(const char *socket, const char *line,
    struct span payload, struct buf *answer, const char **why);
/*
 * The same in two steps, for those who wait for several things: the line is
 * sent, and the descriptor, which does not block, gives the answer up to its
 * end; -1 with *why. Then all that it gave: the answer behind its first line,
 * and whether that says yes.
 */
int tool_control_begin(const char *socket, const char *line, const char **why);
bool tool_control_end(struct span all, struct span *answer);
/* The answer's text without its line end, or why when there is none: what to
 * say of a failure. */
struct span tool_control_said(const struct buf *answer, const char *why);

/* Errors and warnings of rule files, on standard error. */
struct diags;
void tool_report(const struct diags *diags);

#endif
