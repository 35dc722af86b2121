UNIT_TESTS += %D%/check_geo_test
