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
verdict_milter_SOURCES += milter/watch.c milter/watch.h
verdict_milter_SOURCES += milter/socket.c milter/socket.h
verdict_milter_SOURCES += milter/wire.c milter/wire.h
dist_man_MANS += milter/verdict-milter.8
dist_man_MANS += milter/verdict.conf.5
verdict_milter_SOURCES += milter/alert.c milter/alert.h
verdict_milter_SOURCES += milter/alert_book.c milter/alert_book.h
verdict_milter_SOURCES += milter/alert_rows.c milter/alert_rows.h
verdict_milter_SOURCES += milter/counters.c milter/counters.h
verdict_milter_SOURCES += milter/metrics.c milter/metrics.h
verdict_milter_SOURCES += milter/smtp_mail.c milter/smtp_mail.h
verdict_milter_SOURCES += milter/stats.c milter/stats.h
verdict_milter_SOURCES += milter/tally.c milter/tally.h
verdict_milter_SOURCES += milter/watchdog.c milter/watchdog.h
verdict_milter_SOURCES += milter/metric.c milter/metric.h
verdict_milter_SOURCES += milter/metric_rows.c milter/metric_sources.def
verdict_milter_SOURCES += milter/lists_metric.c
verdict_milter_SOURCES += milter/metric_kept.c
