# milter/ is about this process and its protocol.
sbin_PROGRAMS += verdict-milter
verdict_milter_CPPFLAGS = $(PROJECT_CPPFLAGS) $(MILTER_CFLAGS) \
    $(SYSTEMD_CFLAGS) $(EPOLL_CFLAGS)
verdict_milter_LDADD = $(POLICY_LIBS) $(MILTER_LIBS) $(SYSTEMD_LIBS) \
    $(EPOLL_LIBS)
verdict_milter_LDFLAGS = $(AM_LDFLAGS) -rdynamic
verdict_milter_SOURCES =
dist_man_MANS += %D%/verdict-milter.8 %D%/verdict.conf.5
include %D%/alert/local.mk
include %D%/control/local.mk
include %D%/count/local.mk
include %D%/daemon/local.mk
include %D%/engine/local.mk
include %D%/protocol/local.mk
include %D%/report/local.mk
