policy_libpolicy_a_SOURCES += %D%/check_bounce.c
policy_libpolicy_a_SOURCES += %D%/check_content.c %D%/check_content.h %D%/content_of.h
policy_libpolicy_a_SOURCES += %D%/content_facts.c
policy_libpolicy_a_SOURCES += %D%/content_documents.c %D%/content_documents.h
