UNIT_TESTS += %D%/budget_test
