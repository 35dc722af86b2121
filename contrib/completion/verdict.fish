# Completion of verdict(1) in fish, from the program's own help.
function __verdict_commands
    verdict help 2>/dev/null | sed -n 's/^  \([a-z-]*\)  *\(.*\)/\1\t\2/p'
end
function __verdict_options
    set -l words (commandline -opc)
    test (count $words) -ge 2; or return
    verdict help $words[2] 2>/dev/null | string match -ar -- '--[a-z][a-z-]*' | sort -u
end
complete -c verdict -n __fish_use_subcommand -f -a '(__verdict_commands)'
complete -c verdict -n 'string match -q -- "-*" (commandline -ct)' -f -a '(__verdict_options)'
complete -c verdict -n '__fish_seen_subcommand_from facts' -f \
    -a "(verdict facts 2>/dev/null | awk '{ print \$1 }')"
