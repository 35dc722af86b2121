verdict_milter_SOURCES += %D%/daemon.c %D%/daemon.h
verdict_milter_SOURCES += %D%/log.c %D%/log.h
verdict_milter_SOURCES += %D%/log_sink.c %D%/log_sink.h
verdict_milter_SOURCES += %D%/memory.c %D%/memory.h
verdict_milter_SOURCES += %D%/process.c %D%/process.h
