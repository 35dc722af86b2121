#!/bin/sh
# What the dashboard and the alert rules in contrib ask for is shown: each
# verdict_* name there is a row of a metric source.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
cd "$srcdir" || exit 99
bad=0
for name in $(grep -ohE 'verdict_[a-z_]+' contrib/grafana-dashboard.json \
	contrib/prometheus-alerts.yml | sort -u); do
	row=$(echo "$name" | sed 's/^verdict_//; s/_total$//; s/_bucket$//')
	# Rows of the store and the journal are written without the prefix.
	short=$(echo "$row" | sed 's/^store_//; s/^journal_//')
	grep -qE "\"($row|$short)\"" milter/*/*metric*.c || {
		echo "contrib/ asks for $name, which nothing shows"
		bad=1
	}
done
exit $bad
