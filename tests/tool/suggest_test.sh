#!/bin/sh
# verdict suggest, on a journal made here: what was found on its first half is
# enforced and tried on the second.
src=${srcdir:-.}
. "$src/tests/kit/shell.sh"
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS

suggest() { # STATUS ARGUMENTS
	wanted=$1
	shift
	run "$wanted" suggest -c "$work/verdict.conf" "$@"
}

mkdir -p "$work/state"
printf 'state %s/state\nrules "%s/a.rules"\n' "$work" "$work" \
	>"$work/verdict.conf"
cat >"$work/a.rules" <<'END'
rule bad-sender when sender = "caught@late.example" and size < 3 then reject
promise friends when from.domain = "friend.example" and spf = none never junk
END

# Both halves are alike: mail of shops and of friends, some of it large; a
# plague that comes from one host of a hoster and is about 2,000,000 octets;
# one whose author's domain gives it away; one that is like a friend's mail.
second=1767225600
# To junk@ goes what users will call spam; nothing else tells it.
decide() { # count, client, author, facts, who gets it, sender
	i=0
	while [ "$i" -lt "$1" ]; do
		second=$((second + 60))
		i=$((i + 1))
		printf '{"ip": "%s", "mailfrom": "%s", "time": %d, ' \
			"$2" "${6:-a@$3}" "$second"
		printf '"rcpt": "%s@b.example", "facts": {%s}, ' "$5" "$4"
		printf '"message": "From: a@%s\\r\\n\\r\\nHi\\r\\n"}\n' "$3"
	done
}
half() {
	decide 60 192.0.2.1 shop.example '"size": 5000, "tls": true' in
	decide 60 198.51.100.7 friend.example '"size": 2000000, "tls": true' in
	decide 40 203.0.113.9 list.example '"size": 2000001, "tls": false' in
	decide 40 192.0.2.1 news.example '"size": 300, "tls": false' in
	decide 12 203.0.113.9 shop.example '"size": 2000001, "tls": true' junk
	decide 12 192.0.2.99 scam.example '"size": 4000, "tls": true' junk
	decide 9 198.51.100.7 friend.example '"size": 77, "tls": false' junk
}
half >"$work/first.jsonl"
end=$((second + 30))
until=$(date -u -d "@$end" +%Y-%m-%dT%H:%M:%SZ)
half >"$work/second.jsonl"
decide 6 192.0.2.1 shop.example '"size": 4000, "tls": true' in \
	caught@late.example >>"$work/second.jsonl"
# Who sent the last ones is refused then.
decide 1 192.0.2.1 shop.example '"size": 1, "tls": true' in \
	caught@late.example >>"$work/second.jsonl"
cat "$work/first.jsonl" "$work/second.jsonl" >"$work/cases.jsonl"
tests/kit/journal_make "$work/state/journal.db" - "$work/a.rules" \
	"$work/cases.jsonl" || failed=1

# Nobody said what is spam: that a sender was refused is all that is known.
suggest 0 --support 5
want '^# 6 messages were let by and are spam: 0 that users said so of, 6 whose$' out
want '^# sender was refused within a week. 466 good messages' out
want '^# Catches 6 of 6 (100.0 %)' out
want 'there is no .*/learned.db' err

./verdict history --journal "$work/state/journal.db" --limit 0 --json |
	grep '"to":\["junk@b.example"\]' |
	sed 's/.*"id":"\([^"]*\)".*/spam \1/' >"$work/taught"
[ "$(wc -l <"$work/taught")" -eq 66 ] || {
	echo "FAILED: ids of the journal"
	head -n 3 "$work/taught"
	failed=1
}
tests/kit/learn_make "$work/state/learned.db" <"$work/taught" || failed=1

# Of 200 good ones a part was held back; two things are to be found. What is a
# friend's mail must not be junk, whatever users say.
suggest 0 --until "$until"
want '^# 24 messages were let by and are spam: 33 that users said so of, 0 ' out
want '^# 9 more are spam that a promise says must not be junk' out
want '^# sender was refused within a week. 200 good messages;' out
want '^# Proved: no promise breaks, with all of these in force' out
want '^    and not (from.domain = "friend.example" and spf = none)' out
want_not 'junk@' out
want '^# Catches 12 of 24 (50.0 %), and none of the good messages' out
want '^rule suggested-[12] shadow$' out
want '^  then junk$' out
want '^  test fires { ' out
suggest 0 --until "$until" --json
want '"spam":24,"taught":33,"refused_later":0,"good":200,' out
want '"promises":1,"promises_proved":true,' out
want '"break_promises":0' out
suggest 0 --until "$until" --max 1
[ "$(grep -c '^# Catches' "$work/out")" -eq 1 ] || {
	echo "FAILED: --max"
	failed=1
}

# Enforced, they catch what the second half has of it, and nothing else.
suggest 0 --until "$until"
{
	cat "$work/a.rules"
	sed 's/ shadow$//' "$work/out"
} >"$work/b.rules"
./verdict lint -c "$work/verdict.conf" --rules "$work/b.rules" \
	>"$work/lint" 2>&1 || {
	echo "FAILED: lint of what was found"
	cat "$work/lint" "$work/b.rules"
	failed=1
}
./verdict replay --journal "$work/state/journal.db" -c "$work/verdict.conf" \
	--rules "$work/b.rules" --since "$until" >"$work/replay" 2>&1
grep -q '^240 decisions: 216 as they were, 24 changed, 0 unknown' \
	"$work/replay" || {
	echo "FAILED: the second half"
	cat "$work/replay" "$work/b.rules"
	failed=1
}

# Nothing to be found, and what cannot be read.
suggest 1 --until "$until" --support 40
want 'nothing was found' err
suggest 1 --until "$until" --since "$until"
want 'nothing was taught and no sender was refused later' err
cp "$work/cases.jsonl" "$work/state/learned.db"
suggest 66
want 'learned.db: ' err
for bad in "--since never" "--support 0" "--max 17" "--max 0" file; do
	# shellcheck disable=SC2086
	suggest 64 $bad
done
suggest 66 --journal "$work/none.db"
exit $failed
