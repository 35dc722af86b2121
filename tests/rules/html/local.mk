UNIT_TESTS += %D%/html_lex_test
UNIT_TESTS += %D%/html_script_test
UNIT_TESTS += %D%/html_test
UNIT_TESTS += %D%/link_test
UNIT_TESTS += %D%/html_charset_test
