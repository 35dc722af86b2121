# What several tests share; linked with each of them.
check_LIBRARIES += %D%/libkit.a
%C%_libkit_a_SOURCES = %D%/table.h
%C%_libkit_a_SOURCES += %D%/arc_kit.c %D%/arc_kit.h
%C%_libkit_a_SOURCES += %D%/compound_kit.c %D%/compound_kit.h
%C%_libkit_a_SOURCES += %D%/dkim_data.c %D%/dkim_data.h
%C%_libkit_a_SOURCES += %D%/code_kit.c %D%/code_kit.h
%C%_libkit_a_SOURCES += %D%/document_kit.c %D%/document_kit.h
%C%_libkit_a_SOURCES += %D%/reading_kit.c %D%/reading_kit.h
%C%_libkit_a_SOURCES += %D%/dnslist_kit.c %D%/dnslist_kit.h
%C%_libkit_a_SOURCES += %D%/fake_dns.c %D%/fake_dns.h
%C%_libkit_a_SOURCES += %D%/mmdb_kit.c %D%/mmdb_kit.h
%C%_libkit_a_SOURCES += %D%/learn_kit.c %D%/learn_kit.h
%C%_libkit_a_SOURCES += %D%/moving_clock.c %D%/moving_clock.h
%C%_libkit_a_SOURCES += %D%/pattern_gen.c %D%/pattern_gen.h
%C%_libkit_a_SOURCES += %D%/proof_kit.c %D%/proof_kit.h
%C%_libkit_a_SOURCES += %D%/redis_server.c %D%/redis_server.h
%C%_libkit_a_SOURCES += %D%/restore_kit.c %D%/restore_kit.h
%C%_libkit_a_SOURCES += %D%/rules_kit.c %D%/rules_kit.h
%C%_libkit_a_SOURCES += %D%/rules_edit.c %D%/rules_edit.h
%C%_libkit_a_SOURCES += %D%/snapshot_kit.c %D%/snapshot_kit.h
%C%_libkit_a_SOURCES += %D%/spf_kit.c %D%/spf_kit.h
%C%_libkit_a_SOURCES += %D%/state_kit.c %D%/state_kit.h
%C%_libkit_a_SOURCES += %D%/message_kit.c %D%/message_kit.h
%C%_libkit_a_SOURCES += %D%/scratch.h
EXTRA_DIST += %D%/stats.py %D%/learn.py %D%/doctor.py %D%/fake_control.py
EXTRA_DIST += %D%/screen.py %D%/shell.sh %D%/web.py %D%/page_rules.py

# Makes a journal for the tests of history, explain and replay.
check_PROGRAMS += %D%/journal_make
# Makes what was taught for the tests of tune.
check_PROGRAMS += %D%/learn_make
# Judges the published suite of RFC 7208 (tests/policy/spf/spf_suite).
check_PROGRAMS += %D%/spf_cases
