policy_libpolicy_a_SOURCES += %D%/check_compare.c %D%/check_compare.h
policy_libpolicy_a_SOURCES += %D%/compare_dkim.c %D%/compare_dkim.h
policy_libpolicy_a_SOURCES += %D%/compare_dmarc.c %D%/compare_dmarc.h
policy_libpolicy_a_SOURCES += %D%/compare_spf.c %D%/compare_spf.h
