# A private Postfix instance on loopback ports: own configuration, queue and
# data directories below $1, nothing of an installed MTA is touched. Sourced.
#
#   postfix_make DIR SMTP_PORT SINK_PORT [main.cf lines ...]
#   postfix_start DIR / postfix_stop DIR
#
# Mail is delivered over SMTP to SINK_PORT on 127.0.0.1, as given to any
# recipient. Clients may give themselves another address with XCLIENT.
#
# With POSTFIX_ROOT (unpack.sh) the programs below it run, as accounts that
# every Debian has and that own nothing, since Postfix's own are not there.

postfix_unpacked() { # instance
	cat <<EOF
mail_owner = news
setgid_group = games
command_directory = $POSTFIX_ROOT/usr/sbin
daemon_directory = $POSTFIX_ROOT/usr/lib/postfix/sbin
shlib_directory = $POSTFIX_ROOT/usr/lib/postfix
meta_directory = $1/meta
sendmail_path = $POSTFIX_ROOT/usr/sbin/sendmail
mailq_path = $POSTFIX_ROOT/usr/bin/mailq
newaliases_path = $POSTFIX_ROOT/usr/bin/newaliases
import_environment = MAIL_CONFIG MAIL_LOGTAG TZ LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME LD_LIBRARY_PATH=$LD_LIBRARY_PATH
EOF
	cp "$POSTFIX_ROOT/usr/share/postfix/dynamicmaps.cf" \
		"$POSTFIX_ROOT/etc/postfix/postfix-files" "$1/meta"
}

# Containers are often without.
postfix_ipv6() {
	grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null
}

postfix_make() {
	dir=$1 port=$2 sink=$3
	shift 3
	mkdir -p "$dir/etc" "$dir/queue" "$dir/data" "$dir/meta"
	# Postfix's commands look at every directory above; mktemp makes 0700.
	chmod 755 "$dir" "$dir/etc" "$dir/queue"
	owner=postfix
	[ -z "${POSTFIX_ROOT:-}" ] || owner=news
	chown "$owner" "$dir/data"
	cat >"$dir/etc/main.cf" <<EOF
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
config_directory = $dir/etc
myhostname = mx.verdict.example
mydestination =
relay_domains = verdict.example, list.example
mynetworks = 127.0.0.0/8
inet_interfaces = loopback-only
inet_protocols = all
smtputf8_enable = yes
relay_transport = smtp:[127.0.0.1]:$sink
default_transport = smtp:[127.0.0.1]:$sink
smtp_host_lookup = native
smtp_tls_security_level = none
disable_dns_lookups = yes
smtpd_authorized_xclient_hosts = 127.0.0.0/8, [::1]
smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_peername_lookup = no
alias_maps =
local_recipient_maps =
maillog_file = $dir/mail.log
maillog_file_prefixes = $dir
milter_protocol = 6
milter_default_action = tempfail
smtpd_forbid_bare_newline = yes
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
$(for line in "$@"; do printf '%s\n' "$line"; done)
$([ -z "${POSTFIX_ROOT:-}" ] || postfix_unpacked "$dir")
EOF
	cat >"$dir/etc/master.cf" <<EOF
127.0.0.1:$port inet n - n - 200 smtpd
$(postfix_ipv6 && echo "[::1]:$port inet n - n - 200 smtpd")
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
pickup unix n - n 60 1 pickup
postlog unix-dgram n - n - 1 postlogd
EOF
}

postfix_start() {
	: >"$1/mail.log"
	postfix -c "$1/etc" start >"$1/start.log" 2>&1 || {
		cat "$1/start.log" "$1/mail.log" >&2
		return 1
	}
}

postfix_stop() {
	pid=$(cat "$1/queue/pid/master.pid" 2>/dev/null) || return 0
	timeout 15 postfix -c "$1/etc" abort >/dev/null 2>&1 || :
	# A master that could not start its logger hears nothing. It leads a
	# process group.
	kill -KILL -"$((pid))" 2>/dev/null || :
}
