UNIT_TESTS += %D%/check_iprev_test
