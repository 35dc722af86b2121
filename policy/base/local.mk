policy_libpolicy_a_SOURCES += %D%/clock.c %D%/clock.h
policy_libpolicy_a_SOURCES += %D%/crowd.c %D%/crowd.h
policy_libpolicy_a_SOURCES += %D%/file.c %D%/file.h
policy_libpolicy_a_SOURCES += %D%/file_lock.c %D%/file_lock.h
policy_libpolicy_a_SOURCES += %D%/file_watch.c %D%/file_watch.h
policy_libpolicy_a_SOURCES += %D%/json.c %D%/json.h %D%/json_node.h
policy_libpolicy_a_SOURCES += %D%/json_packed.c
policy_libpolicy_a_SOURCES += %D%/address.c %D%/address.h
policy_libpolicy_a_SOURCES += %D%/smtp_client.c %D%/smtp_client.h
policy_libpolicy_a_SOURCES += %D%/smtp_mail.c %D%/smtp_mail.h
policy_libpolicy_a_SOURCES += %D%/sqlite.c %D%/sqlite.h
policy_libpolicy_a_SOURCES += %D%/sqlite_schema.c %D%/sqlite_schema.h
policy_libpolicy_a_SOURCES += %D%/suffix.c %D%/suffix.h
policy_libpolicy_a_SOURCES += %D%/hash.c %D%/hash.h
policy_libpolicy_a_SOURCES += %D%/thread.c %D%/thread.h
policy_libpolicy_a_SOURCES += %D%/wait.c %D%/wait.h
policy_libpolicy_a_SOURCES += %D%/share.c %D%/share.h
policy_libpolicy_a_SOURCES += %D%/http_server.c %D%/http_server.h
policy_libpolicy_a_SOURCES += %D%/postgres.h
if HAVE_LIBPQ
policy_libpolicy_a_SOURCES += %D%/postgres.c
else
policy_libpolicy_a_SOURCES += %D%/postgres_none.c
endif
