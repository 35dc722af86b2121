#!/bin/sh
# What fits a terminal, and what keys and a pager do there.
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
exec python3 "$(dirname "$0")/../kit/screen.py" "$@"
