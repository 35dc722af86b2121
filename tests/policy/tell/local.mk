UNIT_TESTS += %D%/headers_test
