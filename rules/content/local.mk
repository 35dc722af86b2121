rules_librules_a_SOURCES += %D%/archive.c %D%/archive.h
rules_librules_a_SOURCES += %D%/content.c %D%/content.h
rules_librules_a_SOURCES += %D%/filename.c %D%/filename.h
rules_librules_a_SOURCES += %D%/filetype.c %D%/filetype.h
rules_librules_a_SOURCES += %D%/tnef.c %D%/tnef.h
rules_librules_a_SOURCES += %D%/content_file.c %D%/content_inside.h
rules_librules_a_SOURCES += %D%/pkcs7.c %D%/pkcs7.h
rules_librules_a_SOURCES += %D%/archive_own.c %D%/archive_own.h
