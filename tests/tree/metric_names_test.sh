#!/bin/sh
# What the dashboard and the alert rules in contrib ask for is shown: each
# verdict_* name there is one that the daemon lists. Run by make check, in the
# build directory.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
names=$(./verdict-milter -m | awk '{ print $1 }')
bad=0
[ "$(echo "$names" | wc -l)" -ge 40 ] || {
	echo "verdict-milter -m lists too little"
	bad=1
}
for name in $(cd "$srcdir" && grep -ohE 'verdict_[a-z_]+' \
	contrib/grafana-dashboard.json contrib/prometheus-alerts.yml |
	sort -u); do
	echo "$names" | grep -qx "${name%_bucket}" || {
		echo "contrib/ asks for $name, which nothing shows"
		bad=1
	}
done
exit $bad
