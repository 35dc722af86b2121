" Rule files of verdict-milter, verdict-rules(5), and its configuration.
autocmd BufNewFile,BufRead *.rules
    \ if search('\v^\s*(rule|list|verdict|shadow|include|test)>', 'nw') > 0 |
    \   setfiletype verdict |
    \ endif
autocmd BufNewFile,BufRead */verdict/*.rules,verdict.conf setfiletype verdict
