UNIT_TESTS += %D%/bound_test
UNIT_TESTS += %D%/learn_test
UNIT_TESTS += %D%/conjunction_test
