TESTS += %D%/manual_test.sh
EXTRA_DIST += %D%/manual_test.sh
TESTS += %D%/metric_names_test.sh
EXTRA_DIST += %D%/metric_names_test.sh
EXTRA_DIST += %D%/style.sh
TESTS += %D%/unit_file_test.sh
EXTRA_DIST += %D%/unit_file_test.sh
