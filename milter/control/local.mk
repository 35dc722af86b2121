verdict_milter_SOURCES += %D%/control.c %D%/control.h
verdict_milter_SOURCES += %D%/list_watch.c %D%/list_watch.h
verdict_milter_SOURCES += %D%/main.c
