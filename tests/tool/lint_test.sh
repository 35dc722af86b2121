#!/bin/sh
# What lint says of a directory of rules: promises, changes, included files,
# and what a new user writes without meaning it.
set -eu
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS
verdict=$(pwd)/verdict
dir=$(mktemp -d "${TMPDIR:-/tmp}/verdict-lint.XXXXXX")
trap 'rm -rf "$dir"' EXIT
bad=0
echo "state $dir" >"$dir/verdict.conf"
mkdir -p "$dir/sub/deep"

# $1: label, $2: file, $3: a piece of what is said, $4: exit status
want() {
	status=0
	out=$("$verdict" lint -c "$dir/verdict.conf" --rules "$dir/$2" \
		${5:-} ${6:-} 2>&1) || status=$?
	case $out in
	*"$3"*) [ "$status" -eq "$4" ] && return ;;
	esac
	bad=1
	echo "$1: status $status, want $4 and \"$3\", got:
$out"
}

cat >"$dir/broken.rules" <<'END'
rule spf when spf = fail then reject
promise partner when from.domain = "a.example" never reject
END
want "a broken promise" broken.rules "promise partner is broken: spf comes to reject" 78
echo "$out" | sed -n 's/^ *{"id"/{"id"/p' >"$dir/case.jsonl"
sed '/^promise/d' "$dir/broken.rules" >"$dir/without.rules"
"$verdict" check -c "$dir/verdict.conf" --rules "$dir/without.rules" \
	--cases "$dir/case.jsonl" | grep -q '"verdict":"reject"' || {
	bad=1
	echo "the case of a broken promise does not come to a refusal"
}

cat >"$dir/kept.rules" <<'END'
rule partner when from.domain = "a.example" then accept
rule spf when spf = fail then reject
rule spf-too when spf = fail and size > 100 then junk
promise partner when from.domain = "a.example" never reject
END
want "a promise that is kept" kept.rules "1 promise proved" 0
want "a rule in the way" kept.rules "rule spf-too can never decide" 0
want "another end" kept.rules "reject (spf) becomes accept (partner)" 0 \
	--against "$dir/without.rules"
want "the same end" kept.rules "no mail comes to another end" 0 \
	--against "$dir/kept.rules"

# Each class is told once, and nothing is wider than the terminal.
cat >"$dir/wide.rules" <<'END'
rule a when subject = "a subject of some words" and size > 5000 and
  helo = "long-name.of-a-host.example" and sender.local = "somebody" then reject
rule b when subject = "another one" and spf = fail then junk
END
echo 'rule z when size > 1000000000000 then junk' >"$dir/none.rules"
want "a class of two" wide.rules "accept (no rule) becomes reject (a)" 0 \
	--against "$dir/none.rules"
want "another class of two" wide.rules "accept (no rule) becomes junk (b)" 0 \
	--against "$dir/none.rules"
[ -z "$(echo "$out" | grep becomes | sort | uniq -d)" ] || {
	bad=1
	echo "a headline stands more than once:
$out"
}
echo "$out" | awk 'length > 80 { exit 1 }' || {
	bad=1
	echo "a line is wider than 80 columns:
$out"
}

echo 'list p addresses *@a.example
rule r when sender in p then junk' >"$dir/star.rules"
want "a star" star.rules "@domain is all of a domain" 78
echo 'rule r when time.hour >= 22:30 then junk' >"$dir/hour.rules"
want "a time of day" hour.rules "not a time of day" 78
echo 'list w words { "act now" }
rule r when subject in w then junk' >"$dir/words.rules"
want "a whole text" words.rules "compares the whole of subject" 0
echo 'rule late when dmarc = fail then reject
rule early when client.ip = 192.0.2.1 then reject' >"$dir/wait.rules"
want "a rule that waits" wait.rules "rule early could act at connect, but waits for late" 0

# Files are found beside the one that names them, wherever lint is started.
echo 'include "sub/a.rules"' >"$dir/top.rules"
echo 'list p domains "p.list"
include "deep/b.rules"
rule r when from.domain in p then junk' >"$dir/sub/a.rules"
echo 'list q domains "../q.list"
rule s when from.domain in q then junk' >"$dir/sub/deep/b.rules"
echo a.example >"$dir/sub/p.list"
echo b.example >"$dir/sub/q.list"
for at in / "$dir/sub"; do
	cd "$at"
	want "included files, from $at" top.rules "no errors" 0
done
cd "$dir/sub"
for name in a.rules ./a.rules; do
	"$verdict" lint -c "$dir/verdict.conf" --rules "$name" >"$dir/got" 2>&1 || {
		bad=1
		echo "files beside $name: $(cat "$dir/got")"
	}
done
cd "$dir"
# Thousands of rules about one fact cost no more than each of them.
awk 'BEGIN { for (i = 0; i < 5000; i++)
	print "rule r" i " when subject = \"x" i "\" then score 0.1" }' \
	>"$dir/many.rules"
want "many rules" many.rules "not looked whether each rule can decide" 0
echo 'promise p when subject = "x1" never reject' >>"$dir/many.rules"
want "promises of many rules" many.rules "rules are more than 2000" 0
head -600 "$dir/many.rules" >"$dir/some.rules"
want "hundreds of rules" some.rules "no errors" 0

# One rule of many terms costs what many rules do: all pairs of terms are looked
# at, and not all of three. What is too much is said, and from where on.
terms() { # how many, a term with %d
	awk -v n="$1" -v term="$2" 'BEGIN {
		printf "rule r when "
		for (i = 0; i < n; i++)
			printf (i > 0 ? "\n  or " : "") term, i
		print "\n  then reject" }'
}
terms 300 'subject ~ /^x%d$/' >"$dir/exact.rules"
want "patterns for one text each" exact.rules "no errors" 0
terms 800 'from.domain = "x%d.example"' >"$dir/names.rules"
want "a thousand names" names.rules "no errors" 0
terms 9000 'from.domain = "x%d.example"' >"$dir/terms.rules"
want "a rule of 9000 terms" terms.rules "terms.rules:9000:6: warning: it was \
not looked whether rules can ever decide: up to here rules ask 9000 questions \
about from.domain" 0
want "such a rule against others" terms.rules \
	"was not decided: up to here rules ask" 78 --against "$dir/kept.rules"
echo 'promise p when from.domain = "x1.example" never reject' \
	>>"$dir/terms.rules"
want "promises beside such a rule" terms.rules "promises are not proved: up" 0
terms 20000 'size != %d' | sed 's/ or / and /' >"$dir/ands.rules"
want "twenty thousand terms" ands.rules "ands.rules:2001:7: warning: it was \
not looked whether what stands from here on contradicts" 0
long=$(awk 'BEGIN { while (i++ < 20001) printf "k" }')
echo "rule r when subject contains \"$long\" then junk" >"$dir/long.rules"
want "too long a text" long.rules "rules:1:30: error: the text has 20001 octets" 78
echo "rule r when subject contains \"${long#k}\" then junk" >"$dir/long.rules"
want "as long a text as can be" long.rules "no errors" 0
echo "rule r when subject ~ /$long$long/ then junk" >"$dir/long.rules"
want "too large a pattern" long.rules "regular expression is too large" 78

# A rule that is tried on a part of mail says so.
echo 'rule odd for 2.5% when size > 1 then junk' >"$dir/canary.rules"
want "a canary" canary.rules "no errors" 0
"$verdict" rules -c "$dir/verdict.conf" --rules "$dir/canary.rules" |
	grep -q '^odd .* eom .* for 2.5%' || {
	bad=1
	echo "rules: a canary"
}

# What verdict.conf names, and whose rules are in force: by lint and by -t.
# $1: label, $2: a piece of what both say, $3: exit status; verdict.conf from
# standard input.
places() {
	cat >"$dir/v.conf"
	for command in "$verdict lint" "$milter -t"; do
		status=0
		out=$($command -c "$dir/v.conf" 2>&1) || status=$?
		case $out in
		*"$2"*) [ "$status" -eq "$3" ] && continue ;;
		esac
		bad=1
		echo "$1, $command: status $status, want $3 and \"$2\", got:
$out"
	done
}
milter=$(dirname "$verdict")/verdict-milter
base="state $dir/state
control $dir/run/control
user $(id -un)"
mkdir -p "$dir/state" "$dir/rules.d"
ln -s "$(dirname "$verdict")/tests/compiled/cache" "$dir/state/cache"
places "nothing to say" "no errors" 0 <<END
$base
END
places "the shipped rules" "so the shipped rules are in force" 0 <<END
$base
END
places "a slip in the pattern" \
	"rules: no file matches rulez.d/*.rules, so the shipped rules are in force" 0 <<END
$base
rules "rulez.d/*.rules"
END
echo 'rule own when size > 1 then accept' >"$dir/rules.d/own.rules"
places "a file of one's own" \
	"the shipped rules are not in force beside them" 0 <<END
$base
END
rm "$dir/rules.d/own.rules"
places "a group" \
	"v.conf:4: learn.group: there is no group no-such-group" 78 <<END
$base
learn.group no-such-group
END
places "a group of a socket" "listen.group: there is no group no-such" 78 <<END
$base
listen unix:$dir/milter
listen.group no-such-group
END
places "a group of nothing" "no errors" 0 <<END
$base
listen.group no-such-group
END
places "a directory" "listen: there is no directory $dir/none" 78 <<END
$base
listen unix:$dir/none/milter
END
places "a directory that the daemon makes" "no errors" 0 <<END
$base
learn.socket $dir/none/learn
END
places "a directory two levels off" \
	"learn.socket: there is no directory $dir/none" 78 <<END
$base
learn.socket $dir/none/none/learn
END
places "no place for the state" "state: there is no directory $dir/none" 78 <<END
control $dir/run/control
user $(id -un)
state $dir/none/state
END
if [ "$(id -u)" -eq 0 ]; then
	chmod 755 "$dir"
	places "no user" "user: there is no user no-such-user" 78 <<END
state $dir/state
control $dir/run/control
user no-such-user
END
	echo "list p networks \"$dir/private/p.list\"
rule own when client.ip in p then junk" >"$dir/own.rules"
	mkdir -p "$dir/private"
	echo 192.0.2.1 >"$dir/private/p.list"
	chmod 700 "$dir/private"
	chown nobody "$dir/state"
	places "a list that is not to be read" \
		"private/p.list: user nobody can't read it: Permission" 78 <<END
state $dir/state
control $dir/run/control
user nobody
rules own.rules
END
	chmod 755 "$dir/private"
	places "a list that is" "no errors" 0 <<END
state $dir/state
control $dir/run/control
user nobody
rules own.rules
END
	chown root "$dir/state"
	chmod 755 "$dir/state"
	places "a state that is not the daemon's" \
		"state: $dir/state: user nobody can't write to it" 78 <<END
state $dir/state
control $dir/run/control
user nobody
END
fi
[ "$bad" -eq 0 ] && echo "lint: nothing to say"
exit "$bad"
