policy_libpolicy_a_SOURCES += %D%/answer.c %D%/answer.h
policy_libpolicy_a_SOURCES += %D%/case.h
policy_libpolicy_a_SOURCES += %D%/case_read.c
policy_libpolicy_a_SOURCES += %D%/case_run.c
policy_libpolicy_a_SOURCES += %D%/rejudge.c %D%/rejudge.h
policy_libpolicy_a_SOURCES += %D%/rejudge_inside.h %D%/rejudge_lists.c
policy_libpolicy_a_SOURCES += %D%/rejudge_doubt.c
policy_libpolicy_a_SOURCES += %D%/rule_text.c %D%/rule_text.h
