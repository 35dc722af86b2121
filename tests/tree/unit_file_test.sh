#!/bin/sh
# The systemd unit runs nothing that another package would have to bring: a
# bare Debian has no kill(1), for example.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
bad=0
for program in $(sed -n 's/^Exec[A-Z][A-Za-z]*=-\{0,1\}\(\/[^ ]*bin\/[^ ]*\).*/\1/p' \
	"$srcdir/contrib/verdict-milter.service"); do
	case $program in
	/usr/sbin/verdict-milter | /usr/bin/verdict) ;;
	*)
		echo "the unit runs $program, which is not ours"
		bad=1
		;;
	esac
done
exit $bad
