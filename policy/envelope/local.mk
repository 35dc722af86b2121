policy_libpolicy_a_SOURCES += %D%/check_deliverable.c
policy_libpolicy_a_SOURCES += %D%/check_iprev.c
policy_libpolicy_a_SOURCES += %D%/check_session.c
