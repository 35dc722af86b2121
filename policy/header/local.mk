policy_libpolicy_a_SOURCES += %D%/check_header.c %D%/check_header.h
policy_libpolicy_a_SOURCES += %D%/header_flags.c %D%/header_flags.h
policy_libpolicy_a_SOURCES += %D%/header_people.c
policy_libpolicy_a_SOURCES += %D%/header_brand.c
policy_libpolicy_a_SOURCES += %D%/header_charset.c
policy_libpolicy_a_SOURCES += %D%/header_marks.c
