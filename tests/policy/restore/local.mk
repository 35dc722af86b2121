UNIT_TESTS += %D%/check_restore_test
UNIT_TESTS += %D%/restore_bound_test
