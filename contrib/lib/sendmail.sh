# A private Sendmail beside whatever MTA is installed, for tests. Debian's
# sendmail and postfix exclude each other, so its packages are unpacked below
# a scratch directory and run from there. Sourced.
#
#   sendmail_fetch KEEP             fetches the packages into KEEP, once
#   sendmail_unpack DIR             unpacks them into DIR/root: from KEEP, which
#                                   SENDMAIL_PACKAGES names, or fetched anew
#   sendmail_make DIR PORT MILTER SINK_PORT
#   sendmail_start DIR / sendmail_stop DIR

sendmail_fetch() {
	[ ! -e "$1/complete" ] || return 0
	mkdir -p "$1"
	(cd "$1" && apt-get download sendmail-bin sendmail-base sendmail-cf \
		libwrap0 liblockfile1 >download.log 2>&1) || {
		cat "$1/download.log" >&2
		return 1
	}
	: >"$1/complete"
}

sendmail_unpack() {
	[ ! -x "$1/root/usr/libexec/sendmail/sendmail" ] || return 0
	mkdir -p "$1/root"
	chmod 755 "$1" "$1/root"
	packages=${SENDMAIL_PACKAGES:-$1/deb}
	sendmail_fetch "$packages" || return 1
	for package in "$packages"/*.deb; do
		dpkg-deb -x "$package" "$1/root" || return 1
	done
	# With the set-gid bit the loader ignores LD_LIBRARY_PATH.
	chmod 755 "$1/root/usr/libexec/sendmail/sendmail"
}

sendmail_make() {
	dir=$1 port=$2 milter=$3 sink=$4
	mkdir -p "$dir/queue" "$dir/etc"
	chmod 700 "$dir/queue"
	printf 'hosts files\naliases files\n' >"$dir/etc/service.switch"
	: >"$dir/etc/aliases"
	cat >"$dir/etc/sendmail.mc" <<EOF
divert(0)dnl
include(\`$dir/root/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(\`linux')dnl
define(\`confRUN_AS_USER', \`root')dnl
define(\`confTRUSTED_USER', \`root')dnl
define(\`confPID_FILE', \`$dir/pid')dnl
define(\`QUEUE_DIR', \`$dir/queue')dnl
define(\`STATUS_FILE', \`')dnl
define(\`ALIAS_FILE', \`$dir/etc/aliases')dnl
define(\`confSERVICE_SWITCH_FILE', \`$dir/etc/service.switch')dnl
define(\`confDONT_BLAME_SENDMAIL', \`GroupWritableDirPathSafe,GroupWritableAliasFile')dnl
define(\`confDOMAIN_NAME', \`mx.verdict.example')dnl
define(\`confTO_IDENT', \`0')dnl
define(\`confTO_QUEUEWARN', \`4h')dnl
define(\`confDELIVERY_MODE', \`interactive')dnl
define(\`confREFUSE_LA', \`10000')dnl
define(\`confQUEUE_LA', \`10000')dnl
define(\`confBIND_OPTS', \`-DNSRCH -DEFNAMES')dnl
define(\`confMILTER_MACROS_ENVRCPT', confMILTER_MACROS_ENVRCPT\`, {rcpt_mailer}, {rcpt_host}, {rcpt_addr}')dnl
define(\`RELAY_MAILER_ARGS', \`TCP \$h $sink')dnl
define(\`SMART_HOST', \`relay:[127.0.0.1]')dnl
define(\`LOCAL_RELAY', \`relay:[127.0.0.1]')dnl
FEATURE(\`promiscuous_relay')dnl
FEATURE(\`accept_unresolvable_domains')dnl
FEATURE(\`accept_unqualified_senders')dnl
FEATURE(\`no_default_msa')dnl
DAEMON_OPTIONS(\`Name=MTA, Addr=127.0.0.1, Port=$port')dnl
INPUT_MAIL_FILTER(\`verdict', \`S=$milter, F=T, T=C:30s;S:30s;R:60s;E:5m')dnl
MAILER(\`smtp')dnl
EOF
	(cd "$dir/root/usr/share/sendmail/cf/cf" 2>/dev/null ||
		cd "$dir/root/usr/share/sendmail/cf" || exit 1
		m4 -D_CF_DIR_="$dir/root/usr/share/sendmail/cf/" \
			"$dir/etc/sendmail.mc") >"$dir/etc/sendmail.cf"
}

sendmail_run() {
	dir=$1
	shift
	LD_LIBRARY_PATH=$dir/root/usr/lib/$(uname -m)-linux-gnu:$dir/root/lib/$(uname -m)-linux-gnu
	export LD_LIBRARY_PATH
	# Its own host name with a dot: without one it sleeps for a minute.
	exec unshare -u sh -c 'hostname mx.verdict.example; exec "$@"' - \
		"$dir/root/usr/libexec/sendmail/sendmail" \
		-C "$dir/etc/sendmail.cf" "$@"
}

sendmail_start() {
	# In the foreground (-bD), logging to a file of its own (-X is a trace).
	(sendmail_run "$1" -bD -O LogLevel=14 -X "$1/trace") \
		>"$1/start.log" 2>&1 &
	echo $! >"$1/shell.pid"
}

sendmail_stop() {
	[ ! -s "$1/pid" ] || kill "$(head -n 1 "$1/pid")" 2>/dev/null || :
	pkill -f "$1/root/usr/libexec/sendmail/sendmail" || :
}
