#!/bin/sh
# Installs what the tests need, builds with sanitizers and runs everything.
# One part alone: contrib/test.sh PART ...; the parts are listed below.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
. contrib/lib/packages.sh
. contrib/lib/unpack.sh
work=${TEST_BUILD:-$top/build-test}
parts=${*:-"style unit clang threads fuzz e2e soak dist"}
jobs=$(nproc)
# The packages may not exist or be built otherwise on other systems.
mkdir -p "$work"
PACKAGES_LOG=$work/packages.log
# Installing Postfix would remove another MTA; then it is unpacked beside it.
mta=postfix
if ! package_there postfix && dpkg-query -W \
	-f '${db:Status-Abbrev} ${Package} ${Provides}\n' 2>/dev/null |
	grep '^ii' | grep -q mail-transport-agent; then
	mta=
fi
packages_install $BUILD_PACKAGES $CHECK_PACKAGES clang libclang-rt-dev \
	universal-ctags pyflakes3 python3-yaml python3-dkim python3-authres \
	python3-dnspython opendkim opendkim-tools libxml2-utils openssl nsd \
	$mta dovecot-imapd dovecot-lmtpd dovecot-sieve postgresql redis-server \
	nginx apache2-bin sqlite3 procps iproute2 strace || exit 1

passed=0
failed=0
fallen=
log() {
	printf '\n== %s\n' "$*"
}
result() { # status name
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
		echo "ok: $2"
	else
		failed=$((failed + 1))
		echo "FAILED: $2"
		fallen="$fallen $part"
	fi
}

configure_in() { # directory, options ...
	directory=$1
	shift
	mkdir -p "$work/$directory"
	(cd "$work/$directory" && { [ -f Makefile ] || "$top/configure" "$@" \
		>configure.out 2>&1; }) || {
		tail -n 20 "$work/$directory/configure.out"
		return 1
	}
}
make_in() { # directory, targets ...
	directory=$1
	shift
	make -C "$work/$directory" -j"$jobs" "$@" >"$work/$directory/make.out" \
		2>&1 || {
		grep -E '(error|warning):|undefined|^(FAIL|ERROR):|Error [0-9]' \
			"$work/$directory/make.out" | head -n 30
		return 1
	}
}

part_style() {
	sh tests/tree/style.sh
}
part_unit() {
	configure_in gcc CC="${CCACHE:-} gcc" --enable-werror \
		--enable-sanitize=address,undefined &&
		make_in gcc all && make_in gcc check
	status=$?
	[ ! -f "$work/gcc/test-suite.log" ] ||
		sed -n '/^# TOTAL/,/^# ERROR/p' "$work/gcc/test-suite.log"
	[ "$status" -eq 0 ] || tail -n 60 "$work/gcc/test-suite.log"
	return "$status"
}
part_clang() {
	configure_in clang CC="${CCACHE:-} clang" --enable-werror &&
		make_in clang all
}
part_threads() {
	configure_in tsan CC="${CCACHE:-} gcc" --enable-sanitize=thread &&
		make_in tsan all && make_in tsan check-threads &&
		BUILD=$work/tsan python3 tests/e2e/threads.py
}
part_fuzz() {
	FUZZ_BUILD=$work/fuzz sh contrib/fuzz.sh -s "${FUZZ_SECONDS:-1}"
}
part_e2e() {
	if [ -z "$mta" ]; then
		servers=$(mktemp -d /tmp/verdict-servers.XXXXXX)
		trap 'rm -rf "$servers"' EXIT
		chmod 755 "$servers"
		unpack_fetch "$work/servers" postfix &&
			unpack_use "$servers" "$work/servers" || return 1
	fi
	configure_in gcc CC="${CCACHE:-} gcc" --enable-werror \
		--enable-sanitize=address,undefined && make_in gcc all &&
		BUILD=$work/gcc sh tests/e2e/run.sh
}
# A small slice of it; without sanitizers, for it looks at memory.
part_soak() {
	configure_in clang CC="${CCACHE:-} clang" --enable-werror &&
		make_in clang all && BUILD=$work/clang sh tests/soak/soak.sh
}
part_dist() {
	configure_in dist CC="${CCACHE:-} gcc" &&
		make_in dist distcheck
}

[ -x configure ] && [ configure -nt configure.ac ] || autoreconf -i
for part in $parts; do
	log "$part"
	started=$(date +%s)
	rm -f "$work/$part.status"
	{
		status=0
		"part_$part" || status=$?
		echo "$status" >"$work/$part.status"
	} 2>&1 | tee "$work/$part.out"
	status=$(cat "$work/$part.status" 2>/dev/null || echo 1)
	result "$status" "$part ($(($(date +%s) - started)) s)"
done
# Once more at the end, which is what is kept of a long output.
for part in $fallen; do
	log "what failed of $part"
	if grep -q -E 'FAIL|ERROR|error:|Traceback' "$work/$part.out"; then
		grep -A 30 -E 'FAIL|ERROR|error:|Traceback' "$work/$part.out" |
			head -n 80
	else
		tail -n 30 "$work/$part.out"
	fi
done
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
