UNIT_TESTS += %D%/needle_test
UNIT_TESTS += %D%/patterns_test
UNIT_TESTS += %D%/pattern_bound_test
UNIT_TESTS += %D%/phrases_test
