UNIT_TESTS += %D%/fact_test
