#!/bin/sh
# verdict(1) as its user meets it: exit statuses and what it says. Runs the
# built command on files of its own; asks no network and no daemon.
set -u
verdict=${VERDICT:-./verdict}
dir=$(mktemp -d)
# Where the user of a daemon gets to, if there is one.
chmod 755 "$dir"
trap 'rm -rf "$dir"' EXIT
failed=0
passed=0

# want LABEL STATUS WORDS -- COMMAND...: the status, and all words in what is
# printed (separated by "|").
want() {
	label=$1 status=$2 words=$3
	shift 4
	got=0
	output=$("$@" 2>&1) || got=$?
	bad=
	[ "$got" -eq "$status" ] || bad="status $got, want $status"
	rest=$words
	while [ -n "$rest" ]; do
		word=${rest%%|*}
		case $rest in
		*"|"*) rest=${rest#*|} ;;
		*) rest= ;;
		esac
		case $output in
		*"$word"*) ;;
		*) bad="$bad; \"$word\" is not in the output" ;;
		esac
	done
	if [ -z "$bad" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s: %s\n%s\n' "$label" "$bad" "$output"
	fi
}

message() { # From, Subject
	printf 'From: %s\nTo: b@us.example\nSubject: %s\nDate: Thu, 1 Jan 2026 00:00:00 +0000\nMessage-ID: <1@good.example>\n\nHello.\n' "$1" "$2"
}
message 'Alice <alice@good.example>' hello >"$dir/good.eml"
{
	echo 'From: eve@evil.example'
	message 'Alice <alice@good.example>' hello
} >"$dir/two-from.eml"
cat >"$dir/zone.json" <<'E2'
{"good.example": {"TXT": ["v=spf1 ip4:192.0.2.1 -all"]},
 "_dmarc.good.example": {"TXT": ["v=DMARC1; p=reject"]}}
E2
: >"$dir/verdict.conf"
conf="-c $dir/verdict.conf"

want 'an empty configuration works' 0 'no errors' -- "$verdict" lint $conf
want 'a good message' 0 'Verdict: accept|SPF: good.example allows' -- \
	"$verdict" check $conf --ip 192.0.2.1 --helo mx.good.example \
	--from alice@good.example --zone "$dir/zone.json" "$dir/good.eml"
want 'a forged author' 13 'Verdict: reject|dmarc-reject|550 5.7.1|DMARC' -- \
	"$verdict" check $conf --ip 203.0.113.6 --helo x.example \
	--from x@evil.example --zone "$dir/zone.json" "$dir/good.eml"
long=$(printf '%0600d' 7)
echo "rule long when subject ~ /./ then reject \"$long\"" >"$dir/long.rules"
echo 'mode enforce' >"$dir/enforce.conf"
reply_octets() {
	"$verdict" check -c "$dir/enforce.conf" --rules "$dir/long.rules" \
		"$dir/good.eml" | awk '/^  reply: / {
			sub(/^  reply: /, "")
			print (length($0) <= 510 && /[0-9] \[[0-9a-z]+\]$/) ? "fits" : $0
		}'
}
want 'a long reply fits a line and keeps the decision id' 0 fits -- reply_octets
want 'two From fields' 13 'Verdict: reject|from-several|from-multiple' -- \
	"$verdict" check $conf --ip 192.0.2.1 "$dir/two-from.eml"
want 'JSON for one message' 0 '"verdict":"accept"|"spf":{' -- \
	"$verdict" check $conf --json --ip 192.0.2.1 "$dir/good.eml"
want 'a message that is not there' 66 'No such file' -- \
	"$verdict" check $conf "$dir/none.eml"
want 'no such command' 64 'did you mean "check"' -- "$verdict" chekc
want 'an option that is none' 64 'usage: verdict check' -- \
	"$verdict" check --colour
want 'an address that is none' 64 '--ip takes an address' -- \
	"$verdict" check --ip 1.2.3 "$dir/good.eml"

printf '%s\n' '{"id":"a","message":"From: a@b.example\n\nx","ip":"192.0.2.9"}' \
	'{"id":"b","ip":"nowhere"}' 'no json' '{"id":4,"time":"noon"}' \
	'{"id":"e","helo":1}' '{"id":"f","dns":{"x":{"CNAME":7}}}' \
	'{"id":"g","dns":{"x":5}}' '{"id":"h","lists":[]}' '{"id":"i"}' \
	>"$dir/cases.jsonl"
want 'cases go on after one that cannot be read' 1 \
	'{"id":"a","verdict":|cases.jsonl:2: ip is no address|{"id":"3","error":|cases.jsonl:3:2: |{"id":"4","error":|:4: time takes a unix time|:5: helo takes a string|:6: zone: bad CNAME record of x|:7: zone: bad entry of x|:8: lists takes an object' -- \
	"$verdict" check $conf --cases "$dir/cases.jsonl"
want 'an envelope without a message has no bad From' 1 '{"id":"i","verdict":"accept"' -- \
	"$verdict" check $conf --cases "$dir/cases.jsonl"
own='"from":"x","ip":"192.0.2.9","mailfrom":"x@a.example","rules":"list l domains \"l.txt\"\nrule r when sender.domain in l then junk"'
printf '%s\n' "{\"id\":\"a\",\"lists\":{\"l.txt\":\"a.example\"},$own}" \
	"{\"id\":\"b\",$own}" \
	"{\"id\":\"c\",\"lists\":{\"l.txt\":[\"b.example\",\"a.example\"]},$own}" \
	'{"id":"d","lists":{"l.txt":5}}' '{"id":"e","state":{"k":{"expires":"x"}}}' \
	>"$dir/lists.jsonl"
want 'a case has no other lists than its own' 1 \
	'{"id":"a","verdict":"junk"|{"id":"b","error":|can'"'"'t read|{"id":"c","verdict":"junk"|lists: l.txt takes a text|state: k: \"expires\" must be' -- \
	"$verdict" check $conf --cases "$dir/lists.jsonl"

printf 'mode monitr\nlisten.modee 0660\nmode enforce\nmode monitor\n' >"$dir/bad.conf"
want 'errors have place, caret and suggestion' 78 \
	'bad.conf:1:6: error:|^|one of: enforce, monitor|did you mean "listen.mode"|is set twice' -- \
	"$verdict" lint -c "$dir/bad.conf"
want 'a configuration that is not there' 78 'No such file' -- \
	"$verdict" lint -c "$dir/none.conf"
want 'every setting with its origin' 0 'deadline|8s|default' -- \
	"$verdict" lint $conf --show
want 'facts' 0 'dkim.result|spf|from.domain' -- "$verdict" facts

cat >"$dir/message.rules" <<'E2'
rule hello when subject = "hello" and from.domain = "good.example" then junk
  test junks { message "good.eml" }
  test lets-by { message "good.eml" subject "other" }
E2
want 'tests in rules read message files' 0 'no errors' -- \
	"$verdict" lint $conf --rules "$dir/message.rules"
sed 's/subject "other"/subject "hello"/' "$dir/message.rules" >"$dir/wrong.rules"
want 'a failing test is an error' 78 'wrong.rules:3:8: error: test failed' -- \
	"$verdict" lint $conf --rules "$dir/wrong.rules"

printf 'X-Foo: a\nx-foo: b\n' | cat - "$dir/good.eml" >"$dir/foo.eml"
echo 'rule r then header remove "X-Foo"' >"$dir/remove.rules"
want 'a field is removed' 0 '"headers_removed":[["x-foo",2],["X-Foo",1]]' -- \
	"$verdict" check $conf --json --ip 192.0.2.1 --rules "$dir/remove.rules" \
	"$dir/foo.eml"

# What is part of the program is named like a file.
cat >"$dir/shipped.rules" <<'E2'
include "shipped:default.rules"
list shorteners more short.example
rule our-short when any url (host in shorteners) then tag short
  test tags short { url { host short.example } }
  test tags short { url { host bit.ly } }
E2
want 'shipped rules are included and their lists added to' 0 'no errors' -- \
	"$verdict" lint $conf --rules "$dir/shipped.rules"
echo 'list a domains "shipped:nothing"' >"$dir/unshipped.rules"
want 'what is not shipped' 78 'no such file is shipped' -- \
	"$verdict" lint $conf --rules "$dir/unshipped.rules"
printf 'header.brands shipped:brands own\n' >"$dir/brands.conf"
echo 'Good Example: other.example' >"$dir/own"
sed 's/^From:.*/From: G00D Example <a@good.example>/' "$dir/good.eml" \
	>"$dir/brand.eml"
echo 'rule b when from.brand = "Good Example" and not from.brand_own then junk' \
	>"$dir/brand.rules"
want 'names of a site' 10 'Verdict: junk' -- "$verdict" check \
	-c "$dir/brands.conf" --rules "$dir/brand.rules" "$dir/brand.eml"
echo 'Good Example other.example' >"$dir/own"
want 'a table of names that is wrong' 78 'own:1: a colon is missing' -- \
	"$verdict" lint -c "$dir/brands.conf"

{
	printf 'From: a@b.example\nMIME-Version: 1.0\nContent-Type: application/octet-stream; name=x.bin\n'
	printf 'Content-Transfer-Encoding: base64\n\ndmVyZGljdA==\n'
} >"$dir/hash.eml"
cat >"$dir/hash.rules" <<'E2'
rule hashed
  when any attachment (sha256 = "11e221bd1b7fc99544f3f765b0c39dd2786e636c3422d6bec026d1ed03884cac")
  then reject
E2
want 'a file is known by its hash' 13 'Verdict: reject|hashed' -- \
	"$verdict" check $conf --rules "$dir/hash.rules" "$dir/hash.eml"
# Recipients for whom rules differ: taken apart, or warned of.
cat >"$dir/apart.rules" <<'E2'
rule help when rcpt.local = "postmaster" then accept
rule forged when dmarc = fail then reject
rule carol when rcpt.local = "carol" and subject ~ /offer/ then reject
E2
printf 'recipients together\nrules "%s"\n' "$dir/apart.rules" >"$dir/together.conf"
want 'together, a second recipient can void rules' 0 \
	'void rule forged: rule help above it|void rule carol: where it is not' -- \
	"$verdict" lint -c "$dir/together.conf"
sed 's/together/apart/' "$dir/together.conf" >"$dir/apart.conf"
want 'apart, none can' 0 'no errors' -- "$verdict" lint -c "$dir/apart.conf"
if "$verdict" lint -c "$dir/apart.conf" 2>&1 | grep -q void; then
	echo "lint warns of what can't be"
	failed=$((failed + 1))
fi
cat >"$dir/apart.jsonl" <<'E2'
{"id": "rcpt", "mailfrom": "a@s.example", "rcpt": ["postmaster@x.example", "ann@x.example"], "message": "From: a@s.example\n\nhi\n"}
{"id": "end", "mailfrom": "a@s.example", "rcpt": ["ann@x.example", "carol@x.example"], "message": "From: a@s.example\nSubject: offer\n\nhi\n"}
{"id": "again", "mailfrom": "a@s.example", "rcpt": ["ann@x.example", "carol@x.example"], "message": "From: a@s.example\nSubject: offer\n\nhi\n", "state": {"apart:192.0.2.0|a@s.example": {"numbers": [2], "expires": 1767229200}, "apart:192.0.2.0|a@s.example|ann@x.example": {"numbers": [1], "expires": 1767229200}, "apart:192.0.2.0|a@s.example|carol@x.example": {"numbers": [5], "expires": 1767229200}}}
E2
want 'cases take recipients apart' 0 \
	'"id":"rcpt","verdict":"accept"|send to this recipient separately|"id":"end","verdict":"tempfail","reply":{"code":451|"id":"again","verdict":"accept"' -- \
	"$verdict" check -c "$dir/apart.conf" --cases "$dir/apart.jsonl"
# A List-Id speaks for a list where it lies in a domain that sent it.
list_case() { # id, List-Id
	printf '{"id": "%s", "ip": "192.0.2.1", "mailfrom": "a@lists.sender.example", "rcpt": "b@x.example", "message": "From: ceo@bank.example\\nList-Id: %s\\nList-Post: <mailto:a@b.example>\\n\\nhi\\n", "dns": {"lists.sender.example": {"TXT": ["v=spf1 ip4:192.0.2.1 -all"]}, "_dmarc.bank.example": {"TXT": ["v=DMARC1; p=reject"]}}}\n' "$1" "$2"
}
{
	list_case below '<talk.lists.sender.example>'
	list_case beside 'Talk <talk.sender.example>'
	list_case other '<talk.lists.example>'
	list_case longer '<sender.example.evil.example>'
	list_case victim '<news.bank.example>'
	list_case suffix '<example>'
	list_case none 'talk'
} >"$dir/lists.jsonl"
want 'a List-Id speaks for the domain that sent it' 0 \
	'"id":"below","verdict":"junk"|"id":"beside","verdict":"junk"|"id":"other","verdict":"reject"|"id":"longer","verdict":"reject"|"id":"victim","verdict":"reject"|"id":"suffix","verdict":"reject"|"id":"none","verdict":"reject"' -- \
	"$verdict" check $conf --cases "$dir/lists.jsonl"
bad_value() { # line of verdict.conf, words
	echo "$1" >"$dir/bad.conf"
	want "bad value: $1" 78 "bad.conf:1:|$2" -- \
		"$verdict" lint -c "$dir/bad.conf"
}
bad_value 'listen 8899' 'inet:HOST:PORT'
bad_value 'listen.mode rw' 'octal'
bad_value 'headers.directions inbound outbound' 'not outbound'
bad_value 'resolver localhost' 'not localhost'
bad_value 'store redis rediss://10.0.0.1:x' 'write redis://'
bad_value 'store redis 10.0.0.1' 'write redis://'
bad_value 'store mysql' 'redis URL or memory'
bad_value 'metrics 9897' '127.0.0.1:9897'
bad_value 'alert.mail "ops at here.example"' '12: error: alert.mail takes one address'
bad_value 'alert.mail "ann@here.example,root"' '12: error: alert.mail takes one address'
bad_value 'alert.mail ops@' '12: error: alert.mail takes one address'
ln -s loop "$dir/loop"
echo 'rules "loop/*.rules"' >"$dir/loop.conf"
want "a directory that can't be read is not an empty one" 78 'loop' -- \
	"$verdict" lint -c "$dir/loop.conf"
want 'a command that was begun' 64 'did you mean "history"' -- "$verdict" hist
want 'no such fact' 64 'no fact has "NOSUCH"' -- "$verdict" facts NOSUCH
printf 'state %s/none\n' "$dir" >"$dir/young.conf"
printf 'rules here\n' >"$dir/here.conf"
mkdir "$dir/here"
echo 'rule r when from.domian = "x.example" then junk' >"$dir/here/a.rules"
want 'facts, where a rule has one wrong' 78 \
	'here/a.rules:1:13: error: |from.domain  |dkim.result|many' -- \
	"$verdict" facts -c "$dir/here.conf"
want 'one of them' 78 'here/a.rules:1:13: |from.domain  ' -- \
	"$verdict" facts -c "$dir/here.conf" from
echo 'rule r when from.domain = "x.example" then junk' >"$dir/here/a.rules"
want 'a directory of rules' 0 '1 rule from ' -- \
	"$verdict" lint -c "$dir/here.conf"
want 'nothing was judged yet' 66 \
	"there is no journal yet: the daemon begins it|$dir/none/journal.db|state $dir/none" -- \
	"$verdict" history -c "$dir/young.conf"
want 'nothing to explain yet' 66 'there is no journal yet' -- \
	"$verdict" explain -c "$dir/young.conf" 1abc
want 'no such journal' 66 "there is no journal $dir/none.db" -- \
	"$verdict" history --journal "$dir/none.db"
want 'a moment with a minus' 64 'say 1d, that is so long ago' -- \
	"$verdict" history --since -1d
printf 'trust none\n' >"$dir/none.conf"
want 'networks of nobody' 0 'trust                    none' -- \
	"$verdict" lint --show -c "$dir/none.conf"
printf 'mode=monitor\n' >"$dir/equals.conf"
want 'a setting with =' 78 'without = between them' -- \
	"$verdict" lint -c "$dir/equals.conf"
printf 'rule x when attachment.count > 3 then reject\n' >"$dir/count.rules"
want 'a count as a field' 78 'as in count attachment > 3' -- \
	"$verdict" lint --rules "$dir/count.rules"
want 'help of one command' 0 'usage: verdict history|--since' -- \
	"$verdict" help history
want 'help behind the command' 0 'usage: verdict history|--since' -- \
	"$verdict" history --help
want 'help of no command' 64 'did you mean "history"' -- \
	"$verdict" help histroy
want 'no daemon' 69 'is not running' -- "$verdict" status $conf

# The tables of the language, and a set of rules as it is in force.
want 'kinds of words' 0 'actions|facts|settings' -- "$verdict" words
want 'words of a kind' 0 'junk|greylist [for DURATION]|learn spam|ham' -- \
	"$verdict" words actions
want 'words of no kind' 64 'usage: verdict words [KIND]' -- \
	"$verdict" words nothing
printf '%s\n' 'list bad domains evil.example' \
	'rule first when sender.domain in bad then score 2' \
	'rule second shadow when subject ~ /x/ then reject' >"$dir/two.rules"
want 'rules in force' 0 'first|score|eom|second|reject|shadow' -- \
	"$verdict" rules $conf --rules "$dir/two.rules"
want 'rules as JSON' 0 \
	'"name":"first"|"score":2|"facts":["sender.domain"]|"shadow":true' -- \
	"$verdict" rules --json $conf --rules "$dir/two.rules"

# What is remembered, in a store of no daemon.
printf 'state "%s"\nstore sqlite state.db\ncontrol ""\n' "$dir" \
	>"$dir/state.conf"
state() {
	label=$1 status=$2 words=$3
	shift 3
	want "state: $label" "$status" "$words" -- \
		"$verdict" state -c "$dir/state.conf" "$@"
}
state 'no store yet' 1 'unable to open' list
state 'add' 0 '' add rep:d:a.example 1 2
state 'list' 0 'rep:d:a.example|1 2, forgotten in 3' list rep:
state 'show' 0 '1 2, forgotten in' show rep:d:a.example
state 'export' 0 '{"key":"rep:d:a.example"|"numbers":[1,2]}' export
"$verdict" state -c "$dir/state.conf" export >"$dir/export.json"
state 'remove what is not there' 1 'there is no such entry' remove rep:x
state 'remove' 0 '' remove rep:d:a.example
state 'show what is gone' 1 'rep:d:a.example' show rep:d:a.example
state 'import' 0 '' import "$dir/export.json"
state 'list what was imported' 0 'rep:d:a.example' list
state 'an order that is none' 64 'usage: verdict state' forget
want 'lists without a control socket' 69 'the setting "control" is empty' -- \
	"$verdict" lists -c "$dir/state.conf"

# Another process has the control socket and says nothing, or drips: no command
# waits for ever.
if command -v python3 >/dev/null; then
	printf 'state "%s"\ncontrol %s/mute\n' "$dir" "$dir" >"$dir/mute.conf"
	python3 - "$dir/mute" "$dir/mute-listens" <<'end' &
import socket, sys, threading, time
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(8)
open(sys.argv[2], "w").close()
def drip(c):
    try:
        while c.recv(1000).startswith(b"status"):
            while True:
                c.sendall(b"o")
                time.sleep(0.1)
    except OSError:
        pass
kept = []
while True:
    kept.append(s.accept()[0])
    threading.Thread(target=drip, args=(kept[-1],), daemon=True).start()
end
	mute=$!
	while [ ! -e "$dir/mute-listens" ]; do
		kill -0 "$mute" || break
		sleep 0.05
	done
	for command in status stats lists reload; do
		want "$command of a silent daemon" 69 'waited 1 s' -- \
			env VERDICT_PATIENCE=1 timeout 20 \
			"$verdict" "$command" -c "$dir/mute.conf"
	done
	kill "$mute"
	wait "$mute" 2>/dev/null
fi

# Another process has the control socket: it steers no terminal, and an answer
# without end is not read to its end.
if command -v python3 >/dev/null; then
	printf 'state "%s"\ncontrol %s/forged\n' "$dir" "$dir" \
		>"$dir/forged.conf"
	python3 - "$dir/forged" "$dir/listens" <<'end' &
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(8)
open(sys.argv[2], "w").close()
while True:
    c = s.accept()[0]
    line = c.recv(1000)
    try:
        if line.startswith(b"compare"):
            c.sendall(b"ok\n")
            while True:
                c.sendall(b"x y z\n" * 10000)
        c.sendall(b"ok\n\x1b]0;owned\x07\xc2\x9b\xe2\x80\xae\n")
    except OSError:
        pass
    c.close()
end
	server=$!
	while [ ! -e "$dir/listens" ]; do
		kill -0 "$server" || break
		sleep 0.1
	done
	want 'a forged status' 0 '\x1b]0;owned\x07\xc2\x9b\xe2\x80\xae' -- \
		"$verdict" status -c "$dir/forged.conf"
	want 'forged lists' 0 '\x1b]0;owned' -- \
		"$verdict" lists -c "$dir/forged.conf"
	want 'forged samples' 0 '\x1b]0;owned\x07' -- \
		"$verdict" learned --json -c "$dir/forged.conf"
	want 'an answer without end' 69 'what it answers is too long' -- \
		"$verdict" compare -c "$dir/forged.conf"
	kill "$server"
fi

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
