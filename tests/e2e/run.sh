#!/bin/sh
# End-to-end tests: real MTAs, a real DNS server, the daemon as it is built.
# BUILD=DIR names the build tree; arguments choose tests by a word of their
# name. All run on our own engine and those of `both` on libmilter as well, or
# all on the one that ENGINE names. Needs root,
# for Postfix does.
set -eu
cd "$(dirname "$0")"
: "${BUILD:?names the build tree}"
export BUILD
python=/usr/bin/python3
[ -x "$python" ] || python=python3
status=0
# What does not speak to an MTA is the same whatever the engine.
both="apart faults limits postfix protocol reload sendmail"
for engine in ${ENGINE:-native libmilter}; do
	for suite in *_e2e.py; do
		case "$engine:$both " in
		native:* | *[:\ ]${suite%_e2e.py}\ *) ;;
		*) [ -n "${ENGINE:-}" ] || continue ;;
		esac
		echo "-- $suite, engine $engine"
		ENGINE=$engine "$python" "$suite" "$@" || status=1
	done
done
exit "$status"
