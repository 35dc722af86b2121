policy_libpolicy_a_SOURCES += %D%/check_spf.c %D%/check_spf.h
policy_libpolicy_a_SOURCES += %D%/spf.c %D%/spf.h
policy_libpolicy_a_SOURCES += %D%/spf_eval.h
policy_libpolicy_a_SOURCES += %D%/spf_macro.c %D%/spf_macro.h
policy_libpolicy_a_SOURCES += %D%/spf_match.c
policy_libpolicy_a_SOURCES += %D%/spf_record.c %D%/spf_record.h
