UNIT_TESTS += %D%/contact_test
UNIT_TESTS += %D%/defer_test
UNIT_TESTS += %D%/greylist_test
UNIT_TESTS += %D%/limit_test
UNIT_TESTS += %D%/replay_test
UNIT_TESTS += %D%/reputation_test
UNIT_TESTS += %D%/canary_test
