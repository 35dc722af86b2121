policy_libpolicy_a_SOURCES += %D%/journal.c %D%/journal.h
policy_libpolicy_a_SOURCES += %D%/journal_dns.c %D%/journal_dns.h
policy_libpolicy_a_SOURCES += %D%/journal_entry.c %D%/journal_entry.h
policy_libpolicy_a_SOURCES += %D%/journal_file.c %D%/journal_file.h
policy_libpolicy_a_SOURCES += %D%/journal_words.c %D%/journal_words.h
policy_libpolicy_a_SOURCES += %D%/journal_read.c %D%/journal_read.h
policy_libpolicy_a_SOURCES += %D%/journal_secret.c %D%/journal_secret.h
policy_libpolicy_a_SOURCES += %D%/journal_reader.c
