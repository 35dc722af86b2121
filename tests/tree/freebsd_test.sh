#!/bin/sh
# What is done otherwise on FreeBSD compiles, with headers that declare what
# FreeBSD's do and none that it lacks. Everything else is for who has one. Run by
# make check, in the build directory.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/freebsd_test.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
bad=0
sed -e 's,^#define HAVE_\(SYS_PRCTL_H\|ENDIAN_H\|SECCOMP\|SYSTEMD\) .*,,' \
	config.h >"$work/config.h"
printf '#define HAVE_SYS_PROCCTL_H 1\n#define HAVE_SYS_CAPSICUM_H 1\n' \
	>>"$work/config.h"
# This machine is not FreeBSD, so setrlimit(2) stays Linux's.
for file in reader/sandbox.c reader/main.c milter/daemon/process.c \
	milter/daemon/memory.c rules/text/script.c rules/base/utf8.c; do
	${CC:-cc} -std=gnu11 -fsyntax-only -Wall -Wextra -Werror -Wundef \
		-I"$work" -I"$top/tests/tree/freebsd" -I"$top" \
		-DCONFDIR='""' -DSTATEDIR='""' -DRUNDIR='""' -DDATADIR='""' \
		-DLIBEXECDIR='""' "$top/$file" || bad=1
done
# And the daemon includes what is Linux's alone behind its guards alone.
for header in sys/prctl.h linux/filter.h malloc.h sys/endian.h endian.h; do
	for file in $(cd "$top" && grep -rl "include <$header>" rules reader \
		policy milter tool); do
		grep -B 3 "include <$header>" "$top/$file" |
			grep -Eq '^#(if|else|elif)' || {
			echo "$file includes <$header> where FreeBSD has none"
			bad=1
		}
	done
done
exit $bad
