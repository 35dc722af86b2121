UNIT_TESTS += %D%/rules_eval_test
