rules_librules_a_SOURCES += %D%/bound.c %D%/bound.h
rules_librules_a_SOURCES += %D%/canonical.c %D%/canonical.h
rules_librules_a_SOURCES += %D%/features.c %D%/features.h
rules_librules_a_SOURCES += %D%/metrics.c %D%/metrics.h
rules_librules_a_SOURCES += %D%/model.c %D%/model.h
rules_librules_a_SOURCES += %D%/sample.c %D%/sample.h
rules_librules_a_SOURCES += %D%/stream.c %D%/stream.h
rules_librules_a_SOURCES += %D%/why.c %D%/why.h
