UNIT_TESTS += %D%/base_test
