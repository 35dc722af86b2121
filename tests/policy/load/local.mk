UNIT_TESTS += %D%/pattern_cache_test
UNIT_TESTS += %D%/config_rows_test
UNIT_TESTS += %D%/shrink_test
UNIT_TESTS += %D%/promise_edits_test
UNIT_TESTS += %D%/checks_test
