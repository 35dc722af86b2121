#!/bin/sh
# The shipped rules, tried on a corpus: no honest message is lost, no attack
# gets by. tests/corpus makes the messages.
BUILD=$(pwd) PYTHONDONTWRITEBYTECODE=1
export BUILD PYTHONDONTWRITEBYTECODE
command -v python3 >/dev/null || { echo "no python3: not tried"; exit 77; }
ASAN_OPTIONS=detect_leaks=0 exec python3 "$(dirname "$0")/../corpus/corpus.py" "$@"
