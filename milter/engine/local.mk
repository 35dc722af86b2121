verdict_milter_SOURCES += %D%/engine.c %D%/engine.h
verdict_milter_SOURCES += %D%/libmilter.c %D%/libmilter.h
verdict_milter_SOURCES += %D%/libmilter_poll.c %D%/libmilter_poll.h
verdict_milter_SOURCES += %D%/libmilter_socket.c %D%/libmilter_socket.h
verdict_milter_SOURCES += %D%/libmilter_wire.c %D%/libmilter_wire.h
