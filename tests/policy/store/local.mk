UNIT_TESTS += %D%/store_test
UNIT_TESTS += %D%/store_text_test
