# milter/ is about this process and its protocol.
sbin_PROGRAMS += verdict-milter
verdict_milter_CPPFLAGS = $(AM_CPPFLAGS) $(MILTER_CFLAGS) \
    $(MICROHTTPD_CFLAGS) $(SYSTEMD_CFLAGS)
verdict_milter_LDADD = $(POLICY_LIBS) $(MILTER_LIBS) $(MICROHTTPD_LIBS) \
    $(SYSTEMD_LIBS)
verdict_milter_LDFLAGS = $(AM_LDFLAGS) -rdynamic
verdict_milter_SOURCES =
verdict_milter_SOURCES += milter/action.c milter/action.h
verdict_milter_SOURCES += milter/callbacks.c milter/callbacks.h
verdict_milter_SOURCES += milter/compare.c milter/compare.h
verdict_milter_SOURCES += milter/control.c milter/control.h
verdict_milter_SOURCES += milter/daemon.c milter/daemon.h
verdict_milter_SOURCES += milter/log.c milter/log.h
verdict_milter_SOURCES += milter/main.c
verdict_milter_SOURCES += milter/poll.c milter/poll.h
verdict_milter_SOURCES += milter/process.c milter/process.h
verdict_milter_SOURCES += milter/report.c milter/report.h
verdict_milter_SOURCES += milter/socket.c milter/socket.h
dist_man_MANS += milter/verdict-milter.8
dist_man_MANS += milter/verdict.conf.5
