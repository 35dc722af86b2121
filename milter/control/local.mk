verdict_milter_SOURCES += %D%/control.c %D%/control.h
verdict_milter_SOURCES += %D%/control_socket.c %D%/control_socket.h
verdict_milter_SOURCES += %D%/list_watch.c %D%/list_watch.h
verdict_milter_SOURCES += %D%/main.c
verdict_milter_SOURCES += %D%/weather_thread.c %D%/weather_thread.h
verdict_milter_SOURCES += %D%/metric_sources.c %D%/metric_sources.h %D%/metric_sources.def
