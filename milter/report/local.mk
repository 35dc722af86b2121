verdict_milter_SOURCES += %D%/report_metric.c
verdict_milter_SOURCES += %D%/report_post.c %D%/report_post.h
