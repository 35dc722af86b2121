# tests/: one program a module, a table of cases in each. One case runs with
# tests/policy/ROOM/NAME_test -k WORD (see tests/kit/table.h). A test that is
# one source needs one line in its room's list, for all share this:
LDADD = tests/kit/libkit.a $(POLICY_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS =
EXTRA_DIST += %D%/data/archive %D%/data/dkim %D%/data/journal %D%/data/report \
    %D%/data/restore %D%/data/rules
EXTRA_DIST += %D%/corpus/attacks.py %D%/corpus/corpus.py %D%/corpus/ham.py
EXTRA_DIST += %D%/corpus/modern.py %D%/corpus/modern_words.py
EXTRA_DIST += %D%/corpus/modern_more.py %D%/corpus/modern_more_words.py
EXTRA_DIST += %D%/corpus/modern_world.py %D%/corpus/modern_world_words.py
EXTRA_DIST += %D%/corpus/phish.py %D%/corpus/phish_forms.py
EXTRA_DIST += %D%/corpus/phish_kept.py %D%/corpus/phish_words.py
EXTRA_DIST += %D%/corpus/small.py %D%/corpus/talk.py

# What takes longest is the same for all that load them: the patterns of the
# shipped rules. Tests link this as the cache of their state.
check_DATA = %D%/compiled/done
%D%/compiled/done: verdict$(EXEEXT) contrib/rules/default.rules
	$(AM_V_GEN)$(MKDIR_P) %D%/compiled && \
	echo 'state $(abs_builddir)/%D%/compiled' >%D%/compiled/verdict.conf && \
	ASAN_OPTIONS=detect_leaks=0 ./verdict compile \
	    -c %D%/compiled/verdict.conf \
	    --rules $(srcdir)/contrib/rules/default.rules >%D%/compiled/out && \
	touch $@
clean-local:
	rm -rf %D%/compiled

include %D%/bench/local.mk
include %D%/e2e/local.mk
include %D%/kit/local.mk
include %D%/milter/count/local.mk
include %D%/milter/daemon/local.mk
include %D%/policy/arc/local.mk
include %D%/milter/engine/local.mk
include %D%/milter/protocol/local.mk
include %D%/policy/base/local.mk
include %D%/policy/compare/local.mk
include %D%/policy/copy/local.mk
include %D%/policy/content/local.mk
include %D%/policy/dkim/local.mk
include %D%/policy/dmarc/local.mk
include %D%/policy/dns/local.mk
include %D%/policy/envelope/local.mk
include %D%/policy/geo/local.mk
include %D%/policy/header/local.mk
include %D%/policy/journal/local.mk
include %D%/policy/judge/local.mk
include %D%/policy/learn/local.mk
include %D%/policy/lists/local.mk
include %D%/policy/load/local.mk
include %D%/policy/memory/local.mk
include %D%/policy/reader/local.mk
include %D%/policy/report/local.mk
include %D%/policy/scan/local.mk
include %D%/policy/restore/local.mk
include %D%/policy/spf/local.mk
include %D%/policy/store/local.mk
include %D%/policy/tell/local.mk
include %D%/policy/weather/local.mk
include %D%/reader/local.mk
include %D%/rules/base/local.mk
include %D%/rules/content/local.mk
include %D%/rules/document/local.mk
include %D%/rules/eval/local.mk
include %D%/rules/fact/local.mk
include %D%/rules/html/local.mk
include %D%/rules/lang/local.mk
include %D%/rules/learn/local.mk
include %D%/rules/list/local.mk
include %D%/rules/mail/local.mk
include %D%/rules/match/local.mk
include %D%/rules/mime/local.mk
include %D%/rules/proof/local.mk
include %D%/rules/source/local.mk
include %D%/rules/text/local.mk
include %D%/soak/local.mk
include %D%/upgrade/local.mk
include %D%/tool/local.mk
include %D%/tool/web/local.mk
include %D%/tree/local.mk
include %D%/whole/local.mk
include %D%/fuzz/local.mk
include %D%/fuzz/build.mk

if HAVE_CMOCKA
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif

# What is not tried here, whatever else is: it is said where people look.
check-local:
if !HAVE_CMOCKA
	@echo "check: without cmocka the unit tests are left out" \
	    "(Debian: libcmocka-dev; then configure again)"
endif
	@for program in mandoc python3; do \
	    command -v $$program >/dev/null || \
	    echo "check: without $$program what needs it is left out" \
	        "(Debian: $$program)"; \
	done

# Tests of what runs in several threads; contrib/test.sh runs them under TSan.
THREAD_TESTS = $(filter %/dns_test %/session_test %/store_test \
    %/journal_test %/redis_test %/log_sink_test %/counters_test %/wait_test %/check_scan_test %/reader_test \
    %/learner_test %/report_row_test %/report_send_test, $(UNIT_TESTS))
# verdict replay judges in several threads, which no unit test does.
check-threads: $(THREAD_TESTS)
	$(MAKE) $(AM_MAKEFLAGS) check \
	    TESTS='$(THREAD_TESTS) tests/tool/history_test.sh'
.PHONY: check-threads
