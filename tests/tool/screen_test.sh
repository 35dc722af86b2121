#!/bin/sh
# What fits a terminal, and what keys and a pager do there.
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
command -v python3 >/dev/null || { echo "no python3: not tried"; exit 77; }
exec python3 "$(dirname "$0")/../kit/screen.py" "$@"
