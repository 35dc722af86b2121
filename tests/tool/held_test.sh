#!/bin/sh
# verdict held and release, with an MTA that is made up: what it holds and what
# it was told to do stand in files.
src=${srcdir:-.}
data=$src/tests/data/journal
. "$src/tests/kit/shell.sh"
PAGER=cat
export PAGER work
journal=$work/journal.db

# says WHAT PATTERN COMMAND...: its output has that.
says() {
	what=$1 pattern=$2
	shift 2
	"$@" >"$work/got" 2>&1
	grep -q "$pattern" "$work/got" ||
		fail "$what: no \"$pattern\" in: $(cat "$work/got")"
}

tests/kit/journal_make "$journal" - "$data/site.rules" "$data/cases.jsonl" ||
	fail "making the journal"
mkdir "$work/postfix" "$work/sendmail"

cat >"$work/postfix/postqueue" <<'END'
#!/bin/sh
if [ "$1" = -i ]; then echo "$@" >>"$work/told"; exit 0; fi
if [ -e "$work/down" ]; then
	echo "postqueue: warning: Mail system is down -- accessing queue directly (Connect to the Postfix showq service: No such file or directory)" >&2
	echo "postqueue: fatal: malformed showq server response" >&2
	exit 69
fi
cat "$work/queue"
END
cat >"$work/postfix/postsuper" <<'END'
#!/bin/sh
echo "$@" >>"$work/told"
if grep -q "$2" "$work/queue"; then
	echo "postsuper: $2: released from hold" >&2
	echo "postsuper: Released from hold: 1 message" >&2
fi
END
cat >"$work/sendmail/sendmail" <<'END'
#!/bin/sh
echo "$@" >>"$work/told"
[ "$1" != -bp ] || cat "$work/mailq"
END
chmod +x "$work"/*/*
cat >"$work/queue" <<'END'
{"queue_name": "hold", "queue_id": "4TEST", "arrival_time": 1767225900, "message_size": 420, "forced_expire": false, "sender": "x@evil.example", "recipients": [{"address": "bob@here.example"}, {"address": "eve@here.example"}]}
{"queue_name": "hold", "queue_id": "4OTHER", "arrival_time": 1767225960, "message_size": 9, "sender": "\u001b[31m@evil.example", "recipients": [{"address": "bob@here.example"}]}
{"queue_name": "hold", "queue_id": "4;rm -rf", "arrival_time": 1767225960, "message_size": 9, "sender": "", "recipients": []}
{"queue_name": "deferred", "queue_id": "4LATER", "arrival_time": 1767225960, "message_size": 9, "sender": "", "recipients": []}
no JSON
END
PATH=$work/postfix:/usr/bin:/bin
export PATH

says "a message" "^4TEST  2026-01-01 00:05:00  x@evil.example to bob@here.example and others$" \
	./verdict held --journal "$journal"
says "why" "^    1mnbek8wes0006 by junk threshold  " ./verdict held --journal "$journal"
says "a message of nobody" "not by a rule that the journal knows" \
	./verdict held --journal "$journal"
says "made harmless" "^4OTHER .* ?\[31m@evil.example to" ./verdict held --journal "$journal"
grep -q 'rm -rf\|4LATER' "$work/got" && fail "what is not held, or no id, is listed"
says "JSON" '"queue":"4TEST","id":"1mnbek8wes0006".*"to":\["bob@here.example","eve@here.example"\]' \
	./verdict held --json --journal "$journal"

# Words of others reach no terminal by what is said of them either.
says "an id of whoever asks" 'no message 4\\x1b\[31m' \
	./verdict release --journal "$journal" "$(printf '4\033[31m')"
mv "$work/queue" "$work/queue.kept"
printf '{"sender": "\302\2332J\033[2J\303\244@evil.example"' >"$work/queue"
echo 'exit 1' >>"$work/postfix/postqueue"
says "what the MTA says" 'sender": "\\xc2\\x9b2J\\x1b\[2J.*@evil.example' \
	./verdict held --journal "$journal"
sed -i '$d' "$work/postfix/postqueue"
mv "$work/queue.kept" "$work/queue"

# By the queue id, by the decision's, and as it stands in a log.
for id in 4TEST 1mnbek8wes0006 "[1MNBEK8WES0006]"; do
	: >"$work/told"
	says "release $id" "^4TEST is released" ./verdict release --journal "$journal" "$id"
	[ "$(tr '\n' ' ' <"$work/told")" = "-H 4TEST -i 4TEST " ] ||
		fail "release $id told the MTA: $(cat "$work/told")"
done
: >"$work/told"
for id in 4LATER 4NOSUCH "4TEST;x" ALL -; do
	./verdict release --journal "$journal" -- "$id" >"$work/got" 2>&1 &&
		fail "$id was released"
	grep -q "holds no message" "$work/got" || fail "$id: $(cat "$work/got")"
done
[ ! -s "$work/told" ] || fail "the MTA was told: $(cat "$work/told")"
./verdict release >/dev/null 2>&1
[ $? -eq 64 ] || fail "release of nothing"
: >"$work/queue"
says "nothing is held" "Postfix holds nothing" ./verdict held --journal "$journal"

# Sendmail's.
cat >"$work/mailq" <<'END'
		/var/spool/mqueue (1 request)
-----Q-ID----- --Size-- -----Q-Time----- ------------Sender/Recipient-----------
xATM0abc012345*      12 Sun Nov 29 22:14 <x@evil.example>
               QUARANTINE: verdict 1mnbek8wes0006 hold-me
					 <bob@here.example>
					 <eve@here.example>
		Total requests: 1
END
PATH=$work/sendmail:/usr/bin:/bin
sendmail() {
	command=$1
	shift
	./verdict "$command" --mta sendmail --journal "$journal" "$@"
}
touch "$work/down"
says "Postfix is down" "Postfix is not running. .*start it" ./verdict held --mta postfix --journal "$journal"
says "Postfix is down" "^verdict: [^:]*: [^:]*$" ./verdict held --mta postfix --journal "$journal"
rm "$work/down"
says "Sendmail's" "^xATM0abc012345  .*x@evil.example to bob@here.example and others" sendmail held
says "Sendmail's reason" "verdict 1mnbek8wes0006 hold-me" sendmail held
: >"$work/told"
says "Sendmail's release" "is released" sendmail release xATM0abc012345
grep -q -- "^-qQ -Q -qIxATM0abc012345$" "$work/told" ||
	fail "sendmail was told: $(cat "$work/told")"
# Who sends to many takes neither time nor memory of those who look.
{
	sed -n 3,5p "$work/mailq"
	awk 'BEGIN { for (i = 0; i < 20000; i++)
		printf "\t <recipient-%d@here.example.org>\n", i }'
} >"$work/many" && mv "$work/many" "$work/mailq"
says "very many recipients" "to bob@here.example and others" sendmail held
sendmail held --json >"$work/got"
[ "$(tr , '\n' <"$work/got" | grep -c '@here[.]example')" -eq 100 ] ||
	fail "more than 100 recipients: $(cut -c 1-200 "$work/got")"
says "another MTA" "there is no exim here" ./verdict held --mta exim --journal "$journal"
exit $failed
