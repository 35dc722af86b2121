verdict_SOURCES += %D%/learn.c
verdict_SOURCES += %D%/learned.c %D%/learned.h
verdict_SOURCES += %D%/learned_test.c
