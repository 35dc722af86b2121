verdict_SOURCES += %D%/learned.c
