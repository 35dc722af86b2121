policy_libpolicy_a_SOURCES += %D%/copy.c %D%/copy.h
policy_libpolicy_a_SOURCES += %D%/copy_batch.c %D%/copy_batch.h
policy_libpolicy_a_SOURCES += %D%/copy_hosts.c %D%/copy_hosts.h
policy_libpolicy_a_SOURCES += %D%/copy_read.c %D%/copy_read.h
policy_libpolicy_a_SOURCES += %D%/copy_schema.c %D%/copy_schema.h
