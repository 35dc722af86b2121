#!/bin/sh
# The commands that read the journal, on one made from tests/data/journal:
# what they print is compared with the *.want files there. -u rewrites those.
src=${srcdir:-.}
data=$src/tests/data/journal
. "$src/tests/kit/shell.sh"
COLUMNS=120
export COLUMNS
journal=$work/journal.db

# ids that these filters find, in one line.
ids() {
	./verdict history --journal "$journal" --csv "$@" |
		awk -F'","' 'NR > 1 { printf "%s%s", sep, substr($2, 12); sep = " " }'
}

found() {
	expected=$1
	shift
	got=$(ids "$@")
	[ "$got" = "$expected" ] || fail "history $*: got '$got', want '$expected'"
}

tests/kit/journal_make "$journal" - "$data/site.rules" "$data/cases.jsonl" ||
	fail "making the journal"

want_file history ./verdict history --journal "$journal"
want_file history-json ./verdict history --journal "$journal" --json --limit 1

found "001" --rule forged
told() { # what, options
	what=$1
	shift
	./verdict history --json "$@" | grep -q '"subject":' ||
		[ "$what" = none ] || fail "no subject: $*"
	! ./verdict history --json "$@" | grep -q '"subject":\|"author":' ||
		[ "$what" = some ] || fail "subject or author: $*"
}
told some --journal "$journal"

found "003" --from evil.example --verdict junk
found "006 004" --rule loud --verdict junk
found "006" --to carol@here.example
found "004" --to sub.here.example
found "" --to ere.example
found "004" --from "<>"
found "001" --from good.example --client 192.0.2.64/28
found "006" --client 2001:db8::/32
found "006 005" --since 2026-01-01T00:05:00Z
found "001 000" --until 2026-01-01T00:01:00Z
found "006 005" --since 2026-01-01T01:05:00+01:00
found "006 005" --since 2026-01-01T00:05:00.25Z
found "" --since yesterday
found "" --since tuesday
found "006" --limit 1
found "000" --subject mInUtEs
found "" --subject "minutes pay"
found "005 001 000" --author ANN@good.example
found "001" --author good.example --subject pay
found "" --author ood.example
# Words are found however they are written.
python3 - >"$work/letters.jsonl" <<'END'
import base64, json
for number, subject in enumerate((
        "Gr\u00fc\u00dfe aus \u0130stanbul", "Rechnung 10/2026",
        'A "quoted" word')):
    word = base64.b64encode(subject.encode()).decode()
    print(json.dumps({
        "ip": "192.0.2.1", "mailfrom": "ann@b\u00fccher.example",
        "rcpt": "bob@here.example", "time": 1767225600 + number,
        "message": "From: ann@good.example\r\nSubject: =?utf-8?B?%s?=\r\n"
                   "\r\nHello.\r\n" % word}))
END
tests/kit/journal_make "$work/letters.db" - "$data/site.rules" \
	"$work/letters.jsonl" || fail "a journal of other letters"
letters() { # how many, options
	count=$1
	shift
	got=$(./verdict history --journal "$work/letters.db" --json "$@" | wc -l)
	[ "$got" -eq "$count" ] || fail "history $*: $got of $count"
}
letters 1 --subject istanbul
letters 1 --subject "GRUSSE AUS İSTANBUL"
letters 1 --subject "rechnung 10/2026"
letters 1 --subject 'a "quoted'
letters 0 --subject "istanbul rechnung"
letters 3 --from "bücher.example"
letters 3 --from "BÜCHER.example"
letters 3 --from "ann@xn--bcher-kva.example"
letters 3 --from "ann@bücher.example"

# What a sender wrote steers no terminal, and no spreadsheet reckons with it.
printf '%s\n' '{"ip": "192.0.2.1", "mailfrom": "\u001b[31m\u009b\r\u202ex@evil.example", "rcpt": "\t=1+1@here.example", "message": "From: ann@good.example\r\n\r\n"}' >"$work/escape.jsonl"
tests/kit/journal_make "$work/escape.db" - "$data/site.rules" \
	"$work/escape.jsonl" || fail "a journal of escapes"
./verdict history --journal "$work/escape.db" --csv |
	grep -qF "\"?[31m???x@evil.example\",\"good.example\",\"'=1+1@here" ||
	fail "escapes: $(./verdict history --journal "$work/escape.db" --csv | cat -v)"
for told in "history --json" "explain 1 --json" "explain 1 --case"; do
	./verdict $told --journal "$work/escape.db" >"$work/got" 2>"$work/err"
	grep -q "u001b" "$work/got" && grep -q "u202e" "$work/got" &&
		! LC_ALL=C grep -q "[^ -~]" "$work/got" ||
		fail "escapes of $told: $(cat -v "$work/got" "$work/err")"
done
# Nor does what somebody else has written into a column.
if command -v python3 >/dev/null; then
	for column in id queue client sender author rcpt verdict wanted stage \
		rule rules reply auth; do
		cp "$work/escape.db" "$work/column.db"
		python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE decision SET %s=?" % sys.argv[2], ("\x1b]0;x\x07\u202e",))
db.commit()' "$work/column.db" "$column" || fail "column $column"
		for told in history "history --json" "history --csv"; do
			./verdict $told --journal "$work/column.db" >"$work/got" 2>&1
			LC_ALL=C grep -q "[^ -~]" "$work/got" &&
				fail "$told, column $column: $(cat -v "$work/got")"
		done
	done
fi

printf 'journal.addresses hashed\n' >"$work/hashed.conf"
tests/kit/journal_make "$work/hashed.db" "$work/hashed.conf" \
	"$data/site.rules" "$data/cases.jsonl" || fail "a hashed journal"
told none --journal "$work/hashed.db"
./verdict history --journal "$work/hashed.db" --subject minutes >"$work/got" 2>&1
[ $? -eq 1 ] && grep -q "with journal.addresses hashed they are not kept" \
	"$work/got" || fail "a Subject that is not kept: $(cat "$work/got")"

# A decision's case is judged as it was. The id is made of time, host and a
# counter: it is the same each time.
case_is_alike() {
	./verdict explain --case --journal "$1" "$2" >"$work/case.jsonl" ||
		fail "case of $2"
	./verdict check --cases "$work/case.jsonl" >"$work/answer"
	verdict=$(./verdict history --journal "$1" --json --id "$2" |
		sed -n "s/.*\"id\":\"$2\".*\"verdict\":\"\([a-z]*\)\".*/\1/p")
	grep -q "\"verdict\":\"$verdict\"" "$work/answer" ||
		fail "$2 was $verdict, its case is $(cat "$work/answer")"
}

all_ids() {
	./verdict history --journal "$1" --csv | awk -F'","' 'NR > 1 { print $2 }'
}

for decision in $(all_ids "$journal"); do
	short=$(echo "$decision" | cut -c12-)
	want_file "explain-$short" ./verdict explain --journal "$journal" "$decision"
	case_is_alike "$journal" "$decision"
done
# On a narrow screen lines are folded, and nothing is lost.
letters() {
	sed 's/[│├└─]//g; s/ //g' "$1" | tr -d '\n'
}
for decision in $(all_ids "$journal"); do
	COLUMNS= ./verdict explain --journal "$journal" "$decision" \
		>"$work/wide"
	COLUMNS=60 ./verdict explain --journal "$journal" "$decision" \
		>"$work/narrow"
	widest=$(LC_ALL=C.UTF-8 wc -L <"$work/narrow")
	[ "$widest" -le 60 ] || fail "explain $decision is $widest columns wide"
	[ "$(letters "$work/wide")" = "$(letters "$work/narrow")" ] ||
		fail "explain $decision says something else where it is narrow"
done
./verdict explain --journal "$journal" 1mnbe9wwse0001 2>&1 |
	grep -q '^  1mnbe9wwes0001$' || fail "a decision that is near"
./verdict explain --journal "$journal" 4test 2>&1 |
	grep -q '^  1mnbe9wwes0001$' || fail "decisions by queue id"
for id in "" " "; do
	./verdict explain --for-sender --journal "$journal" "$id" >/dev/null 2>&1
	[ $? -eq 64 ] || fail "no id is explained"
done
./verdict explain --journal "$journal" zzz >/dev/null 2>&1 &&
	fail "a decision that is not there"

want_file replay-same ./verdict replay --journal "$journal" --rules "$data/site.rules"
want_file replay-new ./verdict replay --journal "$journal" --rules "$data/new.rules"

# Many are judged by several threads, some hundred at once: what comes out is
# as often as many, and the samples are the newest.
replay_counts() {
	./verdict replay --journal "$1" --rules "$data/new.rules" --json |
		grep -o '"[a-z]*":[0-9]*' | awk -F: -v by="$2" '{
			print $1 ":" $2 * by }'
}
tests/kit/journal_make "$work/many.db" - "$data/site.rules" \
	"$data/cases.jsonl" 200 || fail "making a journal of many"
replay_counts "$journal" 200 >"$work/once"
replay_counts "$work/many.db" 1 >"$work/got"
grep -q '"changed":[1-9]' "$work/got" && cmp -s "$work/once" "$work/got" ||
	fail "replay of many: $(diff "$work/once" "$work/got")"
./verdict replay --journal "$work/many.db" --rules "$data/new.rules" --json \
	--limit 600 >"$work/got"
grep -q '"decisions":600,' "$work/got" || fail "replay --limit, of many"
for try in 1 2 3; do
	./verdict replay --journal "$work/many.db" --rules "$data/new.rules" \
		--json --limit 600 | cmp -s - "$work/got" ||
		fail "replay of many, try $try"
done

# Records that are damaged, or that somebody has written there, are counted as
# such, and the others judged.
cp "$work/many.db" "$work/forged.db"
if command -v python3 >/dev/null; then
	python3 - "$work/forged.db" >"$work/forged" <<-'end'
	import sqlite3
	import sys
	db = sqlite3.connect(sys.argv[1])
	for at, change in enumerate((
	        "record SET json=zeroblob(100)", "record SET json='{\"half\":'",
	        "record SET json='[1]'", "record SET json=substr(json,1,200)",
	        "record SET json='{\"stage\":\"eom\",\"direction\":7}'",
	        "record SET names=x'FFFFFFFF'", "decision SET snapshot='none'")):
	    db.execute("UPDATE %s WHERE seq%%10=%d" % (change, at))
	print('"unreadable":%d,' % db.execute(
	    "SELECT count(*) FROM decision WHERE seq%10<7").fetchone())
	db.commit()
	end
	./verdict replay --journal "$work/forged.db" --json \
		--rules "$data/site.rules" >"$work/got"
	grep -qF "$(cat "$work/forged")" "$work/got" &&
		grep -q '"changed":0,"unknown":0,' "$work/got" ||
		fail "replay of what is forged: $(cat "$work/forged" "$work/got")"
fi

# What a list says that nobody asked then is not known, and is not the answer
# no; who wants it all the same asks now, where one answer leads to the next
# question.
want_file replay-lists ./verdict replay --journal "$journal" \
	--rules "$data/lists.rules"
want_file replay-ask ./verdict replay --journal "$journal" --ask \
	--zone "$data/lists.json" --rules "$data/lists.rules"
./verdict replay --journal "$journal" --ask=5 --zone "$data/lists.json" \
	--rules "$data/lists.rules" --json >"$work/got"
grep -q '"asked":[1-9][0-9]*,"asked_now":[1-9]' "$work/got" ||
	fail "replay --ask --json: $(cat "$work/got")"
for bad in --ask=0 --ask=101 --ask=x "--zone $data/lists.json"; do
	# shellcheck disable=SC2086
	./verdict replay --journal "$journal" $bad >/dev/null 2>&1
	[ $? -eq 64 ] || fail "replay $bad"
done
# A journal that was made with the lists knows what they said, a list with a
# key included, whose name is there without the key.
sed 's/"dns": {/"dns": {"66.2.0.192.key.zen.example": {"A": ["127.0.0.4"]},/' \
	"$data/cases.jsonl" >"$work/keyed.jsonl"
printf 'list zen dnsbl "%%{key}.zen.example" key file "zen.key" codes 127.0.0.4\n%s\n' \
	'rule listed when client.ip in zen then reject' >"$work/keyed.rules"
tests/kit/journal_make "$work/keyed.db" - "$work/keyed.rules" \
	"$work/keyed.jsonl" || fail "making the journal of a list with a key"
echo secretkey >"$work/zen.key"
echo "state $work" >"$work/keyed.conf"
./verdict replay --journal "$work/keyed.db" -c "$work/keyed.conf" \
	--rules "$work/keyed.rules" >"$work/got" 2>&1
grep -q ' 0 changed, 0 unknown' "$work/got" ||
	fail "a list with a key: $(cat "$work/got")"

# What the store said is in the journal: greylisting, limits, reputation.
state=$work/state.db
tests/kit/journal_make "$state" - "$data/state.rules" "$data/state.jsonl" ||
	fail "making the journal of state"
want_file state-history ./verdict history --journal "$state"
want_file state-explain ./verdict explain --journal "$state" 1mnbe9wwes0001
for decision in $(all_ids "$state"); do
	case_is_alike "$state" "$decision"
done
want_file state-replay-same \
	./verdict replay --journal "$state" --rules "$data/state.rules"
want_file state-replay-new \
	./verdict replay --journal "$state" --rules "$data/state-new.rules"
exit $failed
