#!/bin/sh
# verdict learn, unlearn and learned: what they teach a daemon, and say of it.
PYTHONDONTWRITEBYTECODE=1 ASAN_OPTIONS=detect_leaks=0
export PYTHONDONTWRITEBYTECODE ASAN_OPTIONS
exec python3 "$(dirname "$0")/../kit/learn.py" "$@"
