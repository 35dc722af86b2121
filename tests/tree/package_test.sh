#!/bin/sh
# What packagers start from says the version that configure.ac says, names files
# that there are, and can be read by the programs that it is for.
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
