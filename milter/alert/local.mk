verdict_milter_SOURCES += %D%/alert.c %D%/alert.h
verdict_milter_SOURCES += %D%/alert_book.c %D%/alert_book.h
verdict_milter_SOURCES += %D%/alert_rows.c %D%/alert_rows.h
verdict_milter_SOURCES += %D%/alert_metric.c
