#!/bin/sh
# Builds two commits and goes from one to the other and back (upgrade.py).
#
#   sh tests/upgrade/run.sh OLD [NEW]      commits or tags; NEW: what is here
#
# Opt-in: two builds. Packages that are missing are installed.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
[ $# -ge 1 ] || {
	sed -n 's/^# \{0,1\}//; 2,7p' "$0" >&2
	exit 64
}
. "$top/contrib/lib/packages.sh"
packages_install $BUILD_PACKAGES python3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build() { # commit, name
	mkdir "$work/$2"
	git -C "$top" archive "$1" | tar -xf - -C "$work/$2"
	(cd "$work/$2" && autoreconf -i && ./configure && make -j"$(nproc)" \
		verdict verdict-milter) >"$work/$2.log" 2>&1 ||
		{ tail -n 20 "$work/$2.log"; exit 1; }
	echo "built $1"
}
build "$1" old
build "${2:-HEAD}" new
python3 "$top/tests/upgrade/upgrade.py" "$work/old" "$work/new"
