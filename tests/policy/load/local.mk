UNIT_TESTS += %D%/pattern_cache_test
