UNIT_TESTS += %D%/check_header_test
