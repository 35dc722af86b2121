UNIT_TESTS += %D%/decode_test
UNIT_TESTS += %D%/domain_test
UNIT_TESTS += %D%/shown_test
UNIT_TESTS += %D%/charset_test
UNIT_TESTS += %D%/script_test
