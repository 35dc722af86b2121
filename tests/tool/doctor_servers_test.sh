#!/bin/sh
# verdict doctor, mail servers and libraries that are made up.
PYTHONDONTWRITEBYTECODE=1 ASAN_OPTIONS=detect_leaks=0
export PYTHONDONTWRITEBYTECODE ASAN_OPTIONS
command -v python3 >/dev/null || { echo "no python3: not tried"; exit 77; }
exec python3 -W ignore "$(dirname "$0")/../kit/doctor.py" "$@"
