policy_libpolicy_a_SOURCES += %D%/reader.c %D%/reader.h
policy_libpolicy_a_SOURCES += %D%/reader_inside.h
policy_libpolicy_a_SOURCES += %D%/reader_thread.c
policy_libpolicy_a_SOURCES += %D%/reader_process.c %D%/reader_process.h
