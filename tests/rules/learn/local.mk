UNIT_TESTS += %D%/learn_test
