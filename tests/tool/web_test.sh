#!/bin/sh
# verdict web as a browser and a proxy meet it, over its socket.
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
exec python3 "$(dirname "$0")/../kit/web.py" "$@"
