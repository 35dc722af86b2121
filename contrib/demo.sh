#!/bin/sh
# Shows verdict-milter at work: builds it, starts it behind a private Postfix
# with zones from a private NSD, sends a handful of messages over SMTP and
# says what became of each and why.
#
#   sh contrib/demo.sh [-v]     -v prints all header fields as delivered
#
# Needs root where something is missing, and for Postfix. Everything runs on
# free loopback ports below one temporary directory and is stopped at the end.
# Postfix and NSD, where missing, are unpacked for the time of the show and
# not installed; an MTA that is installed is left alone.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
build=${DEMO_BUILD:-$top/build-demo}
. "$top/contrib/lib/packages.sh"
. "$top/contrib/lib/unpack.sh"
. "$top/contrib/lib/postfix.sh"

case ${*:-} in
'' | -v) ;;
*)
	sed -n 's/^# \{0,1\}//; 2,12p' "$0" >&2
	exit 64
	;;
esac
[ "$(id -u)" -eq 0 ] || {
	echo "demo.sh: Postfix can only be started by root; run this as root" >&2
	exit 77
}

# ---- what it needs ----------------------------------------------------------
mkdir -p "$build"
PACKAGES_LOG=$build/packages.log
packages_install $BUILD_PACKAGES python3 python3-dkim python3-dnspython openssl
servers=$(packages_missing postfix nsd)
[ -z "$servers" ] || unpack_fetch "$build/servers" $servers

# ---- building ---------------------------------------------------------------
demo_build() {
	[ -x "$top/configure" ] || (cd "$top" && autoreconf -i)
	[ -f Makefile ] || "$top/configure"
	make -j"$(nproc)" verdict verdict-milter
}
[ -x "$build/verdict-milter" ] ||
	echo "building into $build (a minute or two)"
(cd "$build" && demo_build) >"$build/build.log" 2>&1 || {
	grep -E 'error|Error|not found' "$build/build.log" | head -n 20 >&2
	echo "demo.sh: the build failed; all of it is in $build/build.log" >&2
	exit 1
}

# ---- the show ---------------------------------------------------------------
# The show has a process group of its own, so that the end of it, however it
# comes, ends what it has started; only Postfix leaves the group.
work=$(mktemp -d)
chmod 755 "$work"
show=
demo_end() {
	trap - EXIT
	if [ -n "$show" ]; then
		kill -TERM "$show" 2>/dev/null && wait "$show" || :
		kill -KILL -"$show" 2>/dev/null || :
	fi
	for config in "$work"/*/postfix/etc; do
		[ ! -d "$config" ] || postfix_stop "${config%/etc}"
	done
	rm -rf "$work"
}
trap demo_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
[ -z "$servers" ] || unpack_use "$work/servers" "$build/servers"

colour=
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	colour=--colour
fi
BUILD=$build TMPDIR=$work PYTHONDONTWRITEBYTECODE=1 \
	setsid /usr/bin/python3 "$top/contrib/demo.py" $colour "$@" &
show=$!
status=0
wait "$show" || status=$?
show=
exit "$status"
