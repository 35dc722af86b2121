UNIT_TESTS += %D%/arc_chain_test
UNIT_TESTS += %D%/arc_said_test
TESTS += %D%/arc_suite
EXTRA_DIST += %D%/arc_suite
UNIT_TESTS += %D%/check_arc_test
