UNIT_TESTS += %D%/redis_test
UNIT_TESTS += %D%/store_command_test
UNIT_TESTS += %D%/store_test
UNIT_TESTS += %D%/store_text_test
EXTRA_DIST += %D%/store_kit.h
