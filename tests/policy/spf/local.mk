UNIT_TESTS += %D%/check_spf_test
UNIT_TESTS += %D%/spf_limits_test
TESTS += %D%/spf_suite
EXTRA_DIST += %D%/spf_suite
UNIT_TESTS += %D%/spf_test
