# contrib/ is what surrounds the program: scripts, packaging, snippets.
EXTRA_DIST += contrib/demo.py
EXTRA_DIST += contrib/demo.sh
EXTRA_DIST += contrib/lib/unpack.sh
EXTRA_DIST += contrib/lib/packages.sh
EXTRA_DIST += contrib/lib/postfix.sh

# Examples: what is in force where nothing is configured.
dist_pkgdata_DATA += contrib/rules/default.rules
dist_pkgdata_DATA += contrib/verdict.conf

examplesdir = $(pkgdatadir)/examples
dist_examples_DATA =
dist_examples_DATA += contrib/rules/examples/20-greylist.rules
dist_examples_DATA += contrib/rules/examples/30-limits.rules
dist_examples_DATA += contrib/rules/examples/40-reputation.rules
