TESTS += %D%/corpus_test.sh
EXTRA_DIST += %D%/corpus_test.sh
TESTS += %D%/examples_lint.sh
EXTRA_DIST += %D%/examples_lint.sh
TESTS += %D%/examples_test.sh
EXTRA_DIST += %D%/examples_test.sh
UNIT_TESTS += %D%/memory_test
