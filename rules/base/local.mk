rules_librules_a_SOURCES += %D%/arena.c %D%/arena.h
rules_librules_a_SOURCES += %D%/buf.c %D%/buf.h
rules_librules_a_SOURCES += %D%/ip.c %D%/ip.h
rules_librules_a_SOURCES += %D%/jsonpack.c %D%/jsonpack.h
rules_librules_a_SOURCES += %D%/jsonw.c %D%/jsonw.h
rules_librules_a_SOURCES += %D%/panic.c %D%/panic.h
rules_librules_a_SOURCES += %D%/span.c %D%/span.h
rules_librules_a_SOURCES += %D%/utf8.c %D%/utf8.h
