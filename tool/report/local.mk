verdict_SOURCES += %D%/aggregate.h
verdict_SOURCES += %D%/aggregate_open.c
verdict_SOURCES += %D%/aggregate_sum.c %D%/aggregate_sum.h
verdict_SOURCES += %D%/report.c %D%/report.h
verdict_SOURCES += %D%/report_hosts.c
verdict_SOURCES += %D%/report_read.c
if HAVE_EXPAT
verdict_SOURCES += %D%/aggregate_xml.c
else
verdict_SOURCES += %D%/aggregate_none.c
endif
EXTRA_DIST += %D%/aggregate_xml.c %D%/aggregate_none.c
