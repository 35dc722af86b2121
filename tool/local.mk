# tool/ is the verdict command, one file a subcommand.
bin_PROGRAMS += verdict
verdict_LDADD = $(POLICY_LIBS)
verdict_SOURCES =
verdict_SOURCES += tool/check.c
verdict_SOURCES += tool/check_cases.c
verdict_SOURCES += tool/check_print.c tool/check_print.h
verdict_SOURCES += tool/commands.def
verdict_SOURCES += tool/compile.c
verdict_SOURCES += tool/daemon.c
verdict_SOURCES += tool/facts.c
verdict_SOURCES += tool/lint.c
verdict_SOURCES += tool/lists.c
verdict_SOURCES += tool/main.c
verdict_SOURCES += tool/stats.c
verdict_SOURCES += tool/rules.c
verdict_SOURCES += tool/tool.c tool/tool.h
dist_man_MANS += tool/verdict.1
