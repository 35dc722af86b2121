UNIT_TESTS += %D%/proof_test
UNIT_TESTS += %D%/proof_random_test
UNIT_TESTS += %D%/sat_test
UNIT_TESTS += %D%/proof_size_test
