UNIT_TESTS += %D%/addr_test
UNIT_TESTS += %D%/author_test
UNIT_TESTS += %D%/authres_read_test
UNIT_TESTS += %D%/authres_test
UNIT_TESTS += %D%/header_test
UNIT_TESTS += %D%/received_test
UNIT_TESTS += %D%/srs_test
UNIT_TESTS += %D%/brand_test
