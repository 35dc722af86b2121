#!/bin/sh
# End-to-end tests: real MTAs, a real DNS server, the daemon as it is built.
# BUILD=DIR names the build tree; arguments choose tests by a word of their
# name. All run on our own engine and those of `both` on libmilter as well, or
# all on the one that ENGINE names. Needs root,
# for Postfix does.
#
# Suites mostly wait, so several run at once (JOBS, one more than processors),
# each in a network of its own, or one by one where the system gives none.
set -eu
cd "$(dirname "$0")"
: "${BUILD:?names the build tree}"
export BUILD
python=/usr/bin/python3
[ -x "$python" ] || python=python3
# What does not speak to an MTA is the same whatever the engine.
both="apart faults limits postfix protocol reload sendmail"
jobs=${JOBS:-$(($(nproc) + 1))}
apart="unshare --net sh -c"
$apart 'ip link set lo up' 2>/dev/null || {
	jobs=1
	apart="sh -c"
}
# Nothing can be fetched from a network of one's own.
SENDMAIL_PACKAGES=$BUILD/sendmail-packages
export SENDMAIL_PACKAGES
. ../../contrib/lib/sendmail.sh
sendmail_fetch "$SENDMAIL_PACKAGES" || exit 1
# What takes longest is the same each time: the shipped rules' patterns, which
# the unit tests may have compiled (tests/local.mk).
compiled=$BUILD/tests/compiled
COMPILED=$compiled/cache
export COMPILED
mkdir -p "$compiled"
echo "state $compiled" >"$compiled/verdict.conf"
ASAN_OPTIONS=detect_leaks=0 "$BUILD/verdict" compile -c "$compiled/verdict.conf" \
	--rules ../../contrib/rules/default.rules >"$compiled/out" 2>&1 || {
	cat "$compiled/out"
	exit 1
}
work=$(mktemp -d /tmp/verdict-e2e.XXXXXX)
trap 'rm -rf "$work"' EXIT

suites() {
	for engine in ${ENGINE:-native libmilter}; do
		for suite in *_e2e.py; do
			case "$engine:$both " in
			native:* | *[:\ ]${suite%_e2e.py}\ *) ;;
			*) [ -n "${ENGINE:-}" ] || continue ;;
			esac
			echo "$suite $engine"
		done
	done
}

# Arguments: suite, engine, words. What it says comes in one piece.
one='
	[ "$apart" = "sh -c" ] || ip link set lo up
	suite=$1 ENGINE=$2
	shift 2
	export ENGINE
	said=$work/$suite.$ENGINE
	"$python" "$suite" "$@" >"$said" 2>&1 || : >"$work/failed"
	(
		flock 9
		echo "-- $suite, engine $ENGINE"
		cat "$said"
	) 9>"$work/lock"
'
export apart work python
suites | xargs -P "$jobs" -L 1 sh -c '
	one=$1 words=$2 suite=$3 engine=$4
	exec $apart "$one" - "$suite" "$engine" $words
' - "$one" "$*"
[ ! -e "$work/failed" ]
