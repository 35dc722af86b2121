# What tests of the tool in shell share: a directory of their own, said
# failures, and what a command says.
set -u
work=$(mktemp -d "${TMPDIR:-/tmp}/verdict-tool.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
TZ=UTC NO_COLOR=1
export TZ NO_COLOR
failed=0
update=no
[ "${1-}" != -u ] || update=yes

# What was wrong, and what was said last.
fail() {
	echo "FAILED: $1"
	for said in "$work/out" "$work/err"; do
		[ ! -s "$said" ] || cat "$said"
	done
	failed=1
}

# want_file NAME COMMAND...: its output is that of $data/NAME.want. With -u it
# becomes that.
want_file() {
	name=$1
	shift
	"$@" >"$work/got" 2>&1
	if [ "$update" = yes ]; then
		cp "$work/got" "$data/$name.want"
	elif ! diff -u "$data/$name.want" "$work/got"; then
		fail "$name"
	fi
}

# run STATUS ARGUMENTS: of verdict; standard output in out, errors in err.
run() {
	wanted=$1
	shift
	label=$*
	status=0
	./verdict "$@" >"$work/out" 2>"$work/err" || status=$?
	[ "$status" -eq "$wanted" ] ||
		fail "$label: status $status, not $wanted"
}

# want PATTERN FILE: a line of out or err has that.
want() {
	grep -q -e "$1" "$work/$2" || fail "$label: no \"$1\" in $2"
}

want_not() {
	! grep -q -e "$1" "$work/$2" || fail "$label: \"$1\" in $2"
}
