policy_libpolicy_a_SOURCES += %D%/conf.c %D%/conf.h
policy_libpolicy_a_SOURCES += %D%/setting.c %D%/setting.h
