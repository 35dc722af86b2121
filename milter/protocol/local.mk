verdict_milter_SOURCES += %D%/action.c %D%/action.h
verdict_milter_SOURCES += %D%/callbacks.c %D%/callbacks.h
verdict_milter_SOURCES += %D%/report.c %D%/report.h
verdict_milter_SOURCES += %D%/watchdog.c %D%/watchdog.h
verdict_milter_SOURCES += %D%/protocol_metric.c
