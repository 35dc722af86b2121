UNIT_TESTS += %D%/base_test
UNIT_TESTS += %D%/jsonpack_test
