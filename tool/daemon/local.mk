verdict_SOURCES += %D%/daemon.c
verdict_SOURCES += %D%/lists.c
verdict_SOURCES += %D%/state.c
verdict_SOURCES += %D%/state_text.c %D%/state_text.h
verdict_SOURCES += %D%/stats.c
verdict_SOURCES += %D%/stats_hosts.c %D%/stats_hosts.h
verdict_SOURCES += %D%/stats_print.c %D%/stats_print.h
verdict_SOURCES += %D%/stats_watch.c %D%/stats_watch.h
