policy_libpolicy_a_SOURCES += %D%/store.c %D%/store.h
policy_libpolicy_a_SOURCES += %D%/store_command.c %D%/store_command.h
policy_libpolicy_a_SOURCES += %D%/store_conf.c %D%/store_conf.h
policy_libpolicy_a_SOURCES += %D%/store_json.c %D%/store_json.h
policy_libpolicy_a_SOURCES += %D%/store_memory.c
policy_libpolicy_a_SOURCES += %D%/store_sqlite.c
policy_libpolicy_a_SOURCES += %D%/store_table.c %D%/store_table.h
policy_libpolicy_a_SOURCES += %D%/store_text.c %D%/store_text.h
policy_libpolicy_a_SOURCES += %D%/store_url.c %D%/store_url.h
if HAVE_HIREDIS
policy_libpolicy_a_SOURCES += %D%/store_redis.c
else
policy_libpolicy_a_SOURCES += %D%/store_redis_none.c
endif
