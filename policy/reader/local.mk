policy_libpolicy_a_SOURCES += %D%/reader.c %D%/reader.h
policy_libpolicy_a_SOURCES += %D%/reader_process.c %D%/reader_process.h
