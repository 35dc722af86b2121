#!/bin/sh
# What packagers start from says the version that configure.ac says, asks for the
# libraries that it looks for, names files that there are, and can be read by the
# programs that it is for.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
bad=0
say() {
	echo "$*"
	bad=1
}
version=$(sed -n 's/^AC_INIT(\[verdict-milter\], \[\([^]]*\)\].*/\1/p' "$top/configure.ac")
[ -n "$version" ] || say "configure.ac: no version"
grep -q "^Version: *$version\$" "$top/contrib/rpm/verdict-milter.spec" ||
	say "contrib/rpm: not of version $version"
grep -q "^DISTVERSION=	$version\$" "$top/contrib/freebsd/Makefile" ||
	say "contrib/freebsd: not of version $version"
head -n 1 "$top/contrib/debian/changelog" | grep -q "($version" ||
	say "contrib/debian/changelog: not of version $version"
# What `make install` puts aside of programs for people is in the package, too.
! grep -q '^pkglibexec_PROGRAMS +=' "$top/reader/local.mk" ||
	grep -q '^%{_libexecdir}/verdict-milter$' "$top/contrib/rpm/verdict-milter.spec" ||
	say "contrib/rpm: the helper is not in the package"
# What configure looks for by pkg-config is asked for by each of them, or left
# off by name; epoll-shim is FreeBSD's alone, CMocka the tests'.
modules=$(sed -n -e '/EPOLL\|CMOCKA/d' -e '/m4_define/d' \
	-e 's/.*PKG_CHECK_MODULES(\[[A-Z0-9]*\], \[\([a-z][^]]*\)\].*/\1/p' \
	-e 's/^VM_WITH(.*\[\([^]]*\)\])$/\1/p' "$top/configure.ac" |
	sed 's/>= [0-9.]*//g')
[ "$(echo $modules | wc -w)" -gt 20 ] ||
	say "configure.ac: modules not recognized: $modules"
for module in $modules; do
	case $module in
	milter) wanted=sendmail-milter-devel ;;
	*) wanted="pkgconfig($module)" ;;
	esac
	grep '^BuildRequires:' "$top/contrib/rpm/verdict-milter.spec" |
		grep -qF "$wanted" || say "contrib/rpm: does not ask for $wanted"
	case $module in
	libcrypto) wanted=' ssl' ;;
	libpq) wanted=' pgsql' ;;
	libhs) wanted=--without-hyperscan ;;
	libtiff-4) wanted=libtiff.so: ;;
	*) wanted=lib${module#lib}.so: ;;
	esac
	grep -qF -e "$wanted" -e "--without-${module#lib}" \
		"$top/contrib/freebsd/Makefile" ||
		grep '^USES=' "$top/contrib/freebsd/Makefile" |
		grep -Eq "[	 ]($module|${module#lib}|${module%3})( |\$)" ||
		say "contrib/freebsd: neither asks for $module nor leaves it off"
done
# Both lists of Debian's name the same libraries.
dev_names() {
	tr -s ' ,"\n' '\n' | grep '^lib.*-dev$' | grep -v 'scan-dev$' | sort -u
}
installed=$(. "$top/contrib/lib/packages.sh"
	echo "$BUILD_PACKAGES $CHECK_PACKAGES" | dev_names)
asked=$(sed -n '/^Build-Depends:/,/^Standards/p' "$top/contrib/debian/control" |
	dev_names)
[ "$installed" = "$asked" ] || say "contrib/debian/control asks for" $asked \
	"and contrib/lib/packages.sh installs" $installed
for switch in $(grep -oh -e '--without-[a-z0-9]*' "$top/contrib/freebsd/Makefile" \
	"$top/contrib/rpm/verdict-milter.spec" | sort -u); do
	grep -q "VM_WITH[A-Z_]*(\[${switch#--without-}\]" "$top/configure.ac" ||
		say "configure has no $switch"
done
for file in $(grep -oh 'contrib/[a-z./-]*' "$top/contrib/rpm/verdict-milter.spec" \
	"$top/contrib/debian/rules" "$top/contrib/container/Containerfile" |
	sort -u); do
	[ -e "$top/$file" ] || say "$file: there is no such file"
done
sh -n "$top/contrib/container/check.sh" && sh -n "$top/contrib/deb.sh" &&
	sh -n "$top/contrib/freebsd/files/verdict_milter.in" || bad=1
if command -v rpmspec >/dev/null; then
	rpmspec -P "$top/contrib/rpm/verdict-milter.spec" >/dev/null ||
		say "rpmspec cannot read the spec"
else
	echo "(no rpmspec: the spec was only looked at)"
fi
exit $bad
