#!/bin/sh
# verdict forwarders, on a journal made here: what it prints is compared with
# the *.want files of tests/data/journal. -u rewrites those.
src=${srcdir:-.}
data=$src/tests/data/journal
. "$src/tests/kit/shell.sh"
COLUMNS=120
export COLUMNS
journal=$work/journal.db
second=1767225600

# One message: client, its confirmed name or "", envelope sender, author's
# domain, recipient, what SPF says, what the author's signature comes to, who
# sealed it or "".
message() {
	second=$((second + 3600))
	name="\"iprev\": \"pass\", \"client.name\": \"$2\", "
	[ -n "$2" ] || name="\"iprev\": \"fail\", "
	seal="\"arc\": \"pass\", \"arc.sealer\": \"$8\", "
	[ -n "$8" ] || seal="\"arc\": \"none\", "
	printf '{"ip": "%s", "helo": "mx.example", "mailfrom": "%s", ' "$1" "$3"
	printf '"rcpt": "%s", "time": %d, "facts": {%s%s' "$5" "$second" \
		"$name" "$seal"
	printf '"spf": "%s", "dkim": [{"result": "%s", "domain": "%s"}]}, ' \
		"$6" "$7" "$4"
	printf '"message": "From: a@%s\\r\\nX-Signature: %s\\r\\n\\r\\nHi\\r\\n"}\n' \
		"$4" "$7"
}

{
	for i in 1 2 3 4 5 6; do
		# A university, which seals, and one message that was changed.
		message 192.0.2.10 mx1.uni.example "ann@a$i.example" \
			"a$i.example" bob@here.example softfail pass uni.example
		message 192.0.2.11 mx2.uni.example "ann@a$i.example" \
			"mail.a$i.example" bob@here.example fail pass ""
		# Former pupils, by SRS.
		message 192.0.2.20 "" "SRS0=abcd=XY=a$i.example=ann@alumni.example" \
			"a$i.example" carol@here.example pass pass ""
		message 192.0.2.20 "" \
			"srs1=ab=first.example==abcd=XY=a$i.example=ann@alumni.example" \
			"a$i.example" carol@here.example pass fail ""
		# A host without a name.
		message 192.0.2.30 "" "ann@a$i.example" "a$i.example" \
			dave@here.example fail pass ""
		message 192.0.2.31 "" "ann@b$i.example" "b$i.example" \
			dave@here.example fail pass ""
		# Forged, by a host of its own.
		message 192.0.2.66 evil.example "ann@a$i.example" "a$i.example" \
			bob@here.example fail fail ""
		message 192.0.2.66 evil.example "ann@b$i.example" "b$i.example" \
			bob@here.example fail fail ""
		# Sent for many, to many.
		message 192.0.2.40 out.sender.example "ann@a$i.example" \
			"a$i.example" "u$i@here.example" fail pass ""
		message 192.0.2.40 out.sender.example "ann@b$i.example" \
			"b$i.example" "v$i@here.example" fail pass ""
		# An author's own host, not in his SPF; and mail as it should be.
		message 192.0.2.50 mail.c.example "ann@c.example" c.example \
			bob@here.example softfail pass ""
		message 192.0.2.51 mail.c.example "ann@c.example" c.example \
			bob@here.example pass pass ""
		# Of one author alone.
		message 192.0.2.60 mx.one.example "ann@a1.example" a1.example \
			bob@here.example fail pass ""
		message 192.0.2.60 mx.one.example "ann@a1.example" a1.example \
			bob@here.example fail pass ""
	done
	message 192.0.2.10 mx1.uni.example ann@a9.example a9.example \
		bob@here.example fail fail ""
} >"$work/cases.jsonl"
printf 'rule stop when header.x-signature = "fail" then junk\n' \
	>"$work/rules"
tests/kit/journal_make "$journal" - "$work/rules" "$work/cases.jsonl" ||
	fail "making the journal"

want_file forwarders ./verdict forwarders --journal "$journal" --since 2026-01-01
want_file forwarders-json ./verdict forwarders --journal "$journal" --json \
	--since 2026-01-01

shown() { # expected names, options
	expected=$1
	shift
	got=$(./verdict forwarders --journal "$journal" --json \
		--since 2026-01-01 "$@" 2>/dev/null |
		sed 's/.*"domain":"\{0,1\}\([a-z.]*\)"\{0,1\},"network":"\{0,1\}\([0-9a-z./]*\).*/\1 \2/' |
		tr '\n' ';')
	[ "$got" = "$expected" ] || fail "$*: got '$got', want '$expected'"
}

shown "null 192.0.2.0/24;" --authors 7
shown "uni.example null;null 192.0.2.0/24;alumni.example null;one.example null;" --authors 1
shown "uni.example null;" --messages 13
shown "" --messages 14
shown "" --until 2025-01-01
# Those of the last 30 days, when not said otherwise: long ago by now.
shown "" --since 30d

./verdict forwarders --journal "$journal" --authors 100 >"$work/out" 2>"$work/err"
[ $? -eq 1 ] || fail "nobody: exit status"
grep -q "nobody forwards mail" "$work/err" || fail "nobody: what is said"
for bad in "--authors 0" "--messages x" "--since never" "file"; do
	# shellcheck disable=SC2086
	./verdict forwarders --journal "$journal" $bad >/dev/null 2>&1
	[ $? -eq 64 ] || fail "$bad is taken"
done
./verdict forwarders --journal "$work/none.db" >/dev/null 2>&1
[ $? -eq 66 ] || fail "a journal that is not there"

# What explain says of a signature that a mailing list broke.
given() {
	printf '{"ip": "192.0.2.1", "mailfrom": "a@b.example", "rcpt": "c@d.example", '
	printf '"facts": {%s}, "message": "From: a@b.example\\r\\n\\r\\nHi\\r\\n"}\n' "$1"
}
explained() { # facts, what is said
	rm -f "$work"/restored.db*
	given "$1" >"$work/restored.jsonl"
	tests/kit/journal_make "$work/restored.db" - "$work/rules" \
		"$work/restored.jsonl" || fail "making a journal of one"
	id=$(./verdict history --journal "$work/restored.db" --json |
		sed -n 's/^{"id":"\([a-z0-9]*\)".*/\1/p')
	./verdict explain --journal "$work/restored.db" "$id" >"$work/got"
	grep -q "$2" "$work/got" || fail "explain does not say: $2"
}
explained '"restored.domain": "b.example", "restored.list": "l.example", "restored.changes": "subject footer"' \
	"the signature of b.example is good without what l.example changed: subject footer"
explained '"restored.domain": {"unknown": "the body is too long"}' \
	"whether a mailing list broke a signature is not known: the body is too long"
explained '"restored.problem": "the Subject is not signed"' \
	"counts for nothing: the Subject is not signed"

exit $failed
