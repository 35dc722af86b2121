rules_librules_a_SOURCES += %D%/diag.c %D%/diag.h
rules_librules_a_SOURCES += %D%/diag_print.c
rules_librules_a_SOURCES += %D%/lexer.c %D%/lexer.h
rules_librules_a_SOURCES += %D%/literal.c %D%/literal.h
