verdict_SOURCES += %D%/explain.c %D%/explain.h
verdict_SOURCES += %D%/explain_case.c
verdict_SOURCES += %D%/explain_if.c
verdict_SOURCES += %D%/explain_tree.c
verdict_SOURCES += %D%/history.c
verdict_SOURCES += %D%/journal.c %D%/journal.h
verdict_SOURCES += %D%/replay.c
