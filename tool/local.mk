# tool/ is the verdict command, one file a subcommand.
bin_PROGRAMS += verdict
verdict_CPPFLAGS = $(PROJECT_CPPFLAGS) $(SSL_CFLAGS) $(EXPAT_CFLAGS)
verdict_LDADD = $(POLICY_LIBS) $(SSL_LIBS) $(EXPAT_LIBS)
verdict_SOURCES =
verdict_SOURCES += %D%/commands.def %D%/main.c
dist_man_MANS += %D%/verdict.1 %D%/verdict-cases.5
include %D%/base/local.mk
include %D%/daemon/local.mk
include %D%/doctor/local.mk
include %D%/held/local.mk
include %D%/journal/local.mk
include %D%/judge/local.mk
include %D%/learn/local.mk
include %D%/report/local.mk
include %D%/web/local.mk
