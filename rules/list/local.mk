rules_librules_a_SOURCES += %D%/list.c %D%/list.h
rules_librules_a_SOURCES += %D%/list_domain.c
rules_librules_a_SOURCES += %D%/list_inside.h
rules_librules_a_SOURCES += %D%/list_line.c %D%/list_line.h
rules_librules_a_SOURCES += %D%/list_owner.c
rules_librules_a_SOURCES += %D%/list_read.c
rules_librules_a_SOURCES += %D%/list_table.c %D%/list_table.h
rules_librules_a_SOURCES += %D%/lookalike.c %D%/lookalike.h
