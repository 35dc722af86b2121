UNIT_TESTS += %D%/report_row_test
UNIT_TESTS += %D%/report_send_test
