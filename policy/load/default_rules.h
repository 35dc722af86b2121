#ifndef POLICY_LOAD_DEFAULT_RULES_H
#define POLICY_LOAD_DEFAULT_RULES_H

/*
 * contrib/rules/default.rules as text, made by the build: what stands in
 * force where no rule file is installed.
 */
extern const char default_rules[];

#endif
