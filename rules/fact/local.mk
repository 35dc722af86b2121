rules_librules_a_SOURCES += %D%/fact.c %D%/fact.h
