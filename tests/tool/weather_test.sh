#!/bin/sh
# verdict weather: a journal of one week, and DNS as it is today.
src=${srcdir:-.}
. "$src/tests/kit/shell.sh"
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS

mkdir -p "$work/state"
printf 'state %s/state\nrules "%s/a.rules"\n' "$work" "$work" \
	>"$work/verdict.conf"
cat >"$work/a.rules" <<'END'
list partners domains partner.example open.example signed.example
watch domains partners
rule huge when size > 100000000 then reject
END

# That it was signed is stated, as in a case.
decide() { # client, domain, facts
	printf '{"ip": "%s", "mailfrom": "a@%s", "rcpt": "b@b.example", ' \
		"$1" "$2"
	printf '"time": %d, "facts": {%s}, ' "$((1767225600 + n))" "$3"
	n=$((n + 1))
	printf '"message": "From: a@%s\\r\\n\\r\\nHi\\r\\n", ' "$2"
	printf '"dns": %s}\n' "$(cat "$work/then.json")"
}
key='v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo='
zone() { # SPF of partner, DMARC of open, key; rcode of the key
	printf '{"partner.example": {"TXT": ["%s"]}, ' "$1"
	printf '"_dmarc.partner.example": {"TXT": ["v=DMARC1; p=reject"]}, '
	printf '"open.example": {"TXT": ["v=spf1 -all"]}, '
	[ -z "$2" ] || printf '"_dmarc.open.example": {"TXT": ["%s"]}, ' "$2"
	printf '"_dmarc.signed.example": {"TXT": ["v=DMARC1; p=quarantine"]}, '
	[ -z "$3" ] ||
		printf '"s._domainkey.signed.example": {"TXT": ["%s"]}, ' "$3"
	[ -z "${4-}" ] ||
		printf '"s._domainkey.signed.example": {"_rcode": "%s"}, ' "$4"
	printf '"signed.example": {"TXT": ["v=spf1 -all"]}}\n'
}
good="v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.1 -all"
zone "$good" "" "$key" >"$work/then.json"
n=0
own='"dmarc": "none", "dmarc.dkim_aligned": true'
signed='"dkim": [{"result": "pass", "domain": "signed.example", "selector": "s"}], "dmarc": "pass"'
{
	decide 192.0.2.1 partner.example ""
	decide 192.0.2.1 partner.example ""
	decide 198.51.100.1 partner.example ""
	decide 203.0.113.1 partner.example "" # a forgery, then as now
	decide 192.0.2.1 open.example ""
	decide 192.0.2.1 open.example "$own"
	decide 192.0.2.1 signed.example "$signed"
	decide 192.0.2.1 other.example ""
} >"$work/cases.jsonl"
tests/kit/journal_make "$work/state/journal.db" - "$work/a.rules" \
	"$work/cases.jsonl" || failed=1

# want LABEL STATUS PATTERN ARGUMENTS: by the zone in now.json.
want() {
	label=$1 wanted=$2 pattern=$3
	shift 3
	status=0
	./verdict weather -c "$work/verdict.conf" --since 2026-01-01 \
		--zone "$work/now.json" "$@" >"$work/out" 2>&1 || status=$?
	[ "$status" -eq "$wanted" ] && grep -q -e "$pattern" "$work/out" ||
		{
			echo "FAILED: $label: status $status, want $wanted and \"$pattern\":"
			cat "$work/out"
			failed=1
		}
}
zone "$good" "" "$key" >"$work/now.json"
want "as it was" 0 '^partner.example: 3 mails pass as before$'
want "as it was" 0 '^signed.example: 1 mail passes as before$'
grep -q other.example "$work/out" && { echo "FAILED: a stranger"; failed=1; }
want "one that is named" 0 '^other.example: 1 mail passes' other.example

zone "v=spf1 ip4:192.0.2.0/24 -all" "" "$key" >"$work/now.json"
want "SPF" 1 '^partner.example: from today 1 of 3 mails of the last week of partner.example would fail, because SPF of partner.example says fail for 198.51.100.1 (DMARC policy reject; one is '
want "SPF, as JSON" 1 '"domain":"partner.example","mails":3,"fails":1,"unvouched":0,"unknown":0,"why":"SPF of' --json
zone "$good" "v=DMARC1; p=reject" "$key" >"$work/now.json"
want "DMARC" 1 'open.example: from today 2 of 2 mails of the last week of open.example would fail (1 of which neither SPF nor DKIM showed to be its own), because it has published DMARC, which this mail does not pass (DMARC policy reject'
zone "$good" "" "" >"$work/now.json"
want "a key that is gone" 1 'signed.example: from today 1 of 1 .* because the key s._domainkey.signed.example is gone (DMARC policy quarantine'
zone "$good" "" "v=DKIM1; p=" >"$work/now.json"
want "a key that is revoked" 1 'because the key s._domainkey.signed.example is no good key any more'
zone "$good" "" "" SERVFAIL >"$work/now.json"
want "DNS is silent" 0 '^  of 1 DNS does not say$'

# ---- what cannot be ---------------------------------------------------------------
echo 'rule huge when size > 100000000 then reject' >"$work/a.rules"
want "nobody is watched" 78 'no rule file watches any domains'
for bad in 'watch partners' 'watch domains nobody' \
	'list p networks 192.0.2.0/24
watch domains p'; do
	echo "$bad" >"$work/bad.rules"
	./verdict lint -c "$work/verdict.conf" --rules "$work/bad.rules" \
		>"$work/out" 2>&1 && {
		echo "FAILED: $bad"
		failed=1
	}
done
printf 'list p domains a.example\nwatch domains p\n' >"$work/a.rules"
./verdict lint -c "$work/verdict.conf" --rules "$work/a.rules" \
	>"$work/out" 2>&1 || failed=1
grep -q warning "$work/out" && {
	echo "FAILED: a list that is only watched"
	cat "$work/out"
	failed=1
}
./verdict weather -c "$work/verdict.conf" --since never >/dev/null 2>&1
[ $? -eq 64 ] || { echo "FAILED: --since never"; failed=1; }
exit $failed
