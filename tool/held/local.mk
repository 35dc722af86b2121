verdict_SOURCES += %D%/held.c
verdict_SOURCES += %D%/mta_postfix.c
verdict_SOURCES += %D%/mta_queue.c %D%/mta_queue.h
verdict_SOURCES += %D%/mta_sendmail.c
