policy_libpolicy_a_SOURCES += %D%/report_book.c %D%/report_book.h
policy_libpolicy_a_SOURCES += %D%/report_due.c
policy_libpolicy_a_SOURCES += %D%/report_file.c %D%/report_file.h
policy_libpolicy_a_SOURCES += %D%/report_mail.c %D%/report_mail.h
policy_libpolicy_a_SOURCES += %D%/report_row.c %D%/report_row.h
policy_libpolicy_a_SOURCES += %D%/report_rua.c %D%/report_rua.h
policy_libpolicy_a_SOURCES += %D%/report_send.c %D%/report_send.h
policy_libpolicy_a_SOURCES += %D%/report_xml.c %D%/report_xml.h
