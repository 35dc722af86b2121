UNIT_TESTS += %D%/log_sink_test
%C%_log_sink_test_SOURCES = %D%/log_sink_test.c milter/daemon/log_sink.c
TESTS += %D%/start_test.sh
EXTRA_DIST += %D%/start_test.sh
