#!/bin/sh
# Measures verdict-milter against the floor of libmilter and against OpenDKIM
# and OpenDMARC in a chain, in one run: the same corpus, the same DNS, the same
# load generator, one after the other on the same machine.
#
#   sh tests/bench/run.sh [-n MESSAGES] [-g] [-j FILE]
#
# BUILD=DIR is a build without sanitizers (made when it is not there). Needs
# root: OpenDMARC asks the servers of /etc/resolv.conf alone, so it runs with
# one of its own.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/contrib/lib/packages.sh"
packages_install $BUILD_PACKAGES python3 python3-dkim openssl nsd opendkim \
	opendmarc || exit 1
# For two rows more; who cannot have it does without.
packages_install rspamd || echo "no rspamd: its rows are left out"
build=${BUILD:-$top/build-bench}
[ -f "$build/Makefile" ] || {
	[ -x "$top/configure" ] || (cd "$top" && autoreconf -i)
	mkdir -p "$build"
	(cd "$build" && CFLAGS="-O2 -g" "$top/configure" >configure.out)
}
make -s -C "$build" -j"$(nproc)" verdict-milter verdict verdict-reader \
	tests/bench/milter_load tests/bench/accept_milter \
	tests/bench/limit_milter >"$build/make.out" 2>&1 ||
	{ tail -n 20 "$build/make.out"; exit 1; }
BUILD=$build exec /usr/bin/python3 "$top/tests/bench/bench.py" "$@"
