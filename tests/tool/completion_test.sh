#!/bin/sh
# Completion of verdict(1): what bash offers, and that zsh and fish can read
# theirs where they are installed. Run in the build directory.
set -u
place=${srcdir:-.}/contrib/completion
bad=0
command -v bash >/dev/null || { echo "no bash: not tried"; exit 77; }
offers() { # words wanted, then the line
	want=$1
	shift
	got=$(bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _verdict
		printf "%s " "${COMPREPLY[@]}"' "$place/verdict.bash" "$@")
	for word in $want; do
		case " $got " in
		*" $word "*) ;;
		*) echo "\"$*\": no $word in: $got"; bad=1 ;;
		esac
	done
}
offers "history" ./verdict hist
offers "check explain lint web" ./verdict ""
offers "--since --rule --all-hosts" ./verdict history --
offers "replay" ./verdict help repl
offers "dmarc" ./verdict facts dm
for shell in zsh fish; do
	case $shell in
	zsh) file=_verdict ;;
	*) file=verdict.fish ;;
	esac
	command -v $shell >/dev/null || continue
	$shell -n "$place/$file" || { echo "$shell cannot read $file"; bad=1; }
done
exit $bad
