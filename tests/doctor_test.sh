#!/bin/sh
# verdict doctor: domains from a canned zone, a made-up postconf in PATH, and
# a daemon on a socket of its own. Run by make check, in the build directory.
set -u
dir=$(mktemp -d "${TMPDIR:-/tmp}/doctor_test.XXXXXX") || exit 99
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT
bad=0
say() {
	echo "$*"
	bad=1
}

cat >"$dir/zone.json" <<'END'
{"good.example": {"MX": [[10, "mx.good.example"]],
                  "TXT": ["v=spf1 mx -all"]},
 "mx.good.example": {"A": ["192.0.2.5"]},
 "5.2.0.192.in-addr.arpa": {"PTR": ["mx.good.example"]},
 "_dmarc.good.example": {"TXT": ["v=DMARC1; p=reject; rua=mailto:d@good.example"]},
 "none.example": {"MX": [[0, "."]], "TXT": ["v=spf1 -all"]},
 "_dmarc.none.example": {"TXT": ["v=DMARC1; p=reject"]},
 "bad.example": {"MX": [[10, "mx.bad.example"], [20, "gone.bad.example"]],
                 "TXT": ["v=spf1 +all"]},
 "mx.bad.example": {"A": ["192.0.2.6", "192.0.2.7"]},
 "7.2.0.192.in-addr.arpa": {"PTR": ["else.example"]},
 "weak._domainkey.bad.example": {"TXT": ["v=DKIM1; p="]},
 "6.2.0.192.list.example": {"A": ["127.0.0.2"]}}
END
cat >"$dir/list.rules" <<'END'
list block dnsbl "list.example" codes 127.0.0.2=spam
rule listed when client.ip in block then reject
END
cat >"$dir/verdict.conf" <<END
listen unix:$dir/milter
listen.mode 0660
control $dir/control
state $dir
user $(id -un)
rules "$dir/list.rules"
resolver 127.0.0.1:9
dns.timeout 200ms
deadline 1s
END
chmod 755 "$dir"

doctor() {
	NO_COLOR=1 ./verdict doctor -c "$dir/verdict.conf" "$@" \
		>"$dir/out" 2>&1
	status=$?
}
want() { # level, topic, words
	grep -Eq "^$1 +$2 +.*$3" "$dir/out" || {
		say "doctor does not say: $1 $2 $3"
		cat "$dir/out"
	}
}
ends() { # status, what
	[ "$status" -eq "$1" ] || say "$2: status $status, want $1"
}

doctor --zone "$dir/zone.json" good.example
ends 0 "a domain that is well"
want ok ptr "192.0.2.5 is mx.good.example and back"
want ok spf "strangers fail, with 1 of 10"
want ok dmarc reject

doctor --zone "$dir/zone.json" none.example
ends 1 "a domain without mail or reports"
want ok mx "null MX"
want warn dmarc "nobody is sent reports"

doctor --zone "$dir/zone.json" --selector weak --selector gone bad.example
ends 2 "a domain that is not well"
want warn ptr "192.0.2.6 has no name"
want warn ptr "192.0.2.7 is called else.example"
want fail mx "gone.bad.example has no address"
want fail lists "192.0.2.6 stands in list.example: spam"
want fail spf "lets everybody pass"
want fail dkim "weak._domainkey"
want fail dkim "gone._domainkey"
want warn dmarc "no DMARC record"

doctor --zone "$dir/zone.json" nowhere.example
ends 2 "no domain"
want fail dns "there is no domain"

mkdir "$dir/bin"
postconf() { # what a made-up postconf prints
	{
		echo "#!/bin/sh"
		echo "cat <<'END'"
		cat
		echo "END"
	} >"$dir/bin/postconf"
	chmod 755 "$dir/bin/postconf"
}
PATH=$dir/bin:$PATH

# An end without a beginning names nobody, and is passed over.
postconf <<'END'
smtpd_milters = } inet:localhost:8891
milter_protocol = 2
milter_default_action = accept
milter_content_timeout = 3s
milter_command_timeout = 5s
smtpd_forbid_bare_newline = no
header_size_limit = 20000000
queue_directory = /var/spool/postfix
END
doctor
ends 2 "nothing is right"
want fail socket "there is no socket"
want fail socket "nothing answers"
want fail control "not running"
want fail postfix "does not name unix:$dir/milter"
want fail postfix "milter_protocol is 2"
want warn postfix "accept: while the filter is away"
want fail postfix "milter_content_timeout is 3s"
want warn postfix "milter_command_timeout is only 5s"
want warn postfix "smtpd_forbid_bare_newline is no"
want fail postfix "header_size_limit is 20000000"
want fail resolver "cannot be looked up"
grep -q "postconf -e 'smtpd_milters = unix:$dir/milter, } inet:localhost:8891'" \
	"$dir/out" || say "the mend of smtpd_milters is not there"

postconf <<END
smtpd_milters = inet:localhost:8891, { unix:milter, connect_timeout=5s }
milter_protocol = 6
milter_default_action = tempfail
milter_content_timeout = 300s
milter_command_timeout = 30s
smtpd_forbid_bare_newline = normalize
header_size_limit = 102400
queue_directory = $dir
END
./verdict-milter -f -c "$dir/verdict.conf" >"$dir/log" 2>&1 &
pid=$!
i=0
while [ ! -S "$dir/control" ] && [ $i -lt 100 ]; do
	sleep 0.1
	i=$((i + 1))
done
doctor
want ok socket "a filter answers"
want ok session "a message is judged"
want ok control "the daemon answers"
want warn postfix "inet:127.0.0.1:8891 sees mail before"
NO_COLOR=1 ./verdict stats -c "$dir/verdict.conf" >"$dir/out" 2>&1 ||
	say "verdict stats: status $?"
want verdict "" "1 \\(100%\\)"
./verdict stats --json -c "$dir/verdict.conf" | grep -q '"sessions":1,' ||
	say "verdict stats --json does not count the session"
exit "$bad"
