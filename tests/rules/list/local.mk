UNIT_TESTS += %D%/list_test
