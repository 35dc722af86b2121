#!/bin/sh
# verdict web as a browser and a proxy meet it, over its socket.
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
command -v python3 >/dev/null || { echo "no python3: not tried"; exit 77; }
exec python3 "$(dirname "$0")/../kit/web.py" "$@"
