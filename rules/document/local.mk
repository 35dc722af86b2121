rules_librules_a_SOURCES += %D%/document.c %D%/document.h
rules_librules_a_SOURCES += %D%/document_answer.c %D%/document_answer.h
rules_librules_a_SOURCES += %D%/document_calendar.c
rules_librules_a_SOURCES += %D%/document_kind.c %D%/document_kind.h
rules_librules_a_SOURCES += %D%/document_package.c
rules_librules_a_SOURCES += %D%/document_pdf.c
rules_librules_a_SOURCES += %D%/document_rtf.c
rules_librules_a_SOURCES += %D%/unpack.c %D%/unpack.h
