# tests/: one program a module, a table of cases in each. One case runs with
# tests/NAME_test -k WORD (see tests/table.h).
TEST_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) -DSRCDIR='"$(abs_top_srcdir)"'
UNIT_TESTS =
EXTRA_DIST += tests/table.h
EXTRA_DIST += tests/message_fixture.h

UNIT_TESTS += tests/base_test
tests_base_test_SOURCES = tests/base_test.c
tests_base_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_base_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/json_test
tests_json_test_SOURCES = tests/json_test.c
tests_json_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_json_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/lexer_test
tests_lexer_test_SOURCES = tests/lexer_test.c
tests_lexer_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_lexer_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/mime_test
tests_mime_test_SOURCES = tests/mime_test.c
tests_mime_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_mime_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/addr_test
tests_addr_test_SOURCES = tests/addr_test.c
tests_addr_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_addr_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/authres_test
tests_authres_test_SOURCES = tests/authres_test.c
tests_authres_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_authres_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/header_test
tests_header_test_SOURCES = tests/header_test.c
tests_header_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_header_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/mime_tree_test
tests_mime_tree_test_SOURCES = tests/mime_tree_test.c
tests_mime_tree_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_mime_tree_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/author_test
tests_author_test_SOURCES = tests/author_test.c
tests_author_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_author_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/file_test
tests_file_test_SOURCES = tests/file_test.c
tests_file_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_file_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/html_test
tests_html_test_SOURCES = tests/html_test.c
tests_html_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_html_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/html_lex_test
tests_html_lex_test_SOURCES = tests/html_lex_test.c
tests_html_lex_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_html_lex_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/dmarc_record_test
tests_dmarc_record_test_SOURCES = tests/dmarc_record_test.c
tests_dmarc_record_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_dmarc_record_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/dmarc_test
tests_dmarc_test_SOURCES = tests/dmarc_test.c
tests_dmarc_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_dmarc_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/check_header_test
tests_check_header_test_SOURCES = tests/check_header_test.c
tests_check_header_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_header_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/headers_test
tests_headers_test_SOURCES = tests/headers_test.c
tests_headers_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_headers_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/link_test
tests_link_test_SOURCES = tests/link_test.c
tests_link_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_link_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/compare_dmarc_test
tests_compare_dmarc_test_SOURCES = tests/compare_dmarc_test.c
tests_compare_dmarc_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_compare_dmarc_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/needle_test
tests_needle_test_SOURCES = tests/needle_test.c
tests_needle_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_needle_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/list_test
tests_list_test_SOURCES = tests/list_test.c
tests_list_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_list_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/patterns_test
tests_patterns_test_SOURCES = tests/patterns_test.c tests/pattern_gen.c tests/pattern_gen.h
tests_patterns_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_patterns_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/content_test
tests_content_test_SOURCES = tests/content_test.c
tests_content_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_content_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/suffix_test
tests_suffix_test_SOURCES = tests/suffix_test.c
tests_suffix_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_suffix_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/check_dmarc_test
tests_check_dmarc_test_SOURCES = tests/check_dmarc_test.c
tests_check_dmarc_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_dmarc_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

EXTRA_DIST += tests/data/rules

UNIT_TESTS += tests/rules_eval_test
tests_rules_eval_test_SOURCES = tests/rules_eval_test.c tests/rules_kit.c tests/rules_kit.h
tests_rules_eval_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_rules_eval_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/rules_golden_test
tests_rules_golden_test_SOURCES = tests/rules_golden_test.c tests/rules_kit.c tests/rules_kit.h
tests_rules_golden_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_rules_golden_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/rules_manual_test
tests_rules_manual_test_SOURCES = tests/rules_manual_test.c tests/rules_kit.c tests/rules_kit.h
tests_rules_manual_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_rules_manual_test_LDADD = $(RULES_LIBS) $(CMOCKA_LIBS)

# A test of policy/ links $(POLICY_LIBS) instead of $(RULES_LIBS).

UNIT_TESTS += tests/dns_zone_test
tests_dns_zone_test_SOURCES = tests/dns_zone_test.c
tests_dns_zone_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_dns_zone_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/dns_cache_test
tests_dns_cache_test_SOURCES = tests/dns_cache_test.c
tests_dns_cache_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_dns_cache_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/dns_test
tests_dns_test_SOURCES = tests/dns_test.c tests/fake_dns.c tests/fake_dns.h
tests_dns_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_dns_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/dns_slow_test
tests_dns_slow_test_SOURCES = tests/dns_slow_test.c
tests_dns_slow_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_dns_slow_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/dns_wire_test
tests_dns_wire_test_SOURCES = tests/dns_wire_test.c
tests_dns_wire_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_dns_wire_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/spf_test
tests_spf_test_SOURCES = tests/spf_test.c tests/spf_bench.c tests/spf_bench.h
tests_spf_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_spf_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/spf_limits_test
tests_spf_limits_test_SOURCES = tests/spf_limits_test.c tests/spf_bench.c tests/spf_bench.h
tests_spf_limits_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_spf_limits_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/check_iprev_test
tests_check_iprev_test_SOURCES = tests/check_iprev_test.c
tests_check_iprev_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_iprev_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/check_spf_test
tests_check_spf_test_SOURCES = tests/check_spf_test.c
tests_check_spf_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_spf_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/compare_spf_test
tests_compare_spf_test_SOURCES = tests/compare_spf_test.c
tests_compare_spf_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_compare_spf_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

# The published suite of RFC 7208, when it is there.
check_PROGRAMS += tests/spf_cases
tests_spf_cases_SOURCES = tests/spf_cases.c
tests_spf_cases_LDADD = $(POLICY_LIBS)
TESTS += tests/spf_suite
EXTRA_DIST += tests/spf_suite

UNIT_TESTS += tests/dkim_test
tests_dkim_test_SOURCES = tests/dkim_test.c tests/dkim_data.c tests/dkim_data.h
tests_dkim_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_dkim_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)
EXTRA_DIST += tests/data/dkim

UNIT_TESTS += tests/dkim_body_test
tests_dkim_body_test_SOURCES = tests/dkim_body_test.c
tests_dkim_body_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_dkim_body_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/check_dkim_test
tests_check_dkim_test_SOURCES = tests/check_dkim_test.c \
    tests/dkim_data.c tests/dkim_data.h
tests_check_dkim_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_dkim_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

if HAVE_OPENDKIM
UNIT_TESTS += tests/dkim_library_test
if HAVE_SPF2
if HAVE_OPENDMARC
UNIT_TESTS += tests/check_compare_test
endif
endif
endif
tests_check_compare_test_SOURCES = tests/check_compare_test.c \
    tests/dkim_data.c tests/dkim_data.h
tests_check_compare_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_compare_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

tests_dkim_library_test_SOURCES = tests/dkim_library_test.c \
    tests/dkim_data.c tests/dkim_data.h
tests_dkim_library_test_CPPFLAGS = $(TEST_CPPFLAGS) $(OPENDKIM_CFLAGS)
tests_dkim_library_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/dkim_parse_test
tests_dkim_parse_test_SOURCES = tests/dkim_parse_test.c
tests_dkim_parse_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_dkim_parse_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/store_test
tests_store_test_SOURCES = tests/store_test.c
tests_store_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_store_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/store_text_test
tests_store_text_test_SOURCES = tests/store_text_test.c
tests_store_text_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_store_text_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/memory_test
tests_memory_test_SOURCES = tests/memory_test.c
tests_memory_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_memory_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/session_test
tests_session_test_SOURCES = tests/session_test.c
tests_session_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_session_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/smtp_client_test
tests_smtp_client_test_SOURCES = tests/smtp_client_test.c
tests_smtp_client_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_smtp_client_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/counters_test
tests_counters_test_SOURCES = tests/counters_test.c milter/alert_book.c \
    milter/counters.c milter/metric.c milter/smtp_mail.c milter/tally.c
tests_counters_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_counters_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/dnslist_test
tests_dnslist_test_SOURCES = tests/dnslist_test.c tests/dnslist_kit.c tests/dnslist_kit.h
tests_dnslist_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_dnslist_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/dnslist_session_test
tests_dnslist_session_test_SOURCES = tests/dnslist_session_test.c tests/dnslist_kit.c tests/dnslist_kit.h
tests_dnslist_session_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_dnslist_session_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/dnslist_health_test
tests_dnslist_health_test_SOURCES = tests/dnslist_health_test.c tests/dnslist_kit.c tests/dnslist_kit.h
tests_dnslist_health_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_dnslist_health_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/greylist_test
tests_greylist_test_SOURCES = tests/greylist_test.c tests/state_kit.c tests/state_kit.h
tests_greylist_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_greylist_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/limit_test
tests_limit_test_SOURCES = tests/limit_test.c tests/state_kit.c tests/state_kit.h
tests_limit_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_limit_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/reputation_test
tests_reputation_test_SOURCES = tests/reputation_test.c tests/state_kit.c tests/state_kit.h
tests_reputation_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_reputation_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/crash_test
tests_crash_test_SOURCES = tests/crash_test.c
tests_crash_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_crash_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

if HAVE_CMOCKA
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif

# Not run by "make check": what DKIM costs.
EXTRA_PROGRAMS += tests/bench/dkim_bench
tests_bench_dkim_bench_SOURCES = tests/bench/dkim_bench.c
tests_bench_dkim_bench_CPPFLAGS = $(AM_CPPFLAGS) $(OPENDKIM_CFLAGS) \
    $(CRYPTO_CFLAGS)
tests_bench_dkim_bench_LDADD = $(POLICY_LIBS)
# Tests of what runs in several threads; contrib/test.sh runs them under TSan.
THREAD_TESTS = $(filter tests/dns_test tests/session_test tests/store_test \
    tests/journal_test tests/counters_test, $(UNIT_TESTS))
check-threads: $(THREAD_TESTS)
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(THREAD_TESTS)'
.PHONY: check-threads
EXTRA_DIST += tests/style.sh

# Not run by "make check": what reading the content costs.
EXTRA_PROGRAMS += tests/bench/content_bench
tests_bench_content_bench_SOURCES = tests/bench/content_bench.c
tests_bench_content_bench_LDADD = $(RULES_LIBS)

EXTRA_PROGRAMS += tests/bench/patterns_bench
tests_bench_patterns_bench_SOURCES = tests/bench/patterns_bench.c tests/pattern_gen.c tests/pattern_gen.h
tests_bench_patterns_bench_LDADD = $(RULES_LIBS)

EXTRA_PROGRAMS += tests/bench/list_bench
tests_bench_list_bench_SOURCES = tests/bench/list_bench.c tests/pattern_gen.c tests/pattern_gen.h
tests_bench_list_bench_LDADD = $(RULES_LIBS)
# The shipped rules on a corpus that is made for it.
TESTS += tests/corpus_test
EXTRA_DIST += tests/corpus_test
EXTRA_DIST += tests/corpus/corpus.py
EXTRA_DIST += tests/corpus/ham.py
EXTRA_DIST += tests/corpus/attacks.py
EXTRA_DIST += contrib/rules/default.rules
# What the manual must name, and how it is written.
TESTS += tests/manual_test.sh
EXTRA_DIST += tests/manual_test.sh
TESTS += tests/doctor_test.sh
EXTRA_DIST += tests/doctor_test.sh
TESTS += tests/metric_names_test.sh
EXTRA_DIST += tests/metric_names_test.sh
TESTS += tests/unit_file_test.sh
EXTRA_DIST += tests/unit_file_test.sh
UNIT_TESTS += tests/journal_test
tests_journal_test_SOURCES = tests/journal_test.c
tests_journal_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_journal_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/pattern_cache_test
tests_pattern_cache_test_SOURCES = tests/pattern_cache_test.c
tests_pattern_cache_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_pattern_cache_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

# The command as its user meets it.
TESTS += tests/tool_test.sh
EXTRA_DIST += tests/tool_test.sh
# Not run by "make check": the daemon under load (tests/bench/run.sh, tests/soak).
EXTRA_PROGRAMS += tests/bench/milter_load
tests_bench_milter_load_SOURCES = tests/bench/milter_load.c tests/bench/mta.c tests/bench/mta.h
tests_bench_milter_load_LDADD = $(RULES_LIBS)
EXTRA_PROGRAMS += tests/bench/accept_milter
tests_bench_accept_milter_SOURCES = tests/bench/accept_milter.c
tests_bench_accept_milter_CPPFLAGS = $(AM_CPPFLAGS) $(MILTER_CFLAGS)
tests_bench_accept_milter_LDADD = $(MILTER_LIBS)
EXTRA_DIST += tests/bench/bench.py
EXTRA_DIST += tests/bench/corpus.py
EXTRA_DIST += tests/bench/run.sh
EXTRA_DIST += tests/bench/README
EXTRA_DIST += tests/fuzz/README
# The verdict command as a person uses it.
TESTS += tests/tool_test
EXTRA_DIST += tests/tool_test
# The example rules, and what the state costs (not run by "make check").
TESTS += tests/examples_lint
EXTRA_DIST += tests/examples_lint
EXTRA_PROGRAMS += tests/bench/state_bench
tests_bench_state_bench_SOURCES = tests/bench/state_bench.c
tests_bench_state_bench_LDADD = $(POLICY_LIBS)
# Makes a journal for the tests of history, explain and replay.
check_PROGRAMS += tests/journal_make
tests_journal_make_SOURCES = tests/journal_make.c
tests_journal_make_LDADD = $(POLICY_LIBS)
EXTRA_DIST += tests/data/journal

UNIT_TESTS += tests/watched_test
tests_watched_test_SOURCES = tests/watched_test.c
tests_watched_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_watched_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)
# Mail through real MTAs; the demonstration stands on it too.
EXTRA_DIST += tests/e2e/faults_e2e.py
EXTRA_DIST += tests/e2e/limits_e2e.py
EXTRA_DIST += tests/e2e/milter_client.py
EXTRA_DIST += tests/e2e/lists_e2e.py
EXTRA_DIST += tests/e2e/redis_e2e.py
EXTRA_DIST += tests/e2e/postfix_e2e.py
EXTRA_DIST += tests/e2e/protocol_e2e.py
EXTRA_DIST += tests/e2e/run.sh
EXTRA_DIST += tests/e2e/sendmail_e2e.py
EXTRA_DIST += tests/e2e/stage.py
EXTRA_DIST += tests/e2e/syscalls_e2e.py
EXTRA_DIST += tests/e2e/threads.py
EXTRA_DIST += tests/e2e/threads.supp
EXTRA_DIST += tests/e2e/world.py
EXTRA_DIST += tests/data/dkim/make.py

# Shipped rules and examples.
TESTS += tests/examples_test
EXTRA_DIST += tests/examples_test
EXTRA_DIST += tests/soak/README
EXTRA_DIST += tests/soak/soak.py
EXTRA_DIST += tests/soak/soak.sh

EXTRA_DIST += tests/e2e/reload_e2e.py
EXTRA_DIST += tests/e2e/rules_e2e.py
TESTS += tests/history_test
EXTRA_DIST += tests/history_test
EXTRA_DIST += tests/e2e/journal_e2e.py
UNIT_TESTS += tests/received_test
tests_received_test_SOURCES = tests/received_test.c
tests_received_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_received_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)
# verdict stats, from a daemon and from a control socket that is made up.
TESTS += tests/stats_test
EXTRA_DIST += tests/stats_test
EXTRA_DIST += tests/stats.py
# What verdict doctor says of mail servers and libraries; they are made up.
TESTS += tests/doctor_servers_test
EXTRA_DIST += tests/doctor_servers_test
EXTRA_DIST += tests/doctor.py
EXTRA_DIST += tests/fake_control.py

UNIT_TESTS += tests/conf_value_test
tests_conf_value_test_SOURCES = tests/conf_value_test.c
tests_conf_value_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_conf_value_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += tests/room_test
tests_room_test_SOURCES = tests/room_test.c
tests_room_test_CPPFLAGS = $(TEST_CPPFLAGS)
tests_room_test_LDADD = $(POLICY_LIBS) $(CMOCKA_LIBS)
