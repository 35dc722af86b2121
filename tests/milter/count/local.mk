UNIT_TESTS += %D%/counters_test
%C%_counters_test_SOURCES = %D%/counters_test.c milter/alert/alert_book.c \
    milter/count/counters.c milter/count/metric.c \
    milter/count/results.c milter/count/tally.c
