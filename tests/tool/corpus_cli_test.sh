#!/bin/sh
# The verdict command on a corpus in all its forms, and on its own rules.
set -eu
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS
dir=$(mktemp -d "${TMPDIR:-/tmp}/verdict-tool.XXXXXX")
trap 'rm -rf "$dir"' EXIT
bad=0
want() { # label, pattern, file
	grep -q "$2" "$3" || {
		echo "$1: no \"$2\" in:"
		cat "$3"
		bad=1
	}
}

printf 'state %s/state\n' "$dir" >"$dir/verdict.conf"
mkdir -p "$dir/state" "$dir/mail/cur" "$dir/mail/new" "$dir/mail/tmp"
cat >"$dir/a.rules" <<END
rule loud when subject ~ /^[A-Z ]+\$/ then score 7
rule known when client.ip in (192.0.2.7) then accept
verdict junk at 6
END
message() { # subject
	printf 'Return-Path: <ann@a.example>\n'
	printf 'Received: from mx.a.example (mx.a.example [192.0.2.7])\n'
	printf '\tby mx.b.example; Thu, 1 Jan 2026 00:00:00 +0000\n'
	printf 'From: ann@a.example\nSubject: %s\n\nhello\n' "$1"
}
message "quiet" >"$dir/mail/cur/1:2,S"
message "BUY NOW" >"$dir/mail/new/2"
echo "no message" >"$dir/mail/tmp/3"
for subject in one TWO three; do
	echo "From ann@a.example Thu Jan  1 00:00:00 2026"
	message "$subject"
	printf '>From here on\n\n'
done >"$dir/box"

run() { # expected status, arguments
	wanted=$1
	shift
	status=0
	./verdict "$@" -c "$dir/verdict.conf" >"$dir/out" 2>"$dir/err" || status=$?
	[ "$status" -eq "$wanted" ] || {
		echo "verdict $*: status $status, not $wanted"
		cat "$dir/out" "$dir/err"
		bad=1
	}
}
run 1 test --rules "$dir/a.rules" --expect ham "$dir/mail"
want "Maildir" "^2 messages: 1 accept 1 junk" "$dir/out"
want "false positive by name" "mail/new/2" "$dir/out"
run 0 test --rules "$dir/a.rules" --expect ham --from-received "$dir/mail"
want "session from Received" "^2 messages: 2 accept" "$dir/out"
run 1 test --rules "$dir/a.rules" --expect spam "$dir/box"
want "mailbox" "^3 messages: 2 accept 1 junk" "$dir/out"
want "false negative by name" "box#3" "$dir/out"
run 0 test --rules "$dir/a.rules" --json "$dir/box"
want "hits as JSON" '"name":"loud","action":"score","score":7,"shadow":false,"hits":1' "$dir/out"
run 66 test --rules "$dir/a.rules" "$dir/nothing"

cat >>"$dir/a.rules" <<END
rule nearly when subject = "quiet" and from.domain = "a.example" and size > 1M
  then reject
END
message "quiet" >"$dir/quiet"
run 0 check --rules "$dir/a.rules" -v "$dir/quiet"
want "what nearly matched" "Rules that nearly matched" "$dir/out"
want "and on what" "no  *size > 1" "$dir/out"

run 0 compile --rules "$dir/a.rules"
run 0 lint --rules "$dir/a.rules"
want "lint" "no errors" "$dir/out"
run 0 version
want "features" "PCRE2" "$dir/out"
[ "$bad" -eq 0 ] && echo "tool: nothing to say"
exit "$bad"
