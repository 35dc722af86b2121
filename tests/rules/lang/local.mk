UNIT_TESTS += %D%/rules_golden_test
UNIT_TESTS += %D%/rules_manual_test
