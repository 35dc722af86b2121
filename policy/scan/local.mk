policy_libpolicy_a_SOURCES += %D%/check_scan.c
policy_libpolicy_a_SOURCES += %D%/clamd.c %D%/clamd.h
policy_libpolicy_a_SOURCES += %D%/scanner.c %D%/scanner.h
