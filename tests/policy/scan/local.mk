UNIT_TESTS += %D%/check_scan_test
