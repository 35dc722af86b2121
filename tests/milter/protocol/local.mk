UNIT_TESTS += %D%/report_test
%C%_report_test_SOURCES = %D%/report_test.c milter/protocol/report.c \
    milter/alert/alert.c milter/alert/alert_book.c \
    milter/alert/alert_rows.c \
    milter/count/compare_tally.c milter/count/counters.c \
    milter/count/metric.c milter/count/metric_kept.c \
    milter/count/metric_rows.c milter/count/results.c \
    milter/count/stats.c milter/count/tally.c \
    milter/daemon/daemon.c milter/daemon/log.c milter/daemon/log_sink.c

UNIT_TESTS += %D%/callbacks_test
%C%_callbacks_test_SOURCES = %D%/callbacks_test.c \
    milter/protocol/action.c milter/protocol/callbacks.c \
    milter/alert/alert.c milter/alert/alert_book.c \
    milter/alert/alert_rows.c \
    milter/count/counters.c milter/count/metric.c \
    milter/count/results.c milter/count/tally.c \
    milter/daemon/daemon.c milter/daemon/log.c milter/daemon/log_sink.c
