UNIT_TESTS += %D%/headers_test
UNIT_TESTS += %D%/log_line_test
