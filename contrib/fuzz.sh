#!/bin/sh
# Builds the fuzz targets with clang and runs each for a while over its kept
# corpus, as many at once as there are processors.
#
#   contrib/fuzz.sh [-s SECONDS] [-m] [TARGET ...]
#   contrib/fuzz.sh -c [TARGET ...]
#   contrib/fuzz.sh -a TARGET FILE ...
#
# -s  how long each target runs (default 10)
# -m  a campaign: inputs are kept in work/NAME of the build directory from run
#     to run, and those that reach code that the kept corpus does not reach
#     become part of it
# -c  runs nothing but the kept corpora, and says how much of its modules
#     (tests/fuzz/modules) each target reaches
# -a  adds files to the kept corpus of a target, under their names
#
# A kept corpus is one archive, tests/fuzz/corpus/NAME.tar.xz; it is unpacked
# into corpus/NAME of the build directory.
# The build directory is build-fuzz, or FUZZ_BUILD; findings lie in it.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
build=${FUZZ_BUILD:-$top/build-fuzz}
fuzz=$top/tests/fuzz
seconds=10
campaign=no
coverage=no
add=no
while getopts s:mca option; do
	case $option in
	s) seconds=$OPTARG ;;
	m) campaign=yes ;;
	c) coverage=yes ;;
	a) add=yes ;;
	*) exit 64 ;;
	esac
done
shift $((OPTIND - 1))

# Into the directory where we are; prints what it unpacked. A new target may
# have none yet.
unpack() { # name of a corpus
	mkdir -p "corpus/$1"
	[ ! -f "$fuzz/corpus/$1.tar.xz" ] ||
		[ "corpus/$1/.unpacked" -nt "$fuzz/corpus/$1.tar.xz" ] || {
		rm -rf "corpus/$1"
		tar -C corpus -xJf "$fuzz/corpus/$1.tar.xz"
		: >"corpus/$1/.unpacked"
	}
	echo "corpus/$1"
}

# The same files give the same archive.
pack() { # name of a corpus
	tar -C corpus --exclude=.unpacked --sort=name --mtime=@0 --owner=0 \
		--group=0 --numeric-owner --mode=u=rw,go=r,a+X --format=ustar \
		-cf - "$1" | xz -9e >"$fuzz/corpus/$1.tar.xz"
	: >"corpus/$1/.unpacked"
}

if [ "$add" = yes ]; then
	name=${1:?which target?}
	shift
	for file in "$@"; do
		[ -f "$file" ] || { echo "there is no file $file" >&2; exit 66; }
	done
	from=$PWD
	mkdir -p "$build"
	cd "$build"
	unpack "$name" >/dev/null
	(cd "$from" && cp "$@" "$build/corpus/$name")
	pack "$name"
	exit
fi

clang=
for name in clang clang-19 clang-16 clang-15 clang-14; do
	if command -v "$name" >/dev/null 2>&1; then
		clang=$name
		break
	fi
done
[ -n "$clang" ] || { echo "clang is needed (Debian: clang)" >&2; exit 69; }
[ -x "$top/configure" ] || (cd "$top" && autoreconf -i)

# Goes there.
build_in() { # directory, CFLAGS, options of configure ...
	mkdir -p "$1/findings"
	cd "$1"
	flags=$2
	shift 2
	[ -f Makefile ] || CC="${CCACHE:-} $clang" CFLAGS="$flags" \
		"$top/configure" --enable-fuzzers "$@" >configure.out
	make -s -j"$(nproc)" fuzzers >make.out 2>&1 || {
		tail -n 30 make.out
		exit 1
	}
}

# The words that its inputs are made of.
dictionary() { # target
	case $1 in
	message | pieces | journal | check | mime | header* | restore) echo mail ;;
	addr | arc | authres | received | mailbox | smtp | link) echo mail ;;
	html*) echo html ;;
	rules | config | list | needle | phrase) echo rules ;;
	case | explain | stats | store_json | control) echo json ;;
	spf | dmarc* | dkim_key | dkim_sig | doctor) echo dns ;;
	esac
}

corpus_of() { # target
	case $1 in
	journal | check | pieces) echo message ;;
	*) echo "$1" ;;
	esac
}

# Few inputs for all the code that they reach: a corpus stays small.
merge() { # target
	"tests/fuzz/$1_fuzz" -set_cover_merge=1 -use_counters=0 \
		"$(unpack "$(corpus_of "$1")")" "work/$1" >"$1.merge.out" 2>&1 ||
		tail -n 5 "$1.merge.out"
	pack "$(corpus_of "$1")"
}

# Whether the inputs that took too long do so again, each alone: on a machine
# that stood still for a while any input takes long.
slow_again() { # target
	for file in "findings/$1-timeout-"*; do
		"tests/fuzz/$1_fuzz" -timeout=5 "$file" >"$1.again.out" 2>&1 ||
			return 0
		rm "$file"
	done
	return 1
}

fuzz_one() { # target
	[ "$campaign" = yes ] || rm -rf "work/$1"
	mkdir -p "work/$1"
	words=$(dictionary "$1")
	status=0
	"tests/fuzz/$1_fuzz" -max_total_time="$seconds" \
		${words:+"-dict=$fuzz/dict/$words"} -timeout=5 \
		-rss_limit_mb=2048 -max_len=32768 -report_slow_units=2 \
		-print_final_stats=1 -artifact_prefix="findings/$1-" \
		"work/$1" "$(unpack "$(corpus_of "$1")")" >"$1.out" 2>&1 ||
		status=$?
	if [ "$status" -eq 0 ]; then
		runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$1.out")
		echo "fuzz $1: $runs inputs in $seconds s, no finding"
		[ "$campaign" = no ] || merge "$1"
	elif [ "$status" -eq 70 ] && ! slow_again "$1"; then
		echo "fuzz $1: an input took 5 s, but not again: no finding"
	else
		failed=$((failed + 1))
		echo "fuzz $1: FAILED"
		tail -n 25 "$1.out"
	fi
}

# Every so many of them, one after the other: a processor's share.
fuzz_lane() { # number of the lane, targets ...
	failed=0
	number=0
	lane=$1
	shift
	for target in "$@"; do
		[ $((number % lanes)) -ne "$lane" ] || fuzz_one "$target"
		number=$((number + 1))
	done
	[ "$failed" -eq 0 ]
}

# Its modules stand behind its name; those of all are counted at the end.
cover_one() { # target
	modules=$(sed -n "s/^$1: *//p" "$fuzz/modules")
	LLVM_PROFILE_FILE=$1.profraw "tests/fuzz/$1_fuzz" -runs=0 \
		"$(unpack "$(corpus_of "$1")")" >"$1.out" 2>&1 || tail -n 5 "$1.out"
	"$llvm/llvm-profdata" merge -o "$1.profdata" "$1.profraw"
	(cd "$top" && "$llvm/llvm-cov" report "$OLDPWD/tests/fuzz/$1_fuzz" \
		-instr-profile="$OLDPWD/$1.profdata" $modules) |
		awk -v "target=$1" '$1 == "TOTAL" {
			printf "%-14s %6s of %6d lines   %s of %d branches\n",
				target, $10, $8, $13, $11 }'
}

if [ "$coverage" = no ]; then
	build_in "$build" "-O1 -g -fsanitize=fuzzer-no-link" \
		--enable-sanitize=address,undefined
	lanes=$(nproc)
	running=
	lane=0
	while [ "$lane" -lt "$lanes" ]; do
		fuzz_lane "$lane" ${*:-$(make -s list-fuzzers)} &
		running="$running $!"
		lane=$((lane + 1))
	done
	status=0
	for pid in $running; do
		wait "$pid" || status=1
	done
	exit "$status"
fi
llvm=$(dirname "$(readlink -f "$(command -v "$clang")")")
build_in "$build/coverage" \
	"-O1 -g -fprofile-instr-generate -fcoverage-mapping"
for target in ${*:-$(make -s list-fuzzers)}; do
	cover_one "$target"
done
