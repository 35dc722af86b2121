#!/bin/sh
# The manual is complete: each setting, flag, check and result is in
# verdict.conf(5), each command in verdict(1), each fact, action, condition and
# kind of list in verdict-rules(5), each setting in the example; and mandoc has
# no complaint. The names come from `verdict words`, which prints the tables.
# Says what to add where. Run by make check, in the build directory.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
conf=milter/verdict.conf.5
failures=${TMPDIR:-/tmp}/manual_test.$$
trap 'rm -f "$failures"' EXIT
: >"$failures"

say() {
	echo "$*" | tee -a "$failures"
}

# Reads names, one a line; each must be an item of a page's lists.
want_items() { # page, macro, what they are, what to write
	while read -r name; do
		# Its own .It, or one of several: ".It Cm one , two".
		grep -Eq "^\.(It|Cm) ($2 )?(.*[ ,])?$(echo "$name" |
			sed 's/\./\\./g')( |\$)" "$srcdir/$1" ||
			say "$1: the $3 \"$name\" is missing; add" \
				"\".It $2 $name $4\" with a sentence on it"
	done
}

words() { # kind
	NO_COLOR=1 ./verdict words "$1" | awk '{ print $1 }'
}

commands() {
	NO_COLOR=1 ./verdict help | awk '/^  [a-z]/ { print $1 }'
}

# A list that is empty would prove nothing.
some() { # how many at least, function, argument
	lines=$("$2" ${3:+"$3"})
	[ "$(echo "$lines" | wc -l)" -ge "$1" ] ||
		say "$0: $2 ${3-} finds too little"
	echo "$lines"
}

rules=rules/verdict-rules.5
some 60 words settings | want_items "$conf" Ic setting \
	"Ar value" # type, range, default, effect, what temporary failure does
some 80 words flags | want_items "$conf" Cm flag ""
some 6 words results | want_items "$conf" Cm "log key" ""
some 20 commands | want_items tool/verdict.1 Cm command "[options]"
some 150 words facts | want_items "$rules" Cm fact "Pq type , stage"
some 12 words actions | want_items "$rules" Ic action "Ar arguments"
some 1 words conditions | want_items "$rules" Ic condition "Ar arguments"
some 9 words lists | want_items "$rules" Ic "kind of list" ""
some 6 words decisions | want_items "$rules" Ic decision ""
# Checks are named where something could not be found out.
page=$(sed -n '/^\.It Cm incomplete/,/^\.El/p' "$srcdir/$conf")
some 20 words checks | while read -r name; do
	echo "$page" | grep -qE "(^\.Li |, )$name( |\$)" ||
		say "$conf: the check \"$name\" is missing below \"incomplete\""
done

some 60 words settings | while read -r name; do
	grep -q "^#$name\( \|\$\)" "$srcdir/contrib/verdict.conf" ||
		say "contrib/verdict.conf: the setting \"$name\" is missing;" \
			"add a line \"#$name DEFAULT\" under a comment"
done
# What the program and the page call "at start" is the same.
code=$(NO_COLOR=1 ./verdict lint --show -c /dev/null |
	awk '/; at start; / { print $1 }' | sort)
page=$(awk '/^\.It Ic/ { key = $3 } /^At start\./ { print key }' \
	"$srcdir/$conf" | sort)
[ "$code" = "$page" ] ||
	say "the rows of settings and $conf differ on what is read at start"
# Its lines are valid once they count.
sed 's/^#\([a-z]\)/\1/' "$srcdir/contrib/verdict.conf" |
	./verdict lint -c /dev/stdin >/dev/null ||
	say "contrib/verdict.conf: see above"

if command -v mandoc >/dev/null 2>&1; then
	for page in $(cd "$srcdir" && ls rules/*.[1-8] policy/*.[1-8] \
		milter/*.[1-8] tool/*.[1-8] 2>/dev/null); do
		complaints=$(mandoc -T lint -W warning "$srcdir/$page" 2>&1) ||
			say "$complaints"
	done
else
	echo "mandoc is not installed: the pages' form is not checked"
fi

[ ! -s "$failures" ]
