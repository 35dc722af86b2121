UNIT_TESTS += %D%/lexer_test
