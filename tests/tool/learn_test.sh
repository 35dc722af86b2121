#!/bin/sh
# verdict learn, unlearn and learned: what they teach a daemon, and say of it.
PYTHONDONTWRITEBYTECODE=1 ASAN_OPTIONS=detect_leaks=0
export PYTHONDONTWRITEBYTECODE ASAN_OPTIONS
command -v python3 >/dev/null || { echo "no python3: not tried"; exit 77; }
exec python3 "$(dirname "$0")/../kit/learn.py" "$@"
