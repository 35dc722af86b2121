# What the walls around the helper must hold (tests/policy/reader).
check_PROGRAMS += %D%/misbehave
%C%_misbehave_LDADD = reader/libreader.a $(RULES_LIBS) $(SECCOMP_LIBS)
