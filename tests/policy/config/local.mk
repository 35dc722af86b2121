UNIT_TESTS += %D%/conf_value_test
