UNIT_TESTS += %D%/check_dkim_test
UNIT_TESTS += %D%/dkim_body_test
if HAVE_OPENDKIM
UNIT_TESTS += %D%/dkim_library_test
endif
UNIT_TESTS += %D%/dkim_parse_test
UNIT_TESTS += %D%/dkim_test
