# What the walls around the helper must hold (tests/policy/reader).
check_PROGRAMS += %D%/misbehave
%C%_misbehave_LDADD = reader/libreader.a $(RULES_LIBS) $(SECCOMP_LIBS)
UNIT_TESTS += %D%/finder_test
%C%_finder_test_SOURCES = %D%/finder_test.c reader/finder.c reader/finder.h \
    reader/finder_line.c reader/finder_line.h
%C%_finder_test_LDADD = $(LDADD) $(QR_LIBS) -lm
