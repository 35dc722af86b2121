#!/bin/sh
# No room includes or calls what stands above it: the file rooms against the
# sources and against the objects of this build.
exec python3 "$(dirname "$0")/rooms.py" .
