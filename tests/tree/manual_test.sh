#!/bin/sh
# The manual is complete: each setting, flag and key of a header field or log
# line is in verdict.conf(5), each command in verdict(1), each fact in
# verdict-rules(5), each setting in the example; and mandoc has no complaint.
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

settings() {
	NO_COLOR=1 ./verdict lint --show -c /dev/null | awk '{ print $1 }'
}

# Strings of the tables of flags, and flags that code raises by name.
flags() {
	(cd "$srcdir" && {
		sed -n '/flag_names\[.*\] = {/,/^};/p' rules/*/*.c |
			sed -n 's/^	"\([a-z0-9-]*\)",$/\1/p'
		sed -n '/author_flags\[\] = {/,/^};/p' rules/mail/author.c |
			sed -n 's/^	{ "\([a-z0-9-]*\)",.*/\1/p'
		sed -n '/define FLAGS/,/clang-format on/p' \
			policy/header/header_flags.c | tr -d '\n\\' |
			sed 's/X(BY/\n&/g' | sed -n \
			's/^X([A-Z_]*, *[A-Z0-9_]*, *[A-Za-z"-]*,[ 	]*"\([a-z0-9-]*\)".*/\1/p'
		echo
		sed -n 's/.*message_flag([a-z]*, "\([a-z0-9-]*\)").*/\1/p' \
			policy/*/*.c
	}) | grep . | sort -u
}

commands() {
	sed -n 's/^COMMAND(\(.*\))$/\1/p' "$srcdir/tool/commands.def"
}

facts() {
	NO_COLOR=1 ./verdict facts | awk '{ print $1 }'
}

# A list that is empty would prove nothing.
some() { # how many at least, function
	lines=$($2)
	[ "$(echo "$lines" | wc -l)" -ge "$1" ] ||
		say "$0: $2 finds too little; has the source changed its shape?"
	echo "$lines"
}

some 20 settings | want_items "$conf" Ic setting \
	"Ar value" # type, range, default, effect, what temporary failure does
some 80 flags | want_items "$conf" Cm flag ""
some 5 commands | want_items tool/verdict.1 Cm command "[options]"
[ ! -f "$srcdir/rules/verdict-rules.5" ] ||
	some 50 facts | want_items rules/verdict-rules.5 Cm fact "Pq type , stage"

some 20 settings | while read -r name; do
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
