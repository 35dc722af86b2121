#!/bin/sh
# The shape of the tree: layers, seams, lengths, manuals. Prints what is wrong.
set -eu
cd "$(dirname "$0")/../.."
bad=0
say() {
	echo "$*"
	bad=1
}

# All sources of a layer, whatever room they stand in.
sources() { # pattern, directories ...
	pattern=$1
	shift
	find "$@" -name "$pattern" | sort
}

# Who may include whom stands in the file rooms; calls are looked at where
# there are objects (rooms_test.sh).
rooms=$(python3 tests/tree/rooms.py) || say "$rooms"

# Each third-party header is included by the one file that owns its library.
owner() { # header pattern, files that may
	found=$(sources '*.[ch]' rules reader policy milter tool |
		xargs grep -lE "#include <($1)" | grep -vxE "$2" || true)
	[ -z "$found" ] || say "<$1> belongs to $2, not to: $found"
}
owner 'libmilter/' 'milter/engine/libmilter[a-z_]*\.[ch]'
owner 'opendkim/|dkim\.h' 'policy/compare/compare_dkim\.c'
owner 'openssl/' 'policy/base/hash\.c|policy/dkim/dkim_crypto\.c|tool/doctor/tls\.c|policy/store/redis_tls\.c'
owner 'spf2/' 'policy/compare/compare_spf\.c'
owner 'opendmarc/' 'policy/compare/compare_dmarc\.c'
owner 'pcre2\.h|hs/|hs\.h' 'rules/match/regex\.c'
owner 'ares\.h' 'policy/dns/dns_transport\.c'
owner 'sqlite3\.h' 'policy/base/sqlite\.c'
owner 'archive' 'rules/(content/archive(_one|_member)?|document/unpack)\.c'
owner 'maxminddb' 'policy/geo/geo_file\.c'
owner 'gmime/' 'rules/text/decode\.c'
owner 'glib.h' 'rules/text/shown\.c'
owner 'libpsl' 'policy/base/suffix\.c'
owner 'idn2' 'rules/text/domain\.c'
owner 'microhttpd' 'policy/base/http_server\.c'
owner 'systemd/' 'milter/daemon/(daemon|process)\.c'
owner 'expat' 'tool/report/aggregate_xml\.c'
owner 'jansson' 'policy/base/json\.c'
owner 'poppler|cairo' 'reader/pdf\.c'
owner 'zbar' 'reader/code\.c'
owner 'png\.h|turbojpeg' 'reader/picture\.c'
owner 'gif_lib' 'reader/picture_gif\.c'
owner 'webp' 'reader/picture_other\.c'
owner 'tiffio' 'reader/picture_tiff\.c'
owner 'seccomp' 'reader/sandbox\.c'

# rules/ knows no clock, network, thread or log.
found=$(sources '*.[ch]' rules | xargs grep -nE \
	'#include <(pthread|time|syslog|sys/socket|netdb|poll)\.h>' || true)
[ -z "$found" ] || say "rules/ must stay pure:
$found"

# Nothing waits by a clock that somebody may set.
found=$(sources '*.[ch]' policy milter tool | xargs grep -nE \
	'CLOCK_REALTIME|PTHREAD_COND_INITIALIZER|cond_init\([^,]*, NULL' || true)
[ -z "$found" ] || say "waits go by CLOCK_MONOTONIC (policy/base/thread.h):
$found"

# A flag stands in a table, which the manual's test sees (verdict words).
found=$(sources '*.c' policy milter tool | xargs grep -nE \
	'message_flag\([a-z>-]+, "' || true)
[ -z "$found" ] || say "put the flag into policy/message/flags.def:
$found"

# Functions end within 80 lines; exceptions stand in lengths.txt with reasons.
if command -v ctags >/dev/null 2>&1 && ctags --version | grep -q Universal; then
	long=$(sources '*.c' rules reader policy milter tool | ctags -L - --fields=+ne \
		--kinds-C=f --output-format=json -f - | python3 -c '
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

# Files stay below 600 lines.
for file in $(sources '*.[ch]' rules reader policy milter tool); do
	lines=$(wc -l <"$file")
	[ "$lines" -le 600 ] || say "$file has $lines lines"
done

# Names that a script uses are there, for no compiler says it.
if command -v pyflakes3 >/dev/null 2>&1; then
	found=$(find tests contrib -name '*.py' | sort | xargs pyflakes3 || true)
	[ -z "$found" ] || say "$found"
else
	echo "pyflakes3 is not here: names in scripts are not checked"
fi

# Every file is in the list of its room, and so in what "make dist" packs.
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
	for file in $(git ls-files '*.[ch]' '*.def' '*.sh' '*.py' '*.[1-8]' |
		grep -vE '^\.|^tests/fuzz/corpus/'); do
		room=$(dirname "$file")
		while [ ! -e "$room/local.mk" ] && [ "$room" != . ]; do
			room=$(dirname "$room")
		done
		name=${file#"$room/"}
		# A program of one source is named without its ending.
		grep -qsE "(%D%/|$room/)(${name%.c}(\.c)?|${name%/*})( |\$)" \
			"$room"/*.mk ||
			say "$file is not packed: name it in $room/local.mk"
	done
	# And what is packed is in the repository, not ignored by git.
	for list in $(git ls-files '*.mk' Makefile.am); do
		for file in $(sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' "$list" |
			sed -n 's/^EXTRA_DIST *+*= *//p' |
			sed "s,%D%,$(dirname "$list"),g"); do
			case $file in
			*'$'*) continue ;;
			esac
			[ -n "$(git ls-files "$file")" ] ||
				say "$list packs $file, which git does not have"
		done
	done
	# make check runs tests by their name.
	for file in $(git ls-files 'tests/*_test.sh' 'tests/*_lint.sh'); do
		[ -x "$file" ] || say "$file: chmod +x, or make check cannot run it"
	done
fi

# One version: of the program, of what is told of it, and of the packages.
version=$(sed -n 's/^AC_INIT(\[verdict-milter\], \[\([^]]*\)\].*/\1/p' configure.ac)
for told in "NEWS:$(sed -n '1s/^verdict-milter \([^ ]*\).*/\1/p' NEWS)" \
	"contrib/debian/changelog:$(sed -n '1s/.*(\([^)-]*\).*/\1/p' contrib/debian/changelog)" \
	"contrib/rpm/verdict-milter.spec:$(sed -n 's/^Version: *//p' contrib/rpm/verdict-milter.spec)" \
	"contrib/freebsd/Makefile:$(sed -n 's/^DISTVERSION=[[:space:]]*//p' contrib/freebsd/Makefile)"; do
	[ "${told#*:}" = "$version" ] ||
		say "${told%%:*} is of version ${told#*:}, configure.ac of $version"
done

# Prose fits a terminal; what cannot be broken may be longer: macros of mdoc
# with their arguments, and rows of tables.
wide=$(python3 - README NEWS SECURITY HACKING CONTRIBUTING RELEASE \
	contrib/GUIDE contrib/rules/README tests/*/README milter/*.[58] \
	rules/*.5 tool/*.[15] <<'END'
import re, sys
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if len(line) > 81 and not re.match(r"[.|]|.* tests/|[- ]*$", line):
                print("%s:%d" % (name, number))
END
)
[ -z "$wide" ] || say "longer than 80 columns: $wide"

# HACKING shows the rooms as they are, and names files that are there.
shown=$(sed -n '/^-- begin of rooms/,/^-- end of rooms/p' HACKING | sed '1d;$d')
[ "$shown" = "$(python3 tests/tree/rooms.py --table | sed '1{/^$/d;}')" ] ||
	say "HACKING: put in the output of python3 tests/tree/rooms.py --table"
for file in $(grep -ohE '(rules|reader|policy|milter|tool|tests|contrib)/[a-z0-9_/.-]+\.[a-z0-9]+' \
	HACKING SECURITY CONTRIBUTING RELEASE | sed 's/\.$//' | sort -u); do
	[ -e "$file" ] || say "HACKING or SECURITY names $file, which is not there"
done
for test in $(grep -ohE 'tests/[a-z0-9_/]+_test$' SECURITY | sort -u); do
	[ -e "$test.c" ] || say "SECURITY names $test, which is not there"
done

[ "$bad" -eq 0 ] && echo "style: nothing to say"
exit "$bad"
