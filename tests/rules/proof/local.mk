UNIT_TESTS += %D%/proof_test
UNIT_TESTS += %D%/proof_random_test
UNIT_TESTS += %D%/sat_test
UNIT_TESTS += %D%/proof_size_test
UNIT_TESTS += %D%/proof_wide_test
%C%_proof_wide_test_SOURCES = %D%/proof_wide_test.c %D%/proof_wide.c %D%/proof_wide.h
