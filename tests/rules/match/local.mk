UNIT_TESTS += %D%/needle_test
UNIT_TESTS += %D%/patterns_test
