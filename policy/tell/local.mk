policy_libpolicy_a_SOURCES += %D%/header_prefix.c %D%/header_prefix.h
policy_libpolicy_a_SOURCES += %D%/header_text.c %D%/header_text.h
policy_libpolicy_a_SOURCES += %D%/header_verdict.c
policy_libpolicy_a_SOURCES += %D%/headers.c %D%/headers.h
policy_libpolicy_a_SOURCES += %D%/log_line.c %D%/log_line.h
