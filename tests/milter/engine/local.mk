UNIT_TESTS += %D%/dialogue_test
%C%_dialogue_test_SOURCES = %D%/dialogue_test.c milter/engine/dialogue.c \
    milter/engine/packet.c milter/engine/macros.c
