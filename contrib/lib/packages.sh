# Installing what is missing, without starting or enabling a service. Sourced
# by the scripts in contrib/; needs root only when something is missing.

BUILD_PACKAGES="build-essential autoconf automake autoconf-archive pkg-config
    libmilter-dev libopendkim-dev libssl-dev libpcre2-dev libc-ares-dev
    libsqlite3-dev libgmime-3.0-dev libarchive-dev libpsl-dev
    publicsuffix libidn2-dev libjansson-dev libspf2-dev libopendmarc-dev
    libmaxminddb-dev libmicrohttpd-dev libexpat1-dev libpq-dev
    libsystemd-dev libpoppler-glib-dev libseccomp-dev libzbar-dev libpng-dev
    libturbojpeg0-dev libwebp-dev libgif-dev libtiff-dev"
# What make check wants as well: without them it tries less, and says so.
CHECK_PACKAGES="libcmocka-dev mandoc python3"
# Hyperscan exists for amd64 and i386, Vectorscan for other machines.
case $(uname -m) in
x86_64 | i?86) BUILD_PACKAGES="$BUILD_PACKAGES libhyperscan-dev" ;;
*) BUILD_PACKAGES="$BUILD_PACKAGES libvectorscan-dev" ;;
esac

package_there() {
	dpkg-query -W -f '${Status}' "$1" 2>/dev/null |
		grep -q 'install ok installed'
}

# Prints those of its arguments that are not installed.
packages_missing() {
	for package in "$@"; do
		package_there "$package" || printf '%s ' "$package"
	done
}

# Installs them; a policy-rc.d that was not there keeps services from starting.
packages_install() {
	missing=$(packages_missing "$@")
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		echo "These packages are missing; install them as root:" >&2
		echo "  apt-get install $missing" >&2
		return 1
	fi
	echo "installing: $missing" | fold -s -w 78
	policy=/usr/sbin/policy-rc.d
	made=no
	if [ ! -e "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 755 "$policy"
		made=yes
	fi
	status=0
	{
		apt-get update -q &&
			DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
				--no-install-recommends $missing
	} >"${PACKAGES_LOG:-/dev/null}" 2>&1 || status=$?
	[ "$made" = no ] || rm -f "$policy"
	[ "$status" -eq 0 ] ||
		echo "apt-get failed; see ${PACKAGES_LOG:-its output}" >&2
	return "$status"
}
