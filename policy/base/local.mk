policy_libpolicy_a_SOURCES += %D%/clock.c %D%/clock.h
policy_libpolicy_a_SOURCES += %D%/file.c %D%/file.h
policy_libpolicy_a_SOURCES += %D%/file_watch.c %D%/file_watch.h
policy_libpolicy_a_SOURCES += %D%/json.c %D%/json.h
policy_libpolicy_a_SOURCES += %D%/listen.c %D%/listen.h
policy_libpolicy_a_SOURCES += %D%/smtp_client.c %D%/smtp_client.h
policy_libpolicy_a_SOURCES += %D%/sqlite.c %D%/sqlite.h
policy_libpolicy_a_SOURCES += %D%/suffix.c %D%/suffix.h
