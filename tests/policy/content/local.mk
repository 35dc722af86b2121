UNIT_TESTS += %D%/content_test
