#!/bin/sh
# Builds the fuzz targets with clang and runs each for a while over its kept
# corpus.
#
#   contrib/fuzz.sh [-s SECONDS] [-k] [TARGET ...]
#
# -s  how long each target runs (default 10); -k keeps new inputs in the
# corpus. Findings are left in build-fuzz/findings.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
build=${FUZZ_BUILD:-$top/build-fuzz}
seconds=10
keep=no
while getopts s:k option; do
	case $option in
	s) seconds=$OPTARG ;;
	k) keep=yes ;;
	*) exit 64 ;;
	esac
done
shift $((OPTIND - 1))

clang=
for name in clang clang-19 clang-16 clang-15 clang-14; do
	if command -v "$name" >/dev/null 2>&1; then
		clang=$name
		break
	fi
done
[ -n "$clang" ] || { echo "clang is needed (Debian: clang)" >&2; exit 69; }

[ -x "$top/configure" ] || (cd "$top" && autoreconf -i)
mkdir -p "$build/findings"
cd "$build"
[ -f Makefile ] ||
	CC="${CCACHE:-} $clang" \
	CFLAGS="-O1 -g -fsanitize=fuzzer-no-link" \
	"$top/configure" --enable-sanitize=address,undefined --enable-fuzzers \
		>configure.out
make -s -j"$(nproc)" fuzzers >make.out 2>&1 || { tail -n 30 make.out; exit 1; }

targets=${*:-$(make -s list-fuzzers)}
failed=0
for target in $targets; do
	corpus=$top/tests/fuzz/corpus/$target
	[ "$keep" = yes ] || {
		rm -rf "work/$target"
		mkdir -p "work/$target"
		[ ! -d "$corpus" ] || cp "$corpus"/* "work/$target/" 2>/dev/null || :
		corpus=work/$target
	}
	if "tests/fuzz/${target}_fuzz" -max_total_time="$seconds" \
		-timeout=10 -rss_limit_mb=2048 -max_len=16384 \
		-print_final_stats=1 \
		-artifact_prefix="findings/$target-" "$corpus" \
		>"$target.out" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$target.out")
		echo "fuzz $target: $runs inputs in $seconds s, no finding"
	else
		failed=$((failed + 1))
		echo "fuzz $target: FAILED"
		tail -n 25 "$target.out"
	fi
done
exit $((failed > 0))
