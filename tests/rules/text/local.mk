UNIT_TESTS += %D%/decode_test
