UNIT_TESTS += %D%/file_test
