policy_libpolicy_a_SOURCES += %D%/check_dmarc.c %D%/check_dmarc.h
policy_libpolicy_a_SOURCES += %D%/dmarc.c %D%/dmarc.h
policy_libpolicy_a_SOURCES += %D%/dmarc_record.c %D%/dmarc_record.h
policy_libpolicy_a_SOURCES += %D%/dmarc_walk.c
