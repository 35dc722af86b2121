UNIT_TESTS += %D%/facts_test
UNIT_TESTS += %D%/room_test
UNIT_TESTS += %D%/crash_test
UNIT_TESTS += %D%/session_test
UNIT_TESTS += %D%/rounds_test
UNIT_TESTS += %D%/decide_test
UNIT_TESTS += %D%/verdict_test
