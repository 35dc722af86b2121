#!/bin/sh
# Builds the Debian package from what git knows of this tree, in a scratch
# copy, and lets lintian judge it.
#
#   contrib/deb.sh [DIRECTORY]     where the packages go (default: ./build-deb)
#
# DEBEMAIL=address is the maintainer's, where packages are handed on.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$top/build-deb}
. "$top/contrib/lib/packages.sh"
mkdir -p "$out"
out=$(cd "$out" && pwd)
PACKAGES_LOG=$out/packages.log
packages_install $BUILD_PACKAGES $CHECK_PACKAGES debhelper dpkg-dev \
	fakeroot lintian || exit 1

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/verdict-milter"
cd "$top"
# A clone may be another user's than who builds, as root does.
own_git() {
	git -c safe.directory="$top" "$@"
}
if [ -e .git ] && own_git rev-parse >/dev/null 2>&1; then
	own_git ls-files
else
	find . \( -type d -name 'build*' -o -name .git \) -prune -o \
		-type f -print
fi | tar -cf - -T - | tar -xf - -C "$scratch/verdict-milter"
cd "$scratch/verdict-milter"
cp -R contrib/debian debian
[ -z "${DEBEMAIL:-}" ] ||
	sed -i "s/maintainers@verdict-milter.example.org/$DEBEMAIL/" \
		debian/control debian/changelog
# DEB_BUILD_OPTIONS=nocheck leaves out "make check".
dpkg-buildpackage -us -uc -b >"$out/build.log" 2>&1 || {
	tail -n 30 "$out/build.log" >&2
	exit 1
}
cp "$scratch"/*.deb "$scratch"/*.changes "$scratch"/*.buildinfo "$out"
ls -l "$out"/*.deb
lintian --tag-display-limit 0 "$out"/*.changes
