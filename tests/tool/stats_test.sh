#!/bin/sh
# verdict stats: what it shows, and that names of the world do no harm.
PYTHONDONTWRITEBYTECODE=1 ASAN_OPTIONS=detect_leaks=0
export PYTHONDONTWRITEBYTECODE ASAN_OPTIONS
exec python3 "$(dirname "$0")/../kit/stats.py" "$@"
