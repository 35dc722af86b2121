#!/bin/sh
# What verdict-milter says on the terminal when it starts: why it cannot, and
# nothing when it can, not even what is wrong beside it: that is for the log.
set -u
dir=$(mktemp -d "${TMPDIR:-/tmp}/start_test.XXXXXX") || exit 99
trap '[ ! -s "$dir/pid" ] || kill "$(cat "$dir/pid")"; rm -rf "$dir"' EXIT
bad=0
say() {
	echo "$*"
	cat "$dir/out"
	bad=1
}
start() { # listen, user
	printf '%s\n' "listen $1" "control $dir/control" \
		"user ${2:-$(id -un)}" \
		"pid-file $dir/pid" "state $dir/none" "resolver 127.0.0.1:9" \
		>"$dir/verdict.conf"
	timeout 60 ./verdict-milter -c "$dir/verdict.conf" >"$dir/out" 2>&1
}
start inet:192.0.2.1:8899 && say "it starts where it can't listen"
grep -q '^verdict-milter: listen: .*192.0.2.1' "$dir/out" ||
	say "why it does not start is not told"
# Its state can't be written: an alert, long before anybody reads the log.
start "unix:$dir/milter" || say "it does not start"
[ ! -s "$dir/out" ] || say "lines of the log on the terminal"
# Started by root, it is asked by its own user as well.
if [ "$(id -u)" -eq 0 ]; then
	kill "$(cat "$dir/pid")"
	while [ -S "$dir/control" ] && kill -0 "$(cat "$dir/pid")" 2>/dev/null; do
		:
	done
	start "unix:$dir/milter" nobody || say "it does not start for nobody"
	[ "$(stat -c %U "$dir/control")" = nobody ] ||
		say "the control socket is not the daemon's own"
fi
exit $bad
