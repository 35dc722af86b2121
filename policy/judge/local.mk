policy_libpolicy_a_SOURCES += %D%/apart.c %D%/apart.h
policy_libpolicy_a_SOURCES += %D%/crash.c %D%/crash.h
policy_libpolicy_a_SOURCES += %D%/decide.c %D%/decide.h
policy_libpolicy_a_SOURCES += %D%/judge.c %D%/judge.h
policy_libpolicy_a_SOURCES += %D%/judge_end.c %D%/judge_run.h
policy_libpolicy_a_SOURCES += %D%/probe.h
policy_libpolicy_a_SOURCES += %D%/verdict_make.c %D%/verdict_make.h
policy_libpolicy_a_SOURCES += %D%/sessions.c %D%/sessions.h
