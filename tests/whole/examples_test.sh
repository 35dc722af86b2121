#!/bin/sh
# The rules that are shipped, and every example, load without a complaint and
# pass their own tests.
set -eu
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS
src=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d "${TMPDIR:-/tmp}/verdict-examples.XXXXXX")
trap 'rm -rf "$dir"' EXIT
bad=0
echo "state $dir" >"$dir/verdict.conf"
ln -s "$(pwd)/tests/compiled/cache" "$dir/cache"
lint() {
	out=$(./verdict lint -c "$dir/verdict.conf" --rules "$1" 2>&1) || bad=1
	[ "$(echo "$out" | sed "/^[0-9]* promises* proved$/d")" = "no errors" ] || {
		bad=1
		echo "$1:
$out"
	}
}
lint "$src/contrib/rules/default.rules"
for file in "$src"/contrib/rules/examples/*.rules; do
	lint "$file"
done
[ "$bad" -eq 0 ] && echo "examples: nothing to say"
exit "$bad"
