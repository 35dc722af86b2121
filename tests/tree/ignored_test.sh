#!/bin/sh
# A build in the tree leaves nothing that git shows: each program, library and
# made source is ignored by .gitignore. Run by make check, in the build
# directory; without git, or outside of a clone, it is skipped.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
git -C "$srcdir" rev-parse --is-inside-work-tree >/dev/null 2>&1 || exit 77
list=$(mktemp) || exit 99
trap 'rm -f "$list"' EXIT
cat >"$list" <<'EOF'
include Makefile
what-is-made:
	@for f in $(bin_PROGRAMS) $(sbin_PROGRAMS) $(noinst_PROGRAMS) \
		$(check_PROGRAMS) $(EXTRA_PROGRAMS) $(noinst_LIBRARIES) \
		$(check_LIBRARIES) $(BUILT_SOURCES) $(CLEANFILES); do \
		echo "$$f"; done
EOF
made=$(MAKEFLAGS='' make -s -f "$list" what-is-made |
	grep -v " " | sort -u)
[ "$(echo "$made" | wc -l)" -ge 50 ] || {
	echo "$0: the Makefile makes too little to be believed"
	exit 1
}
shown=$(echo "$made" | git -C "$srcdir" check-ignore --no-index --stdin -v -n |
	sed -n 's/^::	//p')
[ -z "$shown" ] && exit 0
echo "git would show what a build in the tree makes; name it in .gitignore:"
echo "$shown"
exit 1
