UNIT_TESTS += %D%/check_header_test
UNIT_TESTS += %D%/header_marks_test
UNIT_TESTS += %D%/header_charset_test
