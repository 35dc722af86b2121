UNIT_TESTS += %D%/copy_test
