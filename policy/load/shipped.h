#ifndef POLICY_LOAD_SHIPPED_H
#define POLICY_LOAD_SHIPPED_H

/*
 * Files that are part of the program, made by the build of contrib/rules: the
 * rules that are in force where no rule file is installed, and the lists that
 * they ask. Configuration and rules name them "shipped:NAME".
 */

#include <stddef.h>

#define SHIPPED_PREFIX "shipped:"
#define SHIPPED_RULES  "default.rules"
/* The setting `rules`, as long as nobody sets it. */
#define RULES_STANDARD "rules.d/*.rules"

struct shipped_file {
	const char *name, *text;
	size_t n;
};
extern const struct shipped_file shipped_files[];
extern const size_t shipped_count;

#endif
