#!/bin/sh
# What is told of a verdict: the reason in X-Verdict, whom a refused sender may
# ask, and what he may be told.
src=${srcdir:-.}
. "$src/tests/kit/shell.sh"

cat >"$work/a.rules" <<'END'
verdict junk at 6
rule words when subject ~ /words/ then junk "it says so itself"
rule held when subject ~ /held/ then quarantine
rule loud when subject ~ /!!!/ then score 4
rule louder when subject ~ /!!!!/ then score 2.5
rule quiet shadow when subject ~ /!/ then score 9
rule refused when subject ~ /refused/ then reject 550 5.7.1 "not this"
rule later when subject ~ /later/ then tempfail
rule forged when dmarc = fail then reject
END
printf 'rules "%s/a.rules"\nreply.contact "https://mx.example/why?id=%%{id}&x"\n' \
	"$work" >"$work/contact.conf"
printf 'rules "%s/a.rules"\n' "$work" >"$work/plain.conf"

# case SUBJECT [MORE]: one that check --cases takes, in $work/case.
case_make() {
	printf '{"ip":"192.0.2.66","helo":"mx.evil.example","mailfrom":"x@evil.example","rcpt":"bob@here.example","time":1767225600,"message":"From: Ann <ann@good.example>\\r\\nSubject: %s\\r\\nDate: Thu, 01 Jan 2026 00:00:00 +0000\\r\\nMessage-ID: <1@x.example>\\r\\nTo: bob@here.example\\r\\n\\r\\nHi.\\r\\n"%s}\n' "$1" "${2-}" >"$work/case"
}

# says WHAT CONF SUBJECT PATTERN
says() {
	case_make "$3"
	./verdict check --cases "$work/case" -c "$work/$2" >"$work/got" 2>&1
	grep -q "$4" "$work/got" || fail "$1: no \"$4\" in $(cat "$work/got")"
}

says "a rule's own words" plain.conf words 'reason=it%20says%20so%20itself'
says "scores" plain.conf 'a!!!!' 'reason=score%206.5:%20loud%204%2C%20louder%202.5'
says "what matched" plain.conf held 'verdict=quarantine; *rule=held;[^"]*reason=subject'
says "no contact" plain.conf refused 'not this \['
says "a contact" contact.conf refused \
	'"not this; see https://mx.example/why?id=\([0-9a-z]*\)&x \[\1\]"'
case_make later
./verdict check --cases "$work/case" -c "$work/contact.conf" >"$work/got" 2>&1
grep -q 'mx.example/why' "$work/got" && fail "a contact in what is only put off"
case_make hello
./verdict check --cases "$work/case" -c "$work/plain.conf" >"$work/got" 2>&1
grep -q 'reason=' "$work/got" && fail "a reason of nothing: $(cat "$work/got")"

# Forty ids are longer than a reply.
ids=$(printf '%%{id}%.0s' 1 2 3 4 5 6 7 8 9 10)
ids=$ids$ids$ids$ids
for value in "$ids" 'a b' 'ask%me' '[x]' "$(printf '%0201d' 0)" '"\303\244"'; do
	printf 'reply.contact "%b"\n' "$value" >"$work/bad.conf"
	./verdict lint -c "$work/bad.conf" >"$work/got" 2>&1
	grep -q 'reply.contact takes' "$work/got" || fail "reply.contact $value: $(cat "$work/got")"
done

# for_sender ID PATTERN...
journal=$work/journal.db
dns='"dns":{"good.example":{"TXT":["v=spf1 -all"]},"_dmarc.good.example":{"TXT":["v=DMARC1; p=reject"]},"evil.example":{"TXT":["v=spf1 -all"]}}'
: >"$work/cases"
for subject in hello refused words later; do
	case_make "$subject" ",$dns"
	cat "$work/case" >>"$work/cases"
done
tests/kit/journal_make "$journal" "$work/contact.conf" "$work/a.rules" "$work/cases" ||
	fail "making the journal"
ids=$(./verdict history --journal "$journal" --csv | awk -F'","' 'NR > 1 { print $2 }' | sort)
number=0
for want in "To mend: The domain good.example asks, by DMARC" \
	"To mend: The message as a whole" "was taken" "Mail servers try"; do
	number=$((number + 1))
	id=$(echo "$ids" | sed -n "${number}p")
	./verdict explain --for-sender --journal "$journal" "$id" >"$work/got" 2>&1
	grep -q "$want" "$work/got" || fail "sender of $id: no \"$want\" in $(cat "$work/got")"
	# Neither rules nor scores nor others' data.
	grep -qE 'forged|itself|bob@|Subject|hello|score|x@evil' "$work/got" &&
		fail "told too much of $id: $(cat "$work/got")"
done
exit $failed
