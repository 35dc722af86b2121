UNIT_TESTS += %D%/weather_test
