# Completion of verdict(1) in bash. Commands and options come from the program's
# own help, so that this never lags behind it; files complete as files.
_verdict() {
	local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}
	local program=${COMP_WORDS[0]} words

	if [ "$COMP_CWORD" -eq 1 ] ||
		{ [ "$COMP_CWORD" -eq 2 ] && [ "$command" = help ]; }; then
		words=$("$program" help 2>/dev/null | sed -n 's/^  \([a-z-]*\) .*/\1/p')
		COMPREPLY=($(compgen -W "$words help" -- "$word"))
	elif [[ $word == -* ]]; then
		words=$("$program" help "$command" 2>/dev/null |
			grep -o -e '--[a-z][a-z-]*')
		COMPREPLY=($(compgen -W "$words" -- "$word"))
	elif [ "$COMP_CWORD" -eq 2 ] && [ "$command" = facts ]; then
		words=$("$program" facts 2>/dev/null | awk '{ print $1 }')
		COMPREPLY=($(compgen -W "$words" -- "$word"))
	else
		COMPREPLY=()
	fi
}
complete -o default -o bashdefault -F _verdict verdict
