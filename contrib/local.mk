# contrib/ is what surrounds the program: scripts, packaging, snippets.
EXTRA_DIST += contrib/demo.py
EXTRA_DIST += contrib/demo.sh
EXTRA_DIST += contrib/lib/unpack.sh
