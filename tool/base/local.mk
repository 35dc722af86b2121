verdict_SOURCES += %D%/bar.c %D%/bar.h
verdict_SOURCES += %D%/counts.c %D%/counts.h
verdict_SOURCES += %D%/screen.c %D%/screen.h
verdict_SOURCES += %D%/tool.c %D%/tool.h
