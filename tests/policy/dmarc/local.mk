UNIT_TESTS += %D%/check_dmarc_test
UNIT_TESTS += %D%/dmarc_record_test
UNIT_TESTS += %D%/dmarc_test
