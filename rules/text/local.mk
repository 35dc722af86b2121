rules_librules_a_SOURCES += %D%/decode.c %D%/decode.h
rules_librules_a_SOURCES += %D%/decode_lines.c %D%/decode_lines.h
rules_librules_a_SOURCES += %D%/domain.c %D%/domain.h
rules_librules_a_SOURCES += %D%/rune.c %D%/rune.h
rules_librules_a_SOURCES += %D%/shown.c %D%/shown.h
rules_librules_a_SOURCES += %D%/windows1252.c %D%/windows1252.h
rules_librules_a_SOURCES += %D%/charset.c %D%/charset.h
rules_librules_a_SOURCES += %D%/folded.c %D%/folded.h
