UNIT_TESTS += %D%/journal_test
UNIT_TESTS += %D%/journal_names_test
