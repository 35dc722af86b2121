UNIT_TESTS += %D%/file_test
UNIT_TESTS += %D%/pkcs7_test
UNIT_TESTS += %D%/member_test
