UNIT_TESTS += %D%/dialogue_test
%C%_dialogue_test_SOURCES = %D%/dialogue_test.c milter/engine/dialogue.c \
    milter/engine/packet.c milter/engine/macros.c

UNIT_TESTS += %D%/native_link_test
%C%_native_link_test_SOURCES = %D%/native_link_test.c \
    milter/engine/native_link.c milter/engine/dialogue.c \
    milter/engine/packet.c milter/engine/macros.c milter/daemon/log.c \
    milter/daemon/log_sink.c

UNIT_TESTS += %D%/libmilter_link_test
%C%_libmilter_link_test_SOURCES = %D%/libmilter_link_test.c \
    milter/engine/libmilter.c milter/engine/macros.c milter/daemon/log.c \
    milter/daemon/log_sink.c
