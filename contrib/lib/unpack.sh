# Servers that a script needs for a while are unpacked from their Debian
# packages, never installed: no service is enabled, no account made, no
# configuration written, and an MTA that is installed stays. Sourced, after
# packages.sh.
#
#   unpack_fetch KEEP PACKAGE ...  fetches their files into KEEP, once, and
#                                  installs the libraries that they need
#   unpack_use DIR KEEP            unpacks them into DIR and puts DIR in front
#                                  of PATH and of the loader's search path;
#                                  servers' own accounts must reach DIR

# The libraries among what a package file depends on.
unpack_libraries() {
	dpkg-deb -f "$1" Depends | tr ',' '\n' | sed -n \
		's/^ *\(lib[a-z0-9.+-]*\).*/\1/p'
}

unpack_fetch() {
	unpack_keep=$1
	shift
	[ ! -e "$unpack_keep/complete" ] || return 0
	echo "fetching, to unpack and not to install: $*"
	rm -rf "$unpack_keep"
	mkdir -p "$unpack_keep"
	(cd "$unpack_keep" && { apt-get -q download "$@" ||
		{ apt-get -q update && apt-get -q download "$@"; }; }) \
		>"$unpack_keep/download.log" 2>&1 || {
		cat "$unpack_keep/download.log" >&2
		return 1
	}
	for unpack_file in "$unpack_keep"/*.deb; do
		packages_install $(unpack_libraries "$unpack_file") || return 1
	done
	: >"$unpack_keep/complete"
}

unpack_use() {
	mkdir -p "$1"
	for unpack_file in "$2"/*.deb; do
		dpkg-deb -x "$unpack_file" "$1" || return 1
	done
	# Debian's Postfix readies a chroot with a script that it expects to be
	# installed; what is unpacked runs without chroot.
	[ ! -e "$1/usr/lib/postfix/sbin/post-install" ] || sed -i \
		's|^ *\(/usr/lib/postfix/configure-instance\.sh\)|: \1|' \
		"$1/usr/lib/postfix/sbin/post-install"
	PATH=$1/usr/sbin:$1/usr/bin:$PATH
	LD_LIBRARY_PATH=$1/usr/lib/postfix${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
	[ ! -x "$1/usr/sbin/postfix" ] || POSTFIX_ROOT=$1
	export PATH LD_LIBRARY_PATH POSTFIX_ROOT
}
