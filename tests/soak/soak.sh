#!/bin/sh
# Many messages through the milter socket, in slices, with the daemon's memory
# and descriptors flat from the second slice on.
#
#   SOAK_MESSAGES=1000000 BUILD=DIR sh tests/soak/soak.sh
#
# The default of 20,000 messages is what CI runs; it takes less than a minute.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
: "${BUILD:?names the build tree, without sanitizers}"
make -s -C "$BUILD" verdict-milter verdict tests/bench/milter_load
export BUILD
exec /usr/bin/python3 "$top/tests/soak/soak.py" "${SOAK_MESSAGES:-20000}"
