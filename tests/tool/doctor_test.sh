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
want ok ptr "192.0.2.5 is called mx.good.example, and that name has"
want ok spf "SPF is fail for servers .* takes 1 of 10"
want ok dmarc reject

COLUMNS=64 doctor --zone "$dir/zone.json" good.example
[ "$(awk 'length > 64 && !/^ +mend /' "$dir/out")" = "" ] ||
	say "longer than the screen: $(cat "$dir/out")"
grep -q "^                    that name has this address" "$dir/out" ||
	say "not folded: $(cat "$dir/out")"

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

# A made-up postconf: main.cf from standard input of main, of which it tells
# what it is asked for; services and what they have of their own from that of
# services and overrides.
mkdir "$dir/bin"
cat >"$dir/bin/postconf" <<END
#!/bin/sh
case \$1 in
-xP) exec cat "$dir/bin/overrides" ;;
-M) exec cat "$dir/bin/services" ;;
-x)
	shift
	for name; do
		grep "^\$name = *" "$dir/bin/main"
	done
	exit 0
	;;
esac
exit 1
END
chmod 755 "$dir/bin/postconf"
main() {
	cat >"$dir/bin/main"
	cat >"$dir/bin/services" <<-'END'
		smtp       inet  n       -       n       -       -       smtpd
		pickup     unix  n       -       y       60      1       pickup
	END
	: >"$dir/bin/overrides"
}
services() {
	cat >"$dir/bin/services"
}
overrides() {
	cat >"$dir/bin/overrides"
}
# No Dovecot, whatever is installed here.
doveconf() {
	cat >"$dir/bin/doveconf.out"
}
doveconf </dev/null
cat >"$dir/bin/doveconf" <<END
#!/bin/sh
exec cat "$dir/bin/doveconf.out"
END
chmod 755 "$dir/bin/doveconf"
PATH=$dir/bin:$PATH

# An end without a beginning names nobody, and is passed over.
main <<'END'
smtpd_milters = } inet:localhost:8891
milter_protocol = 2
milter_default_action = accept
milter_content_timeout = 3s
milter_command_timeout = 5s
smtpd_forbid_bare_newline = no
header_size_limit = 20000000
message_size_limit = 50000000
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
want warn postfix "this Postfix leaves bare carriage returns in mail"
want fail postfix "header_size_limit is 20000000"
want warn postfix "message_size_limit is 50000000, but .* body.max, 10485760"
grep -q "body.max 50000000 in verdict.conf and verdict reload, or postconf -e \
'message_size_limit = 10485760' && postfix reload" "$dir/out" ||
	say "the mend of message_size_limit is not there"
want fail resolver "cannot be looked up"
want fail postfix "filter inet:127.0.0.1:8891 in smtpd_milters does not answer .*: mail comes in past it"
# Neither a dead filter nor one that is not there yet is put into the list.
grep -q "once verdict-milter answers: postconf -e 'smtpd_milters = unix:$dir/milter'" \
	"$dir/out" || say "the mend of smtpd_milters is not there"
grep -q "do without it: postconf -e 'smtpd_milters = ' && postfix reload" \
	"$dir/out" || say "the mend of a dead filter is not there"
grep -q "mend  *apt install unbound" "$dir/out" ||
	say "a resolver is not proposed"
printf '#!/bin/sh\n' >"$dir/bin/unbound"
chmod 755 "$dir/bin/unbound"
doctor
grep -q "mend  *systemctl enable --now unbound" "$dir/out" ||
	say "a resolver that only stands still is not started"
rm "$dir/bin/unbound"

# A list that has quotes in it does not end the mend's, nor does a service.
main <<END
smtpd_milters = { inet:192.0.2.1.example:1, default_action='tempfail'; touch $dir/hacked #' }
milter_protocol = 2
END
services <<'END'
a';reboot;':25 inet  n       -       n       -       -       smtpd
END
overrides <<'END'
a';reboot;':25/inet/smtpd_milters =
END
doctor
sed -n "s/^ *mend  *\(once [^:]*: \)\{0,1\}\(postconf .*\)/\2/p" "$dir/out" >"$dir/mends"
[ "$(wc -l <"$dir/mends")" -ge 3 ] || say "mends are missing: $(cat "$dir/out")"
# As whoever pastes them would: postconf and postfix tell what they were given.
cat >"$dir/paste" <<END
postconf() { printf '%s|%s\n' "\$#" "\$2"; }
postfix() { :; }
reboot() { touch $dir/hacked; }
. $dir/mends
END
sh "$dir/paste" >"$dir/pasted" 2>&1
[ ! -e "$dir/hacked" ] || say "a mend runs what stands in main.cf: $(cat "$dir/mends")"
grep -qF "2|smtpd_milters = unix:$dir/milter, { inet:192.0.2.1.example:1, default_action='tempfail'; touch $dir/hacked #' }" \
	"$dir/pasted" || say "the mend of smtpd_milters: $(cat "$dir/pasted")"
grep -qF "2|a';reboot;':25/inet/smtpd_milters = unix:$dir/milter" "$dir/pasted" ||
	say "the mend of a service: $(cat "$dir/pasted")"

# A main.cf that is not there.
mv "$dir/bin/postconf" "$dir/bin/postconf.whole"
cat >"$dir/bin/postconf" <<'END'
#!/bin/sh
echo "postconf: fatal: open /etc/postfix/main.cf: No such file or directory" >&2
exit 1
END
chmod 755 "$dir/bin/postconf"
doctor
want fail postfix "Postfix cannot read its configuration: .*main.cf: No such file"
mv "$dir/bin/postconf.whole" "$dir/bin/postconf"

main <<END
smtpd_milters = inet:localhost:8891, { unix:milter, connect_timeout=5s }
milter_protocol = 6
milter_default_action = tempfail
milter_content_timeout = 300s
milter_command_timeout = 30s
smtpd_forbid_bare_newline = normalize
cleanup_replace_stray_cr_lf = no
header_size_limit = 102400
message_size_limit = 10240000
queue_directory = $dir
mail_owner = $(id -un)
non_smtpd_milters =
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
want ok store "what is known of senders can be used"
want ok journal "decisions are kept"
want warn postfix "inet:127.0.0.1:8891 sees mail before"
want warn postfix "cleanup_replace_stray_cr_lf is no"
want info postfix "mail of programs on this machine .* is not judged"
want ok postfix "message_size_limit is 10240000"
want ok socket "Postfix runs as $(id -un), who may open $dir/milter"

# What is taught arrives, and nothing of it stays.
want ok learn "a marked message was taught through $dir/control, found, and"
want info learn "before 100 of each kind .*: 0 of spam and 0 of good mail are"
grep -q dovecot "$dir/out" && say "doctor speaks of a Dovecot that is not there"
doveconf <<END
mail_plugins = imap_sieve
sieve_plugins = sieve_imapsieve
END
doctor
want warn dovecot "lack sieve_extprograms, vnd.dovecot.pipe, sieve_pipe_bin_dir"
want warn learn "no socket by which Dovecot's scripts could teach"
doveconf <<END
protocol imap {
  mail_plugins = " imap_sieve"
}
plugin {
  sieve_global_extensions = +vnd.dovecot.pipe
  sieve_pipe_bin_dir = $dir/bin
  sieve_plugins = sieve_imapsieve sieve_extprograms
}
END
doctor
want fail dovecot "there is no program $dir/bin/verdict-learn"
printf '#!/bin/sh\n' >"$dir/bin/verdict-learn"
chmod 755 "$dir/bin/verdict-learn"
doctor
want ok dovecot "run $dir/bin/verdict-learn"
doveconf </dev/null
./verdict learned --json -c "$dir/verdict.conf" | grep -q '"spam":0,"ham":0' ||
	say "doctor's lessons stay"

NO_COLOR=1 ./verdict stats -c "$dir/verdict.conf" >"$dir/stats" 2>&1 ||
	say "verdict stats: status $?"
grep -q "^messages  *0 " "$dir/stats" ||
	say "verdict stats counts doctor's message: $(cat "$dir/stats")"
./verdict stats --json -c "$dir/verdict.conf" | grep -q '"sessions":4,' ||
	say "verdict stats --json does not count the session"

# Sendmail, where it asks filters; what is commented out does not count.
sendmail() { # lines of sendmail.cf
	printf '%s\n' "$@" >"$dir/sendmail.cf"
	doctor --sendmail "$dir/sendmail.cf"
}
sendmail "#O MaxMessageSize=1000" "O InputMailFilters=verdict"
want warn sendmail "MaxMessageSize is 0, no limit, but .* body.max, 10485760"
grep -q 'confMAX_MESSAGE_SIZE' "$dir/out" ||
	say "the mend of MaxMessageSize is not there"
sendmail "O MaxMessageSize=20000000" "O InputMailFilters=verdict"
want warn sendmail "MaxMessageSize is 20000000"
sendmail "O MaxMessageSize=1000000" "O InputMailFilters=verdict" \
	"O MaxMessageSize = 10485760"
want ok sendmail "MaxMessageSize is 10485760"
sendmail "O MaxMessageSize=much" "O InputMailFilters=verdict"
want unknown sendmail "no number: much"
sendmail "O MaxMessageSize=20000000" "#O InputMailFilters="
grep -q MaxMessageSize "$dir/out" &&
	say "doctor looks at a Sendmail that asks no filter"

# What a service of master.cf has of its own.
services <<'END'
smtp       inet  n       -       y       -       1       postscreen
smtpd      pass  -       -       y       -       -       smtpd
submission inet  n       -       n       -       -       smtpd -o a=b
465        inet  n       -       n       -       -       smtpd
127.0.0.1:10025 inet n   -       n       -       -       smtpd
192.0.2.1:25 inet n      -       n       -       -       smtpd
END
overrides <<END
smtpd/pass/smtpd_milters = unix:$dir/milter
smtpd/pass/milter_content_timeout = 3s
submission/inet/smtpd_milters =
465/inet/milter_default_action = accept
192.0.2.1:25/inet/receive_override_options = no_address_mappings, no_milters
END
main_more() { # lines that count instead of those of before
	cat "$dir/bin/main" - >"$dir/bin/more"
	tac "$dir/bin/more" >"$dir/bin/main"
}
main_more <<END
smtpd_milters = { unix:milter, default_action=reject, content_timeout=300s }, unix:$dir/milter
content_filter = amavis:[127.0.0.1]:10024
non_smtpd_milters = unix:milter
smtpd_milter_maps = cidr:/etc/postfix/milters
milter_connect_timeout = 1s
END
doctor
want fail postfix "smtpd/pass is chrooted in $dir and cannot reach unix:$dir/milter"
grep -q "mend  *name it unix:milter instead" "$dir/out" ||
	say "the mend of the chroot is not there"
want fail postfix "milter_content_timeout of smtpd/pass in master.cf is 3s"
grep -q "postconf -P 'smtpd/pass/milter_content_timeout = 300s' && postfix" \
	"$dir/out" || say "the mend of the service's time-out is not there"
want info postfix "hand in by submission/inet is not judged: .* is empty"
want warn postfix "milter_default_action of 465/inet in master.cf is accept"
want warn postfix "comes back from content_filter by 127.0.0.1:10025/inet is"
want fail postfix "comes in by 192.0.2.1:25/inet is not judged: receive_over"
want warn postfix "default_action of the filter in smtpd_milters is reject"
want warn postfix "smtpd_milters names unix:$dir/milter 2 times"
want warn postfix "milter_connect_timeout is only 1s"
want info postfix "mail of programs on this machine is judged, too"
want info postfix "smtpd_milter_maps .* may send some clients past"

want fail postfix "submission/inet is meant for your users and lets stran"
want fail postfix "465/inet is meant for your users and lets strangers in"
grep -q "fail .*\(10025\|smtpd/pass\).* is meant for" "$dir/out" &&
	say "a service that is not for users is taken for one"

# Whoever ends one list of restrictions with reject lets nobody else in.
services <<'END'
submission inet  n       -       n       -       -       smtpd
submissions inet n       -       n       -       -       smtpd
2525       inet  n       -       n       -       -       smtpd
2526       inet  n       -       n       -       -       smtpd
587        inet  n       -       n       -       -       smtpd
465        inet  n       -       n       -       -       smtpd
END
overrides <<'END'
submission/inet/smtpd_client_restrictions = permit_sasl_authenticated,reject
submissions/inet/smtpd_relay_restrictions = permit_sasl_authenticated reject
2525/inet/milter_macro_daemon_name = SMTPS
2526/inet/milter_macro_daemon_name = other
587/inet/smtpd_recipient_restrictions = reject_unauth_destination, reject_rbl_client x
465/inet/smtpd_client_restrictions = permit_sasl_authenticated, permit, reject
END
doctor
for name in 2525 587 465; do
	want fail postfix "$name/inet is meant for your users and lets stra"
done
for name in submission submissions 2526; do
	grep -q "$name/inet is meant for" "$dir/out" &&
		say "$name/inet lets no stranger in"
done

main_more <<'END'
smtpd_milters = inet:127.0.0.1:9
mail_owner = nobody
END
services <<'END'
smtpd      pass  -       -       y       -       -       smtpd
submission inet  n       -       n       -       -       smtpd
192.0.2.1:25 inet n      -       n       -       -       smtpd
END
overrides <<END
smtpd/pass/smtpd_milters = unix:milter
submission/inet/smtpd_milters = inet:127.0.0.1:9
192.0.2.1:25/inet/smtpd_milters =
END
doctor
want fail postfix "smtpd_milters does not name unix:$dir/milter"
grep -q "mend  *postconf -e 'smtpd_milters = unix:milter' " "$dir/out" ||
	say "the path in a chroot is not there"
want fail postfix "comes in by 192.0.2.1:25/inet is not judged: its own .* is empty"
want info postfix "hand in by submission/inet .* names others"
if [ "$(id -un)" != nobody ]; then
	want fail socket "Postfix runs as nobody, who may not open $dir/milter"
	chmod 700 "$dir"
	doctor
	want fail socket "Postfix runs as nobody, who may not enter $dir "
	chmod 755 "$dir"
fi

# Numbers of a daemon behind a proxy that hides its clients, and of others.
numbers() { # messages by direction
	kit=${srcdir:-.}/tests/kit
	rm -f "$dir/numbers"
	python3 - "$kit" "$dir/numbers" "$1" <<-'END' &
		import sys, time
		sys.path.insert(0, sys.argv[1])
		from fake_control import FakeControl
		FakeControl(sys.argv[2], {"version": "0", "stats":
		    '{"metrics":{"messages_by_direction":%s}}' % sys.argv[3]})
		sys.stdin = None
		time.sleep(600)
	END
	fake=$!
	while [ ! -S "$dir/numbers" ]; do sleep 0.1; done
	sed "s|^control .*|control $dir/numbers|" "$dir/verdict.conf" \
		>"$dir/numbers.conf"
	NO_COLOR=1 ./verdict doctor -c "$dir/numbers.conf" >"$dir/out" 2>&1
	kill "$fake"
	wait "$fake" 2>/dev/null
}
command -v python3 >/dev/null || {
	echo "no python3: a proxy that hides clients is not tried"
	exit "$bad"
}
numbers '{"local":80,"inbound":20,"submission":10}'
want warn direction "80 of 110 messages came from networks of .trust."
for few in '{"local":80,"inbound":100}' '{"local":40}' '{"submission":500}'; do
	numbers "$few"
	grep -q "warn .*direction" "$dir/out" && say "doctor warns of $few"
done

exit "$bad"
