#!/bin/sh
# The shape of the tree: layers, seams, lengths, manuals. Prints what is wrong.
set -eu
cd "$(dirname "$0")/.."
bad=0
say() {
	echo "$*"
	bad=1
}

# Layers: includes point downward (milter, tool -> policy -> rules).
upward() { # directory, pattern of what it must not include
	found=$(grep -nE "#include \"($2)/" "$1"/*.[ch] || true)
	[ -z "$found" ] || say "$1/ includes upward:
$found"
}
upward rules 'policy|milter|tool|tests'
upward policy 'milter|tool|tests'
upward milter 'tool|tests'
upward tool 'milter|tests'

# Each third-party header is included by the one file that owns its library.
owner() { # header pattern, files that may
	found=$(grep -lE "#include <($1)" rules/*.[ch] policy/*.[ch] \
		milter/*.[ch] tool/*.[ch] | grep -vxE "$2" || true)
	[ -z "$found" ] || say "<$1> belongs to $2, not to: $found"
}
owner 'libmilter/' 'milter/[a-z_]+\.[ch]'
owner 'opendkim/|dkim\.h' 'policy/compare_dkim\.c'
owner 'openssl/' 'policy/dkim_crypto\.c|tool/tls\.c'
owner 'spf2/' 'policy/compare_spf\.c'
owner 'opendmarc/' 'policy/compare_dmarc\.c'
owner 'pcre2\.h|hs/|hs\.h' 'rules/regex\.c'
owner 'ares\.h' 'policy/dns\.c'
owner 'sqlite3\.h' 'policy/sqlite\.c'
owner 'archive' 'rules/archive\.c'
owner 'hiredis/' 'policy/store_redis\.c'
owner 'gmime/' 'rules/mime\.c'
owner 'libpsl' 'policy/suffix\.c'
owner 'idn2' 'rules/addr\.c'
owner 'microhttpd' 'milter/metrics\.c'
owner 'systemd/' 'milter/(daemon|process)\.c'
owner 'jansson' 'policy/json\.c'

# rules/ knows no clock, network, thread or log.
found=$(grep -nE '#include <(pthread|time|syslog|sys/socket|netdb|poll)\.h>' \
	rules/*.[ch] || true)
[ -z "$found" ] || say "rules/ must stay pure:
$found"

# Functions end within 80 lines; exceptions stand in lengths.txt with reasons.
if command -v ctags >/dev/null 2>&1 && ctags --version | grep -q Universal; then
	long=$(ctags --fields=+ne --kinds-C=f --output-format=json -f - \
		rules/*.c policy/*.c milter/*.c tool/*.c | python3 -c '
import sys, json
for line in sys.stdin:
    tag = json.loads(line)
    if tag.get("end", 0) - tag["line"] >= 80:
        print(tag["path"], tag["name"], tag["end"] - tag["line"] + 1)' |
		while read -r file function lines; do
			grep -q "^$file $function " tests/lengths.txt 2>/dev/null ||
				echo "$file: $function() has $lines lines"
		done)
	[ -z "$long" ] || say "$long"
else
	echo "universal-ctags is not here: lengths are not checked"
fi

# Every source stands in its directory's list, or a release would lack it.
for file in rules/*.[ch] policy/*.[ch] milter/*.[ch] tool/*.[ch] \
	tests/*.[ch] tests/bench/*.[ch] tests/fuzz/*.c tests/soak/*.[ch]; do
	[ -e "$file" ] || continue
	grep -qsF "$file" */local.mk tests/*/local.mk ||
		say "$file stands in no local.mk"
done

# Files stay below 600 lines.
for file in rules/*.[ch] policy/*.[ch] milter/*.[ch] tool/*.[ch]; do
	lines=$(wc -l <"$file")
	[ "$lines" -le 600 ] || say "$file has $lines lines"
done

# Every file is in the list of a .mk file, and so in what "make dist" packs.
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
	lists=$(cat Makefile.am ./*/*.mk tests/fuzz/*.mk)
	for file in $(git ls-files '*.[ch]' '*.def' '*.sh' '*.py' '*.[1-8]' |
		grep -vE '^\.|^tests/fuzz/corpus/'); do
		case $lists in
		*"$file"*) ;;
		*) say "$file is not packed: name it in $(dirname "$file" |
			cut -d/ -f1)/local.mk" ;;
		esac
	done
fi

[ "$bad" -eq 0 ] && echo "style: nothing to say"
exit "$bad"
