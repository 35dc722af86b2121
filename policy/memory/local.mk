policy_libpolicy_a_SOURCES += %D%/defer.c %D%/defer.h
policy_libpolicy_a_SOURCES += %D%/greylist.c %D%/greylist.h
policy_libpolicy_a_SOURCES += %D%/limit.c %D%/limit.h
policy_libpolicy_a_SOURCES += %D%/limit_parse.c %D%/limit_parse.h
policy_libpolicy_a_SOURCES += %D%/replay.c
policy_libpolicy_a_SOURCES += %D%/reputation.c
policy_libpolicy_a_SOURCES += %D%/sender_key.c %D%/sender_key.h
