verdict_SOURCES += %D%/tool.c %D%/tool.h
