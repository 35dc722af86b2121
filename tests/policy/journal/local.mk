UNIT_TESTS += %D%/journal_test
