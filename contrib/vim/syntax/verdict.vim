" Vim syntax of verdict-milter's rules, verdict-rules(5).
if exists("b:current_syntax")
  finish
endif
let s:cpo_save = &cpo
set cpo&vim

" Names hold hyphens, facts dots.
setlocal iskeyword=@,48-57,_,-,.
setlocal commentstring=#\ %s comments=:# formatoptions-=t

syn keyword verdictStatement rule list include verdict promise watch nextgroup=verdictName skipwhite
syn match   verdictName /\<[a-z][a-z0-9_-]*\>/ contained
syn keyword verdictClause when then by for at on shadow never always
syn keyword verdictLogic and or not in is has any all no count tagged lookalike contains
syn keyword verdictValue absent unknown known yes score
syn keyword verdictDecide accept junk quarantine reject tempfail discard greylist limit
syn keyword verdictAction tag header add set alert
syn keyword verdictTest test expect refuses tempfails junks quarantines discards
syn keyword verdictTest accepts lets-by fires scores tags keeps message
syn keyword verdictKind domains addresses networks words patterns dnsbl rhsbl codes
syn keyword verdictStage connect helo mail rcpt eoh eom contained
syn match   verdictStages /\<by\s\+\%(connect\|helo\|mail\|rcpt\|eoh\|eom\)\>/ contains=verdictStage,verdictClause

" Facts, by the word that they begin with.
syn match verdictFact /\<\%(client\|helo\|tls\|auth\|sender\|sender_header\|rcpt\|recipient\|from\|author\|reply_to\|to\|cc\|header\|subject\|body\|html\|url\|attachment\|member\|mime\|spf\|spf_helo\|dkim\|dmarc\|iprev\|arc\|anomaly\|list\|size\|time\|date\|session\|direction\|listener\|message_id\|precedence\|auto_submitted\|received\|compare\)\%(\.[a-z0-9_-]\+\)*\>/
syn match verdictStatement /^\s*list\>/ nextgroup=verdictName skipwhite
syn match verdictField /(\@<=\s*[a-z_]\+\ze\s*\%([!=<>~]\|in\>\|not\>\)/

syn match  verdictNumber /\<[+-]\=\d\+\%(\.\d\+\)\=\%([kMG]\|ms\|[smhd]\)\=\>/
syn match  verdictNumber /\<\d\+\.\d\+\.\d\+\%(\.\d\+\%(\/\d\+\)\=\)\=\>/
syn match  verdictOperator /[!=<>]=\|[=<>~]\|!\~/
syn region verdictString start=/"/ skip=/\\./ end=/"/ oneline contains=verdictExpand,verdictEscape
syn match  verdictEscape /\\["\\nt]/ contained
syn match  verdictExpand /%{[^}]*}/ contained
syn region verdictPattern start=/\%([~!,({]\|patterns\|\/[imsx]*\)\@<=\s*\zs\/\S\@=/ skip=/\\./ end=/\/[imsx]*/ oneline
syn match  verdictComment /#.*$/ contains=@Spell,verdictTodo
syn keyword verdictTodo TODO XXX contained

hi def link verdictStatement Statement
hi def link verdictName      Function
hi def link verdictClause    Keyword
hi def link verdictLogic     Operator
hi def link verdictValue     Constant
hi def link verdictDecide    Type
hi def link verdictAction    PreProc
hi def link verdictTest      Special
hi def link verdictKind      StorageClass
hi def link verdictStage     StorageClass
hi def link verdictFact      Identifier
hi def link verdictField     Identifier
hi def link verdictNumber    Number
hi def link verdictOperator  Operator
hi def link verdictString    String
hi def link verdictEscape    SpecialChar
hi def link verdictExpand    SpecialChar
hi def link verdictPattern   String
hi def link verdictComment   Comment
hi def link verdictTodo      Todo

let b:current_syntax = "verdict"
let &cpo = s:cpo_save
unlet s:cpo_save
