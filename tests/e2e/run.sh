#!/bin/sh
# End-to-end tests: real MTAs, a real DNS server, the daemon as it is built.
# BUILD=DIR names the build tree; arguments choose tests by a word of their
# name. All run on both engines, or on the one that ENGINE names. Needs root,
# for Postfix does.
set -eu
cd "$(dirname "$0")"
: "${BUILD:?names the build tree}"
export BUILD
python=/usr/bin/python3
[ -x "$python" ] || python=python3
status=0
for engine in ${ENGINE:-native libmilter}; do
	for suite in *_e2e.py; do
		echo "-- $suite, engine $engine"
		ENGINE=$engine "$python" "$suite" "$@" || status=1
	done
done
exit "$status"
