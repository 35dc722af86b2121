UNIT_TESTS += %D%/check_restore_test
